import {
  abs,
  and,
  lessEqual,
  minimum,
  refuse,
  sliceAxis,
  splitKey,
  square,
  sub,
  tensor,
  type DType,
  type Tensor,
} from '@tapeloop/core'
import { lastStep, linear, type LinearParams, type OptionSpecs } from '@tapeloop/layers'
import type { Anatomy } from './anatomy.js'
import { exampleModel, type ExampleModel } from './example-model.js'
import { numberTensor, type Sequence } from './examples.js'
import { checkHorizon, type Horizon } from './forecast-windows.js'
import { maskedMean } from './masked-mean.js'
import { predictor, type PredictOptions } from './predicting.js'
import { checkQuantiles, quantileLosses } from './quantiles.js'
import { sequenceReader, type ApplyOptions, type ReaderParams, type SequenceTensors } from './reader.js'
import { checkWhole, type RecurrentStackOptions } from './recurrent-stack.js'

/** What a forecaster is made of. */
export interface ForecasterOptions<
  Options extends OptionSpecs = OptionSpecs,
> extends RecurrentStackOptions<Options> {
  /** numbers at each time of what is known; 1 unless said */
  readonly inputSize?: number
  /** numbers at each time of what is forecast; 1 unless said */
  readonly outputSize?: number
  /** how many times after the whole sequence are forecast, or `each`: one for each time of it; 1 unless said */
  readonly horizon?: Horizon
  /** numbers between 0 and 1, ascending: forecast these quantiles; the mean unless said */
  readonly quantiles?: readonly number[]
  /** of the parameters; float32 unless said */
  readonly dtype?: DType
}

/** The parameters of a forecaster. */
export type ForecasterParams = ReaderParams & { readonly output: LinearParams }

/** Sequences and what is forecast of them: `[batch, horizon, outputSize]`, or `[batch, time, outputSize]` of `each`. */
export type ForecastTensors = SequenceTensors & { readonly y: Tensor }

/** What is forecast of one sequence. */
export interface Forecast {
  /** at each time `outputSize` numbers: the means or, where there are quantiles, the one nearest to the median */
  readonly values: readonly (readonly number[])[]
  /** all quantiles of each of them; none where none were asked for */
  readonly quantiles: readonly (readonly (readonly number[])[])[]
}

/**
 * A recurrent network that forecasts numbers. Its metric is `absoluteError`, and with two quantiles or more `coverage`: how
 * much of what comes lies between the lowest and the highest.
 */
export interface Forecaster extends ExampleModel<ForecasterParams, Sequence, ForecastTensors> {
  /** The model taken apart. */
  readonly anatomy: Anatomy<ForecasterParams>
  /** Forecasts `[batch, times, outputSize, quantiles]` (1 where there are none) for x `[batch, time, inputSize]`. */
  apply(params: ForecasterParams, x: Tensor, options?: ApplyOptions): Tensor
  /** What is forecast of sequences, which may be of different lengths. */
  predict(
    params: ForecasterParams,
    sequences: readonly Sequence[],
    options?: PredictOptions,
  ): Promise<Forecast[]>
}

/**
 * A forecaster over any cell: sequences go through layers of the cell, and the last output (with `each`, every one) to the
 * forecast. Trained by the mean squared error or, where quantiles are asked for, by their loss (Koenker & Bassett 1978).
 *
 * @example
 * const model = forecaster({ cell: lstm, hiddenSize: 32, horizon: 12, quantiles: [0.1, 0.5, 0.9] })
 * @throws where a size is no whole number from 1, quantiles are not ascending in (0, 1), or the cell has no such option
 */
export function forecaster<Options extends OptionSpecs>(given: ForecasterOptions<Options>): Forecaster {
  const { inputSize = 1, outputSize = 1, horizon = 1, quantiles = [] } = given
  checkWhole('forecaster', 'outputSize', outputSize)
  checkHorizon('forecaster', horizon)
  checkQuantiles('forecaster', quantiles)
  const reader = sequenceReader('forecaster', { ...given, inputSize })
  const { dtype } = reader
  const count = Math.max(1, quantiles.length)
  const width = (horizon === 'each' ? 1 : horizon) * outputSize * count
  const head = linear({ inputSize: reader.layer.outputSize, outputSize: width })
  const middle = quantiles.reduce(
    (best, q, i) => (Math.abs(q - 0.5) < Math.abs(quantiles[best]! - 0.5) ? i : best),
    0,
  )

  const anatomy = reader.anatomy<ForecasterParams>((params, output, lengths) => {
    const read = horizon === 'each' ? output : lastStep(output, lengths)
    return head.apply(params.output, read).reshape([output.shape[0]!, -1, outputSize, count])
  })
  const apply: Forecaster['apply'] = (params, x, options = {}) =>
    anatomy.leave(params, reader.apply(params, x, options).output, options.lengths)

  return {
    ...exampleModel('forecaster', reader.parameters + (reader.layer.outputSize + 1) * width, {
      init(key): ForecasterParams {
        const [forReader, forHead] = splitKey(key, 2) as [Tensor, Tensor]
        return { ...reader.init(forReader), output: head.init(forHead, dtype) }
      },
      batch({ examples, batchSize, times }): ForecastTensors {
        const targets = examples.map(({ y }: { readonly y: Sequence }) => y)
        examples.forEach(({ x, y }, row) => {
          const expected = horizon === 'each' ? x.length : horizon
          if (y.length === expected) return
          refuse(
            'forecaster: y',
            `sequence ${row} has ${y.length} times; with the horizon ${horizon} it must have ${expected}`,
          )
        })
        const rows = { where: 'forecaster: y', batchSize, time: times.y }
        return {
          ...reader.batch(
            examples.map(({ x }) => x),
            batchSize,
            times.x,
          ),
          y: numberTensor(targets, outputSize, dtype, rows),
        }
      },
      start: () => ({}),
      loss(params, { x, y, lengths }, carried, key) {
        const all = apply(params, x, { lengths, ...(key && { key }) })
        const known = horizon === 'each' ? lengths : minimum(lengths, 1).mul(horizon)
        const meanOf = (values: Tensor) => maskedMean(values.mean(-1), known)
        const values = sliceAxis(all, 3, middle, middle + 1).reshape(y.shape)
        const errors = sub(y, values)
        const { mean: loss, weight } = meanOf(
          quantiles.length === 0 ? square(errors) : quantileLosses(all, y, tensor(quantiles, { dtype })),
        )
        const metrics = { absoluteError: meanOf(abs(errors)).mean }
        if (count === 1) return { loss, carried, weight, metrics }
        const edge = (at: number) => sliceAxis(all, 3, at, at + 1).reshape(y.shape)
        const isInside = and(lessEqual(edge(0), y), lessEqual(y, edge(count - 1)))
        return { loss, carried, weight, metrics: { ...metrics, coverage: meanOf(isInside.cast(dtype)).mean } }
      },
    }),
    anatomy,
    apply,
    predict: predictor(
      'forecaster.predict',
      reader,
      (params: ForecasterParams, { x, lengths }) => apply(params, x, { lengths }),
      (times: readonly (readonly (readonly number[])[])[], length) => {
        const known = times.slice(0, horizon === 'each' ? length : horizon)
        return {
          values: known.map((outputs) => outputs.map((numbers) => numbers[middle]!)),
          quantiles: quantiles.length === 0 ? [] : known,
        }
      },
    ),
  }
}
