import { refuse, splitKey, type Tensor } from '@tapeloop/core'
import { linear, type LinearParams, type OptionSpecs } from '@tapeloop/layers'
import type { Anatomy } from './anatomy.js'
import type { ExampleBatch, Sequence } from './examples.js'
import { maskedMean } from './masked-mean.js'
import { sequenceReader, type ApplyOptions, type ReaderOptions, type ReaderParams } from './reader.js'
import { checkWhole } from './recurrent-stack.js'

/** The parameters of a model that says something at each time. */
export type EachTimeParams = ReaderParams & { readonly output: LinearParams }

/** What reads sequences, from both ends if it is to. */
export interface EachTimeOptions<Options extends OptionSpecs = OptionSpecs> extends ReaderOptions<Options> {
  /** a second stack of as many layers reads from the end, so that what is said may depend on what follows; false unless said */
  readonly bidirectional?: boolean
}

/** The part of a model that says something at each time: a reader, and so many logits of each of its outputs. */
export function logitsEachTime<Options extends OptionSpecs>(
  where: string,
  given: EachTimeOptions<Options>,
  { noun, width }: { readonly noun: string; readonly width: number },
) {
  checkWhole(where, noun, width)
  const reader = sequenceReader(where, given)
  const head = linear({ inputSize: reader.layer.outputSize, outputSize: width })
  const anatomy: Anatomy<EachTimeParams> = reader.anatomy((params, output) =>
    head.apply(params.output, output),
  )
  return {
    reader,
    anatomy,
    /** how many numbers the parameters are */
    parameters: reader.parameters + (reader.layer.outputSize + 1) * width,
    init(key: Tensor): EachTimeParams {
      const [forReader, forHead] = splitKey(key, 2) as [Tensor, Tensor]
      return { ...reader.init(forReader), output: head.init(forHead, reader.dtype) }
    },
    /** Logits `[batch, time, width]`. */
    apply: (params: EachTimeParams, x: Tensor, options: ApplyOptions = {}): Tensor =>
      anatomy.leave(params, reader.apply(params, x, options).output),
    /** Sequences in tensors, with what `put` makes of what is right at each time of them. */
    batch<Y extends Sequence>(
      { examples, batchSize, times }: ExampleBatch<Y>,
      put: (targets: Y[], rows: { where: string; batchSize: number; time: number }) => Tensor,
    ) {
      const wrong = examples.findIndex(({ x, y }) => x.length !== y.length)
      if (wrong >= 0) {
        const { x, y } = examples[wrong]!
        refuse(
          `${where}: y`,
          `sequence ${wrong} has ${noun} for ${y.length} of its ${x.length} times; give them for each`,
        )
      }
      const sequences = examples.map(({ x }) => x)
      const targets = examples.map(({ y }) => y)
      return {
        ...reader.batch(sequences, batchSize, times.x),
        y: put(targets, { where: `${where}: y`, batchSize, time: times.y }),
      }
    },
    /** What a task tells of losses and of whether a time was right, both `[batch, time]`: means over the times that count. */
    told(losses: Tensor, isRight: Tensor, lengths: Tensor) {
      const { mean: loss, weight } = maskedMean(losses, lengths)
      return { loss, weight, metrics: { accuracy: maskedMean(isRight.cast(loss.dtype), lengths).mean } }
    },
  }
}
