import { compile, type Backend, type Tensor } from '@tapeloop/core'
import { gradientFlow, normOverTime } from './gradient-flow.js'
import { integratedGradients } from './integrated-gradients.js'
import { activeUnits, saturation } from './saturation.js'
import type { States, WatchedLayer } from './watched.js'

/** What is looked at: a trained network, a sequence that it reads, and windows at whose end it is asked. */
export interface InspectionSubject {
  /** on top of each other, the lowest first */
  readonly layers: readonly WatchedLayer[]
  /** of each layer */
  readonly params: readonly States[]
  /** the sequence, `[1, time, inputSize]` */
  readonly x: Tensor
  /** how sure the network is of what is to be explained, a scalar of the highest layer's output `[1, time, …]` */
  readonly scoreOf: (output: Tensor) => Tensor
  /** sequences from the same source, `[batch, time, inputSize]` */
  readonly windows: Tensor
  /** the loss at the end of the windows, a mean over their rows, of the output `[batch, time, …]` */
  readonly lossOf: (output: Tensor) => Tensor
}

/** How a network is looked at. */
export interface InspectionOptions {
  readonly backend?: Backend
  /** how many of the most active units are told of, in each layer; 6 unless said */
  readonly units?: number
}

/** What a network does inside, as plain data. */
export interface Inspection {
  /** how much each time of the sequence contributed to the score, by integrated gradients */
  readonly saliency: readonly number[]
  /** the lowest first */
  readonly layers: readonly LayerInspection[]
}

/** What one layer does. */
export interface LayerInspection {
  readonly cell: string
  /** of every gate, how often each unit was nearly closed and nearly open while the sequence was read */
  readonly gates: Readonly<
    Record<string, { readonly closed: readonly number[]; readonly open: readonly number[] }>
  >
  /** the units whose outputs vary most over the sequence, the most active first, with their outputs */
  readonly active: readonly { readonly unit: number; readonly values: readonly number[] }[]
  /** of every entry of the state, the mean norm of the loss's gradient, so many steps before the end: 0, 1, 2, … */
  readonly flow: Readonly<Record<string, readonly number[]>>
}

/**
 * Looks at a trained network from all sides: saturation of gates (Karpathy, Johnson & Fei-Fei 2015), the most active
 * units, the gradient that reaches back over time lags (Pascanu, Mikolov & Bengio 2013), and what of a sequence a score is
 * owed to (Sundararajan, Taly & Yan 2017).
 */
export async function inspect(
  { layers, params, x, scoreOf, windows, lossOf }: InspectionSubject,
  { backend, units: shown = 6 }: InspectionOptions = {},
): Promise<Inspection> {
  const options = backend === undefined ? {} : { backend }
  const watchAll = (all: readonly States[], input: Tensor) => {
    let below = input
    return layers.map((layer, i) => {
      const { output, gates } = layer.apply(all[i]!, below)
      below = output
      return { output, gates }
    })
  }
  const watch = compile(watchAll, { ...options, name: 'inspect.watch' })
  const explain = compile(
    (all: readonly States[], input: Tensor) =>
      integratedGradients((nudged) => scoreOf(watchAll(all, nudged).at(-1)!.output), input).sum([0, 2]),
    { ...options, name: 'inspect.saliency' },
  )
  const flow = compile(
    (all: readonly States[], input: Tensor) =>
      gradientFlow(layers, all, input, lossOf).layers.map(({ gradients }) =>
        Object.fromEntries(Object.entries(gradients).map(([name, entry]) => [name, normOverTime(entry)])),
      ),
    { ...options, name: 'inspect.flow' },
  )
  const [watched, flows] = [watch(params, x), flow(params, windows)]
  return {
    saliency: await numbers(explain(params, x)),
    layers: await Promise.all(
      layers.map(async ({ cell, outputSize }, i) => {
        const { output, gates } = watched[i]!
        const outputs = await output.data()
        const active = activeUnits(outputs, outputSize).slice(0, shown)
        return {
          cell: cell.name,
          gates: await each(gates, async (gate) => {
            const { closed, open } = saturation(await gate.data(), gate.shape.at(-1)!)
            return { closed: [...closed], open: [...open] }
          }),
          active: active.map(({ unit }) => ({
            unit,
            values: Array.from(outputs).filter((_, place) => place % outputSize === unit),
          })),
          flow: await each(flows[i]!, async (norms) => (await numbers(norms)).toReversed()),
        }
      }),
    ),
  }
}

async function numbers(values: Tensor): Promise<number[]> {
  return Array.from(await values.data())
}

async function each<From, To>(
  record: Readonly<Record<string, From>>,
  make: (value: From) => Promise<To>,
): Promise<Record<string, To>> {
  const entries = Object.entries(record).map(async ([name, value]) => [name, await make(value)] as const)
  return Object.fromEntries(await Promise.all(entries))
}
