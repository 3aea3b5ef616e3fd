import { compile, randomKey, splitKey, tensor, valueAndGrad, type Tensor } from '@tapeloop/core'
import { addingBaseline, addingBatches } from '@tapeloop/data'
import { gradientFlow, normOverTime, watched } from '@tapeloop/inspect'
import { cellNamed, lastStep, linear, meanSquaredError } from '@tapeloop/layers'
import { adam, clipByGlobalNorm } from '@tapeloop/train'

/** Who is to add two numbers, and how far apart they may stand. */
export interface AddingSettings {
  readonly cell: string
  readonly hiddenSize: number
  /** numbers in a sequence, two of them marked */
  readonly length: number
  readonly learningRate: number
  /** the largest norm of all gradients together; 1 unless said */
  readonly clip?: number
  readonly seed: number
  /** updates in all */
  readonly steps: number
  /** updates between two pictures */
  readonly every: number
}

/** How things stand after some updates. */
export interface AddingPicture {
  readonly step: number
  /** mean squared error, over the latest batches */
  readonly error: number
  /** what part of the variance of the sums it explains: 0 knows nothing of the numbers, 1 is exact */
  readonly explained: number
  /** `[length]`: norm of the gradient of the loss in the state after each step, relative to that in the last */
  readonly flow: readonly number[]
  /** norm of all gradients together before clipping, of the latest batch */
  readonly gradientNorm: number
}

const batchSize = 32
/** Over how many batches the error is averaged. */
const window = 20

/**
 * Trains a layer on the adding problem (Hochreiter & Schmidhuber 1997): to say at the end of a sequence the sum of its
 * two marked numbers. Gives a picture before the first update and after every few.
 */
export async function* adding(settings: AddingSettings): AsyncGenerator<AddingPicture> {
  const { hiddenSize, length, learningRate, clip = 1, seed, steps, every } = settings
  const layer = watched(cellNamed(settings.cell), { inputSize: 2, hiddenSize })
  const head = linear({ inputSize: layer.outputSize, outputSize: 1 })
  const optimizer = adam({ learningRate })
  const [layerKey, headKey] = splitKey(randomKey(seed), 2) as [Tensor, Tensor]
  const params = { layer: layer.init(layerKey), head: head.init(headKey) }
  type Params = typeof params

  const lossOf = (params: Params, output: Tensor, y: Tensor) =>
    meanSquaredError(head.apply(params.head, lastStep(output)), y)
  const update = compile((params: Params, state: ReturnType<typeof optimizer.init>, x: Tensor, y: Tensor) => {
    const [loss, gradients] = valueAndGrad((params: Params) =>
      lossOf(params, layer.apply(params.layer, x).output, y),
    )(params)
    const clipped = clipByGlobalNorm(gradients, clip)
    return { loss, norm: clipped.norm, ...optimizer.update(clipped.gradients, state, params) }
  })
  const flowOf = compile((params: Params, x: Tensor, y: Tensor) => {
    const { layers } = gradientFlow([layer], [params.layer], x, (output) => lossOf(params, output, y))
    return normOverTime(layers[0]!.gradients)
  })

  const source = addingBatches({ batchSize, seqLength: length, seed, dtype: 'float32' })
  const batchAt = (batch: number) => {
    const { x, y, shape } = source.batch({ epoch: 0, batch })
    return [tensor(x, { shape }), tensor(y, { shape: [batchSize, 1] })] as const
  }
  let training = { params, state: optimizer.init(params) }
  const errors = [addingBaseline]
  let gradientNorm = 0
  for (let step = 0; step <= steps; step++) {
    if (step % every === 0) {
      const norms = await flowOf(training.params, ...batchAt(step)).data()
      const error = errors.reduce((sum, each) => sum + each, 0) / errors.length
      const explained = Math.max(0, 1 - error / addingBaseline)
      yield { step, error, explained, gradientNorm, flow: Array.from(norms, (norm) => norm / norms.at(-1)!) }
    }
    const { loss, norm, ...next } = update(training.params, training.state, ...batchAt(step))
    training = next
    gradientNorm = await norm.item()
    errors.push(await loss.item())
    if (errors.length > window) errors.shift()
  }
}
