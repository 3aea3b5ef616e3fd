import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { refuse } from '@tapeloop/tapeloop'
import { reproductions } from './experiments/index.js'

/** What the command line asks for. */
export interface Arguments {
  readonly help: boolean
  readonly names: readonly string[]
  readonly isQuick: boolean
  readonly jobs: number
  /** where finished trials and results are kept */
  readonly out: string
  /** where the data is */
  readonly data: string
  /** whether the docs are to show the result */
  readonly record: boolean
}

const all = Object.keys(reproductions)

export const usage = `pnpm reproduce NAME... [options]

Trains what was published, prints the result beside the published one, and says which pass lines are met.
Names: ${all.join(', ')}; or all.

  --quick      a few steps at small sizes: shows that everything runs, and nothing else
  --jobs N     so many trainings at once, each in a process of its own (1)
  --out DIR    where every finished training is kept: the same command goes on from there (runs/reproduce)
  --data DIR   holds music/jsb-chorales-quarter.json and text/tinyshakespeare.txt (../shared/data)
  --record     write the result into docs/guides/reproductions.md and docs/reproductions
`

/**
 * Reads the command line.
 *
 * @throws where a name is unknown or a number is none, with what there is
 */
export function parseArguments(words: readonly string[], root: string): Arguments {
  const { values, positionals } = parsed(words)
  const { help = false, quick = false, record = false, jobs = '1' } = values
  const known = positionals.flatMap((name) => (name === 'all' ? all : [name]))
  const unknown = known.find((name) => !all.includes(name))
  if (unknown !== undefined) refuse('reproduce', `there is no ${unknown}; there is ${all.join(', ')}`)
  if (known.length === 0 && !help) refuse('reproduce', `say what: ${all.join(', ')}, or all`)
  if (!/^[1-9]\d*$/.test(jobs)) refuse('reproduce', `--jobs is ${jobs}; it must be a whole number from 1`)
  if (quick && record) refuse('reproduce', 'a --quick run shows nothing to --record; leave one out')
  const shared = process.env['TAPELOOP_SHARED'] ?? resolve(root, '../shared')
  return {
    help,
    names: [...new Set(known)],
    isQuick: quick,
    jobs: Number(jobs),
    out: resolve(values.out ?? resolve(root, quick ? 'runs/reproduce-quick' : 'runs/reproduce')),
    data: resolve(values.data ?? resolve(shared, 'data')),
    record,
  }
}

function parsed(words: readonly string[]) {
  // pnpm hands on the `--` that npm swallows
  const args = words.filter((word) => word !== '--')
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        help: { type: 'boolean', short: 'h' },
        quick: { type: 'boolean' },
        record: { type: 'boolean' },
        jobs: { type: 'string' },
        out: { type: 'string' },
        data: { type: 'string' },
      },
    })
  } catch (error) {
    return refuse('reproduce', `${(error as Error).message.split('. ')[0]}; see pnpm reproduce --help`)
  }
}
