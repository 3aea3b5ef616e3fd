import { parseArgs } from 'node:util'
import { refuse } from '@tapeloop/core'
import { peerNames, type Axes, type Benchmark, type PeerName } from './benchmarks/benchmark.js'
import { benchmarks } from './benchmarks/index.js'
import { cells } from './cells.js'
import { levels, type Level } from './level.js'

/** What the command line asks for. */
export interface Arguments {
  readonly help: boolean
  readonly benchmarks: readonly Benchmark[]
  readonly peers: readonly PeerName[]
  readonly levels: readonly Level[]
  /** lists of what is varied, by the name in the case */
  readonly given: Axes
  readonly json: boolean
  readonly rounds: number
  /** how long each is measured in a round */
  readonly seconds: number
}

/** Lists a user may give: the flag, the name in the case, and what may stand in it (whole numbers unless said). */
const lists = {
  cells: { axis: 'cell', choices: Object.keys(cells) },
  hidden: { axis: 'hidden' },
  layers: { axis: 'layers' },
  threads: { axis: 'threads' },
  inputs: { axis: 'input', choices: ['embedding', 'one-hot', 'dense'] },
  batch: { axis: 'batch' },
  time: { axis: 'time' },
  heads: { axis: 'head', choices: ['outside', 'inside', 'last'] },
  checkpoints: { axis: 'checkpoint', choices: ['none', 'all', 'sqrt'] },
  products: {
    axis: 'product',
    choices: ['recurrent', 'input', 'input-gradient', 'weight-gradient', 'vector'],
  },
} satisfies Record<string, { axis: string; choices?: readonly string[] }>

export const usage = `pnpm bench [${Object.keys(benchmarks).join(' | ')}] [options]

Measures Tapeloop and its peers in turn and prints medians and ratios; without a name, every benchmark.

  --peers LIST     ${peerNames.join(', ')}; all, or none (pytorch)
  --levels LIST    ${levels.join(', ')} (portable)
  --json           one JSON object a row
  --rounds N       how often each is measured in turn (5)
  --seconds S      how long each time (0.5)

What is varied, each a list with commas:
${Object.entries(lists)
  .map(
    ([flag, list]) =>
      `  --${flag.padEnd(14)} ${'choices' in list ? list.choices.join(', ') : 'whole numbers'}`,
  )
  .join('\n')}
`

/**
 * Reads the command line.
 *
 * @throws where a name is unknown or a number is none, with what there is
 */
export function parseArguments(words: readonly string[]): Arguments {
  const { values, positionals } = parsed(words)
  const text = (flag: string) => values[flag] as string | undefined
  const chosen =
    positionals.length === 0
      ? Object.values(benchmarks)
      : positionals.map((name) => benchmarks[oneOf('benchmark', name, Object.keys(benchmarks))]!)
  const given = Object.fromEntries(
    Object.entries(lists).flatMap(([flag, list]) => {
      const value = text(flag)
      if (value === undefined) return []
      const entries = split(flag, value)
      if (!chosen.some(({ axes }) => list.axis in axes)) {
        refuse('bench', `--${flag} means nothing to ${positionals.join(' and ')}; leave it out`)
      }
      return [
        [
          list.axis,
          'choices' in list
            ? entries.map((entry) => oneOf(`--${flag}`, entry, list.choices))
            : entries.map((entry) => whole(flag, entry)),
        ],
      ]
    }),
  )
  return {
    help: values['help'] === true,
    benchmarks: chosen,
    peers: peersOf(text('peers') ?? 'pytorch'),
    levels: split('levels', text('levels') ?? 'portable').map((name) => oneOf('--levels', name, levels)),
    given,
    json: values['json'] === true,
    rounds: whole('rounds', text('rounds') ?? '5'),
    seconds: positive('seconds', text('seconds') ?? '0.5'),
  }
}

function parsed(words: readonly string[]) {
  const flags = ['peers', 'levels', 'rounds', 'seconds', ...Object.keys(lists)]
  const strings = Object.fromEntries(flags.map((flag) => [flag, { type: 'string' as const }]))
  const switches = {
    json: { type: 'boolean' as const },
    help: { type: 'boolean' as const, short: 'h' },
  }
  const known = { ...strings, ...switches }
  // pnpm hands on the `--` that npm swallows
  const args = words.filter((word) => word !== '--')
  try {
    const { values, positionals } = parseArgs({ args, options: known, allowPositionals: true })
    return { values: values as Readonly<Record<string, unknown>>, positionals }
  } catch (error) {
    return refuse('bench', `${(error as Error).message.split('. ')[0]}; see pnpm bench --help`)
  }
}

function peersOf(value: string): readonly PeerName[] {
  if (value === 'all') return peerNames
  return value === 'none' ? [] : split('peers', value).map((name) => oneOf('--peers', name, peerNames))
}

function split(flag: string, value: string): string[] {
  const entries = value
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
  if (entries.length === 0) refuse('bench', `--${flag} is empty; give one value or several with commas`)
  return entries
}

function oneOf<Name extends string>(what: string, name: string, names: readonly Name[]): Name {
  return (
    names.find((known) => known === name) ??
    refuse('bench', `${what}: there is no ${name}; there is ${names.join(', ')}`)
  )
}

function whole(flag: string, value: string): number {
  const number = Number(value)
  if (!Number.isSafeInteger(number) || number < 1) {
    refuse('bench', `--${flag} has ${value}; it takes whole numbers from 1`)
  }
  return number
}

function positive(flag: string, value: string): number {
  const number = Number(value)
  if (!(number > 0 && number < Infinity)) refuse('bench', `--${flag} is ${value}; it takes a number above 0`)
  return number
}
