import {
  compile,
  oneHot,
  randomKey,
  reference,
  refuse,
  sliceAxis,
  tensor,
  valueAndGrad,
  type Backend,
} from '@tapeloop/core'
import { crossEntropy, linear } from '@tapeloop/layers'
import { adam } from '@tapeloop/train'
import type { AnyLayer } from './sample.js'

const symbols = 2
const length = 3
const size = 12
const updates = 500

/**
 * Trains a layer to write three symbols after it has read them: three steps bring one of two symbols each, and at three
 * blanks the symbols are due. All 8 sequences are the batch. A layer that forgets, or whose state does not reach its
 * output, cannot learn it.
 *
 * @param layer with 12 features in
 * @param backend where it learns; its calls must be synchronous
 * @throws where the loss is not below 0.1 nats after 500 updates; a guess has 0.69
 */
export function checkCopyTask(name: string, layer: AnyLayer, backend: Backend = reference): void {
  const sequences = Array.from({ length: symbols ** length }, (_, n) =>
    Array.from({ length }, (_, place) => Math.floor(n / symbols ** place) % symbols),
  )
  const due = tensor(sequences, { dtype: 'int32' })
  const blanks = Array.from({ length }, () => symbols)
  const x = oneHot(
    tensor(
      sequences.map((row) => [...row, ...blanks]),
      { dtype: 'int32' },
    ),
    size,
  )
  const readout = linear({ inputSize: layer.outputSize, outputSize: symbols })
  const optimizer = adam({ learningRate: 0.02 })
  const start = { layer: layer.init(randomKey(1)), readout: readout.init(randomKey(2)) }
  const loss = (params: typeof start) => {
    const { output } = layer.apply(params.layer, x)
    return crossEntropy(readout.apply(params.readout, sliceAxis(output, 1, length, 2 * length)), due)
  }
  const update = compile(
    (params: typeof start, memory: ReturnType<typeof optimizer.init>) => {
      const [value, gradients] = valueAndGrad(loss)(params)
      return { value, ...optimizer.update(gradients, memory, params) }
    },
    { backend },
  )
  let now = { params: start, state: optimizer.init(start) }
  for (let i = 0; i < updates; i++) now = update(now.params, now.state)
  const nats = loss(now.params).itemSync()
  if (!(nats < 0.1))
    refuse(name, `it has ${nats} nats after ${updates} updates on the copy task; 0.1 is reachable`)
}
