/**
 * The spellings of char-rnn (github.com/karpathy/char-rnn, train.lua and sample.lua), which many people have in their
 * fingers and their scripts. They take one dash there; here one or two.
 */
const aliases: Readonly<Record<string, string>> = {
  model: 'cell',
  rnn_size: 'hidden',
  num_layers: 'layers',
  learning_rate: 'lr',
  batch_size: 'batch-size',
  seq_length: 'seq-length',
  max_epochs: 'epochs',
  grad_clip: 'clip',
  val_frac: 'valid-fraction',
  eval_val_every: 'valid-every',
  checkpoint_dir: 'out',
  seed: 'seed',
  length: 'length',
  temperature: 'temperature',
  primetext: 'prime',
}

/** The same arguments in our spelling: `-rnn_size 128` and `--rnn_size=128` are `--hidden 128`. */
export function translateCharRnn(args: readonly string[]): string[] {
  const end = args.indexOf('--')
  return args.map((arg, i) => {
    if (end >= 0 && i > end) return arg
    const [, name = '', rest = ''] = /^--?(\w+)(=[^]*)?$/.exec(arg) ?? []
    return Object.hasOwn(aliases, name) ? `--${aliases[name]}${rest}` : arg
  })
}
