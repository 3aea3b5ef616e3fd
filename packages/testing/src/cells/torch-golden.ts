import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { refuse } from '@tapeloop/core'
import { resolveOptions, type Cell } from '@tapeloop/layers'
import { checkAgreement, type Golden, type GoldenCase, type GoldenSource, type Options } from './golden.js'

/** A cell that PyTorch has, too. */
interface TorchCell {
  /** the layer there */
  readonly layer: string
  /** whether the layer is the cell with these options */
  is(options: Options): boolean
  /** settings to try besides those that golden numbers must have */
  readonly also?: readonly Options[]
}

/** By name. Elsewhere than here and in `torch_cells.py` nobody asks which cells they are. */
const torchCells: Readonly<Record<string, TorchCell>> = {
  rnn: { layer: 'torch.nn.RNN', is: () => true },
  lstm: { layer: 'torch.nn.LSTM', is: () => true },
  gru: { layer: 'torch.nn.GRU', is: ({ resetAfter }) => resetAfter === true },
  'projected-lstm': {
    layer: 'torch.nn.LSTM with proj_size',
    is: ({ peepholes, outputSize }) => !peepholes && outputSize !== 0,
    also: [{ recurrentBias: true, peepholes: false, outputSize: 2 }],
  },
}

/** Settings that only PyTorch asks for. */
export function torchOptions(cell: Cell): readonly Options[] {
  return torchCells[cell.name]?.also ?? []
}

const script = fileURLToPath(new URL('../../golden/torch_cells.py', import.meta.url))

/**
 * Golden numbers of which those that PyTorch can make are PyTorch's. They have to agree with what plain loops made: two
 * sources that share no code.
 *
 * @throws where there is no Python with PyTorch, or the numbers differ
 */
export function withTorch(cell: Cell, golden: Golden): Golden {
  const torch = torchCells[cell.name]
  if (torch === undefined) return golden
  const cases = golden.cases.flatMap((each) => {
    const options = resolveOptions(cell.name, cell.options, each.options) as Options
    return torch.is(options) ? [{ ...each, options }] : []
  })
  const request = {
    cell: cell.name,
    cases: cases.map(({ size, options, given, weights }) => ({ size, options, given, weights })),
  }
  const python = process.env['PYTHON'] ?? 'python3'
  const { status, stdout, stderr } = spawnSync(python, [script], {
    input: JSON.stringify(request),
    encoding: 'utf8',
  })
  if (status !== 0) {
    const reason = (stderr ?? 'there is no such program').trim().split('\n').at(-1)
    refuse(
      cell.name,
      `PyTorch makes its golden numbers, but ${python} says: ${reason}; install torch, or name a Python that has it by PYTHON`,
    )
  }
  const answer = JSON.parse(stdout) as {
    readonly versions: GoldenSource['versions']
    readonly cases: readonly Pick<GoldenCase, 'expected' | 'gradients'>[]
  }
  const source: GoldenSource = {
    by: 'PyTorch, packages/testing/golden/torch_cells.py',
    from: torch.layer,
    gradients: 'its autograd',
    versions: answer.versions,
  }
  const made = new Map(cases.map(({ given }, i) => [given, answer.cases[i]!]))
  const all = golden.cases.map((each) => {
    const theirs = made.get(each.given)
    return theirs ? { ...each, ...theirs, source: 'torch' } : each
  })
  const sources = { torch: source, ...(made.size < all.length && golden.sources) }
  const both = { ...golden, sources, cases: all }
  checkAgreement(both, golden)
  return both
}
