import { compile, tensor, valueAndGrad, type Tensor } from '@tapeloop/core'
import { characters, evaluationBatches, mulberry32 } from '@tapeloop/data'
import { languageModel, type LanguageModel, type LanguageModelParams } from '@tapeloop/models'
import { adam, bitsPerCharacter, clipByGlobalNorm, evaluate, type OptimizerState } from '@tapeloop/train'
import { compareNumbers, type Check, type Setting } from './compare.js'
import { isRecord, unsupported, type Config } from './format.js'
import { numberOf, numbersOf, textOf } from './op-call.js'
import { cellOfTorch, paramsOfTorch } from './recurrent-layout.js'
import { judge, type CaseResult } from './run.js'

/** A training curve of a character model: every run of it is repeated from its seed, step by step. */
export interface CharLmFile {
  readonly task: 'char-lm'
  /** file name of the text */
  readonly corpus: string
  readonly vocab: string
  readonly config: Config
  readonly runs: readonly CharLmRun[]
}

interface CharLmRun {
  readonly seed: number
  readonly train_loss_per_step: readonly number[]
  readonly grad_norm_per_step?: readonly number[]
  /** by the step, the mean loss of the 50 steps that end there */
  readonly train_loss_mean_of_50_before?: Readonly<Record<string, number>>
  readonly val_bpc_stream?: number
  readonly val_bpc_windows?: number
}

export function isCharLm(json: unknown): json is CharLmFile {
  return isRecord(json) && json['task'] === 'char-lm' && Array.isArray(json['runs'])
}

export interface CharLmOptions {
  /** how many steps at most; all of the file unless said */
  readonly steps?: number
  /** instead of the precision of the file */
  readonly dtype?: Setting['dtype']
}

/** Repeats the runs of a file on its text (null: not found), one result a run. */
export async function* runCharLm(
  name: string,
  file: CharLmFile,
  text: string | null,
  options: CharLmOptions = {},
): AsyncGenerator<CaseResult> {
  for (const run of file.runs) {
    const title = `${name}/seed ${run.seed}`
    try {
      if (text === null)
        throw new Error(`the text ${file.corpus} was not found; say where by --corpora <folder>`)
      // every check brings its own tolerance, so differences are in units of it
      yield { name: title, ...judge(await replay(file, run, text, options), { tolerance: 1 }) }
    } catch (error) {
      yield { name: title, passed: false, reason: error instanceof Error ? error.message : String(error) }
    }
  }
}

async function replay(
  file: CharLmFile,
  run: CharLmRun,
  text: string,
  options: CharLmOptions,
): Promise<Check[]> {
  const { config, vocab } = file
  const own = textOf(config, 'dtype') === 'f64' ? 'float64' : 'float32'
  const dtype = options.dtype ?? own
  const tokenizer = characters.train(text)
  const found = Array.from({ length: tokenizer.size }, (_, id) => tokenizer.decode([id])).join('')
  if (found !== vocab)
    throw new Error(`the text has other characters than the vocabulary of the file: ${found}`)
  const { ids } = tokenizer.encode(text)
  const trainCount = Math.floor(0.9 * ids.length)

  const model = modelOf(config, tokenizer.size, dtype)
  let params = startOf(model, config, run.seed, dtype)
  const optimizer = optimizerOf(config)
  const step = compile(
    (params: LanguageModelParams, state: OptimizerState, x: Tensor, y: Tensor) => {
      const zero = model.initialState(x.shape[0]!)
      const [loss, raw] = valueAndGrad(
        (params: LanguageModelParams) => model.loss(params, { x, y }, zero).loss,
      )(params)
      const { gradients, norm } = clipByGlobalNorm(raw, numberOf(config, 'clip_norm', Infinity))
      return { loss, norm, ...optimizer.update(gradients, state, params) }
    },
    { donate: [0, 1] },
  )
  let state = optimizer.init(params)
  const next = batchesOf(config, run.seed, ids, trainCount)
  const steps = Math.min(run.train_loss_per_step.length, options.steps ?? Infinity)
  const [losses, norms]: number[][] = [[], []]
  for (let i = 0; i < steps; i++) {
    const [x, y] = next()
    const result = step(params, state, x, y)
    ;({ params, state } = result)
    losses!.push(await result.loss.item())
    norms!.push(await result.norm.item())
  }
  const checks = own === 'float64' ? exact(run, losses!, norms!, dtype) : close(run, losses!)
  if (own === 'float64' || steps < run.train_loss_per_step.length) return checks
  return [...checks, ...(await validate(run, model, params, ids.subarray(trainCount), numberOf(config, 'T')))]
}

function modelOf(config: Config, vocabularySize: number, dtype: Setting['dtype']): LanguageModel {
  if (numberOf(config, 'layers', 1) !== 1) unsupported('a char-LM file with several layers')
  const { cell, options } = cellOfTorch(textOf(config, 'cell'), true)
  const embeddingSize = embeddingSizeOf(config)
  return languageModel({
    cell,
    options,
    vocabularySize,
    hiddenSize: numberOf(config, 'H'),
    dtype,
    ...(embeddingSize !== null && { embeddingSize }),
  })
}

/** `onehot`, or `emb64` for learned vectors of 64 numbers. */
function embeddingSizeOf(config: Config): number | null {
  const input = textOf(config, 'input')
  if (input === 'onehot') return null
  const size = /^emb(\d+)$/.exec(input)?.[1]
  return size === undefined ? unsupported(`the input ${input} of a char-LM file`) : Number(size)
}

function optimizerOf(config: Config) {
  const name = textOf(config, 'optimizer')
  if (name !== 'Adam') unsupported(`the optimizer ${name} of a char-LM file`)
  const [beta1, beta2] = config['betas'] === undefined ? [0.9, 0.999] : numbersOf(config, 'betas')
  return adam({
    learningRate: numberOf(config, 'lr'),
    betas: [beta1!, beta2!],
    epsilon: numberOf(config, 'eps', 1e-8),
  })
}

/** The first weights, all from one stream of random numbers, in PyTorch's layout and order. */
function startOf(
  model: LanguageModel,
  config: Config,
  seed: number,
  dtype: Setting['dtype'],
): LanguageModelParams {
  const random = mulberry32(1000 + seed)
  const draw = (shape: readonly number[], bound: number) => {
    const size = shape.reduce((product, extent) => product * extent, 1)
    return tensor(
      Float64Array.from({ length: size }, () => -bound + 2 * bound * random()),
      { shape, dtype },
    )
  }
  const [vocabularySize, H] = [model.vocabularySize, numberOf(config, 'H')]
  const gates = { lstm: 4, gru: 3 }[textOf(config, 'cell')] ?? 1
  const embeddingSize = embeddingSizeOf(config)
  const bound = 1 / Math.sqrt(H)
  const table = embeddingSize === null ? null : draw([vocabularySize, embeddingSize], Math.sqrt(3))
  const layer = paramsOfTorch({
    weight_ih: draw([gates * H, embeddingSize ?? vocabularySize], bound),
    weight_hh: draw([gates * H, H], bound),
    bias_ih: draw([gates * H], bound),
    bias_hh: draw([gates * H], bound),
  })
  const output = { kernel: draw([vocabularySize, H], bound).transpose(), bias: draw([vocabularySize], bound) }
  return { ...(table && { embedding: { table } }), recurrent: { layers: [layer] }, output }
}

/** Windows at random places of the training part, and the characters after each: int32 `[B, T]` both. */
function batchesOf(
  config: Config,
  seed: number,
  ids: Int32Array,
  trainCount: number,
): () => readonly [Tensor, Tensor] {
  const random = mulberry32(2000 + seed)
  const [B, T] = [numberOf(config, 'B'), numberOf(config, 'T')]
  return () => {
    const [x, y] = [new Int32Array(B * T), new Int32Array(B * T)]
    for (let row = 0; row < B; row++) {
      const start = Math.floor(random() * (trainCount - T))
      x.set(ids.subarray(start, start + T), row * T)
      y.set(ids.subarray(start + 1, start + 1 + T), row * T)
    }
    return [tensor(x, { shape: [B, T] }), tensor(y, { shape: [B, T] })]
  }
}

/** A file in float64 is followed to 1e-9, or to 1e-4 by a run in float32. */
function exact(
  run: CharLmRun,
  losses: readonly number[],
  norms: readonly number[],
  dtype: Setting['dtype'],
): Check[] {
  const tolerance = dtype === 'float64' ? 1e-9 : 1e-4
  const first = (values: readonly number[]) => values.slice(0, losses.length)
  const checks = [compareNumbers('loss', losses, first(run.train_loss_per_step))]
  if (run.grad_norm_per_step)
    checks.push(compareNumbers('gradient norm', norms, first(run.grad_norm_per_step)))
  return checks.map((check) => inUnitsOf(tolerance, check))
}

/** A file in float32: the first 100 losses within 0.5 %, means of 50 within 2 %. */
function close(
  { train_loss_per_step, train_loss_mean_of_50_before = {} }: CharLmRun,
  losses: readonly number[],
): Check[] {
  const shares = losses.slice(0, 100).map((loss, i) => loss / train_loss_per_step[i]!)
  const checks = [
    inUnitsOf(
      0.005,
      compareNumbers(
        'loss as a share of the expected one',
        shares,
        shares.map(() => 1),
      ),
    ),
  ]
  for (const [step, expected] of Object.entries(train_loss_mean_of_50_before)) {
    const end = Number(step)
    if (end > losses.length) continue
    const mean = losses.slice(end - 50, end).reduce((sum, loss) => sum + loss, 0) / 50
    const what = `mean loss of the 50 steps before ${step} as a share of the expected one`
    checks.push(inUnitsOf(0.02, compareNumbers(what, [mean / expected], [1])))
  }
  return checks
}

/** Bits per character after the last step, within 0.05. */
async function validate(
  { val_bpc_stream, val_bpc_windows }: CharLmRun,
  model: LanguageModel,
  params: LanguageModelParams,
  tokens: Int32Array,
  seqLength: number,
): Promise<Check[]> {
  const within = (what: string, nats: number, expected: number): Check => {
    const bits = bitsPerCharacter(nats)
    return { what, difference: Math.abs(bits - expected) / 0.05, note: `${bits} instead of ${expected}` }
  }
  const checks: Check[] = []
  if (val_bpc_stream !== undefined) {
    const { nats } = await model.evaluate(params, tokens)
    checks.push(within('bits per character of the stream', nats, val_bpc_stream))
  }
  if (val_bpc_windows !== undefined) {
    const data = evaluationBatches(tokens, { batchSize: 32, seqLength, context: 'windows' })
    const { loss } = await evaluate(model, params, data)
    checks.push(within('bits per character of windows', loss, val_bpc_windows))
  }
  return checks
}

function inUnitsOf(tolerance: number, { what, difference, note }: Check): Check {
  return {
    what,
    difference: difference / tolerance,
    note: `${note} (in units of the tolerance ${tolerance})`,
  }
}
