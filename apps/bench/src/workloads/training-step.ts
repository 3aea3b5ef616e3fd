/** The model of the benchmarks: tokens (or vectors) → layers of a cell → logits of the next token → cross entropy. */
import {
  compile,
  oneHot,
  randomKey,
  scan,
  slice,
  splitKey,
  tensor,
  uniform,
  valueAndGrad,
  type Backend,
  type Tensor,
  type Tree,
} from '@tapeloop/core'
import {
  crossEntropy,
  embedding,
  linear,
  recurrent,
  stack,
  type Cell,
  type RecurrentOptions,
} from '@tapeloop/layers'
import { adam, type OptimizerState } from '@tapeloop/train'
import { cells } from '../cells.js'
import type { Case } from '../protocol.js'
import type { Workload } from '../serve.js'
import { nextTokens, tokens, vocabularySize } from '../tokens.js'

/** What a case says of the model; what it leaves out is that of the usual workload. */
export interface ModelCase {
  readonly cell: string
  readonly hidden: number
  readonly layers: number
  readonly input: string
  readonly batch: number
  readonly time: number
  readonly head: string
  readonly checkpoint: NonNullable<RecurrentOptions['checkpoint']>
}

const defaults = {
  cell: 'lstm',
  hidden: 128,
  layers: 1,
  input: 'embedding',
  batch: 32,
  time: 64,
  head: 'outside',
  checkpoint: 'none',
} satisfies ModelCase

export const modelCase = (of: Case): ModelCase => ({ ...defaults, ...of })

/** The layers of a case as one cell, and the number of features it reads. */
export function stackOf({ cell, hidden, layers, input }: ModelCase) {
  return {
    cell: stack(new Array<Cell>(layers).fill(cells[cell]!)),
    size: { inputSize: input === 'one-hot' ? vocabularySize : hidden, hiddenSize: hidden },
  }
}

/**
 * One training step, forward, backward and Adam, again and again. With dense input the gradient goes on to the input,
 * as it would to a layer below.
 */
export function trainingStep(of: ModelCase, backend: Backend): Workload {
  const model = characterModel(of)
  const optimizer = adam({ learningRate: 2e-3 })
  const params = model.init(randomKey(0))
  let learned: { params: typeof params; optimizer: OptimizerState } = {
    params,
    optimizer: optimizer.init(params),
  }
  const step = compile(
    (before: typeof learned, vectors: { readonly x?: Tensor }, ids: Tensor, targets: Tensor) => {
      const [loss, gradients] = valueAndGrad((wrt: { params: typeof params; vectors: { x?: Tensor } }) =>
        model.loss(wrt.params, wrt.vectors.x ?? ids, targets),
      )({ params: before.params, vectors })
      const after = optimizer.update(gradients.params, before.optimizer, before.params)
      return { loss, learned: { params: after.params, optimizer: after.state }, below: gradients.vectors }
    },
    { donate: [0], backend, name: 'training step' },
  )
  const { batch, time, hidden, input } = of
  const shape = [batch, time]
  const ids = tokens(batch * time)
  const x = tensor(ids, { shape })
  const y = tensor(nextTokens(ids), { shape })
  const vectors = input === 'dense' ? { x: uniform(randomKey(1), [...shape, hidden]) } : {}
  return {
    program: `the backend ${backend.name}`,
    run() {
      const result = step(learned, vectors, x, y)
      learned = result.learned
      return result.loss.item()
    },
  }
}

/** Its parameters and its loss. `head` says where the logits are made: `outside` the loop, `inside`, or for the `last` step. */
function characterModel(of: ModelCase) {
  const { hidden, input, head, checkpoint } = of
  const { cell, size } = stackOf(of)
  const table = input === 'embedding' ? embedding({ count: vocabularySize, size: hidden }) : null
  const layer = recurrent(cell, size, { checkpoint })
  const output = linear({ inputSize: hidden, outputSize: vocabularySize })

  function init(key: Tensor) {
    const [forTable, forLayers, forHead] = splitKey(key, 3) as [Tensor, Tensor, Tensor]
    return {
      ...(table && { table: table.init(forTable) }),
      layers: layer.init(forLayers),
      output: output.init(forHead),
    }
  }
  type Params = ReturnType<typeof init>

  const read = (params: Params, x: Tensor) =>
    params.table && table ? table.apply(params.table, x) : input === 'one-hot' ? oneHot(x, vocabularySize) : x

  /** Reads the input, predicts and compares within the loop, so that a checkpoint covers all three. */
  const lossInside = (params: Params, x: Tensor, targets: Tensor) => {
    const [batch, time] = targets.shape as [number, number]
    const step = (state: Tree, now: { x: Tensor; target: Tensor }): [Tree, Tensor] => {
      const { y, ...next } = cell.step(params.layers, state as never, read(params, now.x), {})
      return [next as Tree, crossEntropy(output.apply(params.output, y!), now.target, { reduction: 'sum' })]
    }
    const options = { axis: 1, checkpoint }
    const [, losses] = scan(step, layer.initialState(batch) as Tree, { x, target: targets }, options)
    return losses.sum().div(batch * time)
  }

  function loss(params: Params, x: Tensor, targets: Tensor): Tensor {
    if (head === 'inside') return lossInside(params, x, targets)
    const states = layer.apply(params.layers, read(params, x)).output
    if (head === 'outside') return crossEntropy(output.apply(params.output, states), targets)
    return crossEntropy(output.apply(params.output, lastOf(states)), lastOf(targets))
  }

  return { init, loss }
}

const lastOf = (sequence: Tensor) => slice(sequence, [null, -1])
