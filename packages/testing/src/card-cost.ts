import {
  compile,
  explain,
  normal,
  randomKey,
  valueAndGrad,
  type Backend,
  type Tensor,
  type Tree,
  type Work,
} from '@tapeloop/core'
import { countParams, lstm, recurrent, resolveOptions, type Cell, type CellSize } from '@tapeloop/layers'
import type { AnyLayer } from './cells/sample.js'

/** At which size a cell is weighed. */
export interface CostSize extends CellSize {
  readonly batchSize: number
  readonly time: number
}

/** What a cell costs. */
export interface CellCost {
  readonly size: CostSize
  readonly parameters: number
  /** floating-point operations of one step of one row: forwards, and in training, of the program as it is run */
  readonly flops: { readonly forward: number; readonly training: number }
  /** the matrix products in each step of the loops over time of a training step: `32×128×512` is [32, 128] by [128, 512] */
  readonly products: { readonly forward: readonly string[]; readonly backward: readonly string[] }
  /** how many times as fast as the LSTM a training step is, forwards and backwards, at the same size; null if not timed */
  readonly speed: number | null
}

const usual: CostSize = { inputSize: 128, hiddenSize: 128, batchSize: 32, time: 32 }

/**
 * Counts and times a training step of one layer. The cell and the LSTM are timed in turn, so that what else the machine
 * does falls on both; the ratio is the median of the pairs.
 *
 * @param size 128 numbers in, 128 units, 32 rows and 32 steps unless said
 * @param rounds pairs that are timed, 15 unless said; 0 for none
 */
export function cellCost(cell: Cell, backend: Backend, size = usual, rounds = 15): CellCost {
  const { batchSize, time } = size
  const own = trainingStep(cell, backend, size)
  const { forward, training } = own.work()
  const aStep = (flops: number) => flops / (batchSize * time)
  const productsOf = (reverse: boolean) =>
    training.loops
      .filter((loop) => loop.reverse === reverse)
      .flatMap(({ products }) =>
        products.map(({ m, k, n, count }) => `${count === 1 ? '' : `${count}·`}${m}×${k}×${n}`),
      )
  return {
    size,
    parameters: countParams(cell.params(size, resolveOptions(cell.name, cell.options, {}))),
    flops: { forward: aStep(forward.flops), training: aStep(training.flops) },
    products: { forward: productsOf(false), backward: productsOf(true) },
    speed: rounds === 0 ? null : speedOf(own, trainingStep(lstm as unknown as Cell, backend, size), rounds),
  }
}

type TrainingStep = ReturnType<typeof trainingStep>

/** How many times as fast as another a step is: the median of pairs. */
function speedOf(own: TrainingStep, other: TrainingStep, rounds: number): number {
  const ratios = Array.from({ length: rounds }, () => {
    const baseline = durationOf(other.run)
    return baseline / durationOf(own.run)
  })
  return ratios.toSorted((a, b) => a - b)[Math.floor(rounds / 2)]!
}

/** A layer of the cell in training, run once so that it is compiled. */
function trainingStep(cell: Cell, backend: Backend, { batchSize, time, ...size }: CostSize) {
  const layer: AnyLayer = recurrent(cell, size)
  const params = layer.init(randomKey(1), 'float32')
  const x = normal(randomKey(2), [batchSize, time, size.inputSize])
  const key = randomKey(3)
  const output = (params: Tree, x: Tensor) => layer.apply(params, x, { key }).output
  const forward = compile(output, { backend })
  const training = compile(
    valueAndGrad((params: Tree, x: Tensor) => output(params, x).mean()),
    { backend },
  )
  const run = () => void training(params, x)[0].itemSync()
  run()
  return {
    run,
    work(): { forward: Work; training: Work } {
      forward(params, x)
      const [all, once] = [training, forward].map((each) => explain(each).programs[0]!.work)
      return { training: all!, forward: once! }
    },
  }
}

function durationOf(run: () => void): number {
  const began = performance.now()
  run()
  return performance.now() - began
}
