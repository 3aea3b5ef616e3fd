import {
  expandDims,
  flatten,
  slice,
  squeeze,
  stack,
  swapAxes,
  unflatten,
  type Tensor,
  type Tree,
} from '@tapeloop/core'
import { bidirectional, recurrent, sequential, type SequenceLayer } from '@tapeloop/layers'
import { isVectorTensor, unsupported } from '../format.js'
import { flagOf, numberOf, textOf } from '../op-call.js'
import { given, programs } from '../program.js'
import { cellOfTorch, paramsOfTorch } from '../recurrent-layout.js'

/** torch.nn.RNN, LSTM and GRU: layers, directions, lengths, with or without a batch. */
export const torchRecurrent = programs(({ config, outputs }) => {
  if (numberOf(config, 'dropout', 0) > 0) unsupported('dropout between layers')
  const projection = numberOf(config, 'proj_size', 0)
  const kind = `${textOf(config, 'kind')}${projection > 0 ? '_proj' : ''}`
  const { cell, options } = cellOfTorch(kind, flagOf(config, 'bias', true))
  const outputSize = projection > 0 && { outputSize: projection }
  const [count, hiddenSize] = [numberOf(config, 'num_layers', 1), numberOf(config, 'hidden_size')]
  const isBidirectional = flagOf(config, 'bidirectional', false)
  const directions = isBidirectional ? 2 : 1
  const layer = sequential(
    Array.from({ length: count }, (_, l) => {
      const inputSize = l === 0 ? numberOf(config, 'input_size') : directions * (projection || hiddenSize)
      const run = (reverse: boolean) =>
        recurrent(cell, { inputSize, hiddenSize, ...options, ...outputSize }, { reverse }) as SequenceLayer
      return isBidirectional ? (bidirectional(run(false), run(true)) as SequenceLayer) : run(false)
    }),
  )
  const layers = Array.from({ length: count }, (_, l) => l)
  const isBatchFirst = flagOf(config, 'batch_first', false)

  return (tensors) => {
    const isBatched = given(tensors, 'x').rank === 3
    const inOrder = (x: Tensor) => (isBatchFirst ? x : swapAxes(x, 0, 1))
    const x = isBatched ? inOrder(given(tensors, 'x')) : expandDims(given(tensors, 'x'), 0)
    const params = layers.map((l) => {
      const forward = paramsOfTorch(tensors, `_l${l}`)
      return isBidirectional ? { forward, backward: paramsOfTorch(tensors, `_l${l}_reverse`) } : forward
    })
    const zeros = layer.initialState(x.shape[0]!, x.dtype) as Tree
    const { structure, paths } = flatten(zeros)
    const names = paths.map((path) => path.split('.').at(-1)!) // h, or h and c, of every layer and direction
    const places = names.map((name, i) => names.slice(0, i).filter((other) => other === name).length)
    const start = names.map((name, i) => {
      const all = tensors[`${name}0`]
      return all && slice(isBatched ? all : expandDims(all, 1), [places[i]!])
    })
    const { lengths } = tensors
    const { output, state } = layer.apply(params, x, {
      ...(start.every((part) => part !== undefined) && { state: unflatten<Tree>(structure, start) as never }),
      ...(lengths && { lengths }),
    })
    const final = flatten(state as Tree).leaves
    const states = [...new Set(names)].map((name) => {
      const all = stack(final.filter((_, i) => names[i] === name))
      return [`${name}_n`, isBatched ? all : squeeze(all, 1)] as const
    })
    return {
      ...Object.fromEntries(states),
      y: isBatched ? inOrder(shorten(output, isBatchFirst ? 1 : 0, outputs['y'])) : squeeze(output, 0),
    }
  }
})

/** Padding that PyTorch leaves out because no sequence is that long is cut off. */
function shorten(y: Tensor, timeAxis: number, expected: unknown): Tensor {
  return isVectorTensor(expected) ? slice(y, [null, [0, expected.shape[timeAxis]!]]) : y
}
