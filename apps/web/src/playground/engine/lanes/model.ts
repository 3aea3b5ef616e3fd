import { sigmoid, sliceAxis, softmax, splitKey, tensor, type Tensor } from '@tapeloop/core'
import { watched, type States, type WatchedLayer } from '@tapeloop/inspect'
import {
  binaryCrossEntropyWithLogits,
  countParams,
  crossEntropy,
  linear,
  resolveOptions,
  uniformInit,
  withInit,
  withOptions,
  type Cell,
  type LinearParams,
} from '@tapeloop/layers'
import type { Task } from '@tapeloop/train'
import type { LaneBatch, LaneTask } from './task.js'

/** How recurrent weights begin: as the cell says, or uniform in ±1/√units, as most libraries have it. */
export type Start = 'cell' | 'uniform'

/** A network to be trained beside others: one layer of a cell, and a linear map of its output. */
export interface LaneModelOptions {
  readonly cell: Cell
  readonly units: number
  /** values of the cell's own options; its defaults unless said */
  readonly options?: Readonly<Record<string, number | boolean | string>>
  readonly start?: Start
}

/** The parameters of such a network. */
export type LaneParams = { readonly recurrent: States; readonly output: LinearParams }

/** A batch as tensors. */
export type LaneTensors = { readonly x: Tensor; readonly y: Tensor; readonly asked: Tensor }

/** A network for a task, which can be looked into. */
export interface LaneModel extends Task<LaneParams, LaneBatch, LaneTensors, Record<string, never>> {
  readonly layer: WatchedLayer
  readonly parameters: number
  /** What it says: a number, or how likely each symbol is `[rows, time, outputs]`; from the output of the layer. */
  said(params: LaneParams, output: Tensor): Tensor
  /** The loss of the last answer, the one that needs memory: a scalar, from the output of the layer. */
  lastLoss(params: LaneParams, output: Tensor, batch: LaneTensors): Tensor
}

/** A network of a cell for a task. */
export function laneModel(
  task: Pick<LaneTask, 'inputs' | 'outputs' | 'answer'>,
  { cell: given, units, options = {}, start = 'cell' }: LaneModelOptions,
): LaneModel {
  const cell = startedBy(start, withOptions(given, options), units)
  const size = { inputSize: task.inputs.length, hiddenSize: units }
  const layer = watched(cell, size)
  const head = linear({ inputSize: layer.outputSize, outputSize: task.outputs })

  /** The loss of every answer, `[rows, time]`. */
  const losses = (params: LaneParams, output: Tensor, y: Tensor): Tensor => {
    const said = head.apply(params.output, output)
    if (task.answer === 'symbol') return crossEntropy(said, y.cast('int32'), { reduction: 'none' })
    if (task.answer === 'set') return binaryCrossEntropyWithLogits(said, y, { reduction: 'none' }).mean(-1)
    const difference = said.reshape(y.shape).sub(y)
    return difference.mul(difference)
  }

  return {
    layer,
    parameters:
      countParams(cell.params(size, resolveOptions(cell.name, cell.options, {}))) +
      (layer.outputSize + 1) * task.outputs,
    init(key) {
      const [forLayer, forHead] = splitKey(key, 2) as [Tensor, Tensor]
      return { recurrent: layer.init(forLayer), output: head.init(forHead) }
    },
    batch: ({ x, y, asked, shape: [rows, time] }) => ({
      x: tensor(x, { shape: [rows, time, task.inputs.length] }),
      y: tensor(y, { shape: task.answer === 'set' ? [rows, time, task.outputs] : [rows, time] }),
      asked: tensor(asked, { shape: [rows, time] }),
    }),
    start: () => ({}),
    loss(params, { x, y, asked }, carried, key) {
      const { output } = layer.apply(params.recurrent, x, key && { key })
      const all = losses(params, output, y)
      return { loss: all.mul(asked).sum().div(asked.sum()), carried }
    },
    said(params, output) {
      const said = head.apply(params.output, output)
      return task.answer === 'symbol' ? softmax(said) : task.answer === 'set' ? sigmoid(said) : said
    },
    lastLoss(params, output, { y }) {
      const time = output.shape[1]!
      const last = (of: Tensor) => sliceAxis(of, 1, time - 1, time)
      return losses(params, last(output), last(y)).mean()
    },
  }
}

/** Cells that call their recurrent weights otherwise begin as they say. */
function startedBy(start: Start, cell: Cell, units: number): Cell {
  const options = resolveOptions(cell.name, cell.options, {})
  const specs = cell.params({ inputSize: 1, hiddenSize: units }, options)
  if (start === 'cell' || !('recurrentKernel' in specs)) return cell
  return withInit(cell, { recurrentKernel: (shape) => uniformInit(1 / Math.sqrt(units), shape) })
}
