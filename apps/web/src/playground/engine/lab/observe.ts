import { compile, flatten, sliceAxis, unflatten, type Tensor } from '@tapeloop/core'
import {
  gradientFlow,
  normOverTime,
  pca,
  saturation,
  spectrum,
  stepJacobian,
  type Spectrum,
  type States,
} from '@tapeloop/inspect'
import type { LaneModel, LaneParams, LaneTensors } from '../lanes/model.js'
import type { LaneBatch } from '../lanes/task.js'

/** A quantity of every unit at every time, of the first row of the probe. */
export interface Trace {
  readonly time: number
  readonly units: number
  /** `[time, units]` */
  readonly values: Float32Array
}

/** How often the units of a gate are nearly closed and nearly open, `[units]` each. */
interface GateSaturation {
  readonly closed: Float32Array
  readonly open: Float32Array
}

/** The states of all sequences on a plane: along the two directions in which they spread most. */
interface StateSpace {
  /** of the state, where there are several */
  readonly entry: string
  /** `[rows, time, 2]` */
  readonly points: Float32Array
  /** the fraction of all variance that the plane shows */
  readonly explained: number
}

/** What a network looks like inside after some step of its training, on sequences that it is not trained on. */
export interface Observation {
  readonly step: number
  /** of the last answer */
  readonly loss: number
  /** ‖∂L/∂·‖ at every time, for each entry of the state, and under `wholeState` for all of them together */
  readonly flow: Readonly<Record<string, Float32Array>>
  readonly states: Readonly<Record<string, Trace>>
  readonly gates: Readonly<Record<string, Trace>>
  readonly space: StateSpace | null
  readonly saturation: Readonly<Record<string, GateSaturation>>
  /** of the Jacobian of one step in the middle of the first row; null where it would take longer than the training */
  readonly spectrum: Spectrum | null
}

/** What all entries of a state together are called. */
export const wholeState = 'whole state'

/** More numbers in a state than this, and eigenvalues take too long. */
const mostEigenvalues = 96

/** What one program computes of a network: everything there is to see. */
type Look = {
  readonly loss: Tensor
  readonly flow: { readonly [entry: string]: Tensor }
  readonly states: { readonly [entry: string]: Tensor }
  readonly gates: { readonly [name: string]: Tensor }
  readonly jacobian: readonly Tensor[]
}

/** Returns a function that looks into a network with given parameters, compiled once. */
export function observer(
  model: LaneModel,
  probe: LaneBatch,
): (params: LaneParams, step: number) => Promise<Observation> {
  const { layer } = model
  const batch = model.batch(probe)
  const [, time] = probe.shape
  const stateSize = flatten(layer.initialState(1)).leaves.reduce((sum, { size }) => sum + size, 0)

  const look = compile(
    (params: LaneParams, batch: LaneTensors): Look => {
      const lossOf = (output: Tensor) => model.lastLoss(params, output, batch)
      const { loss, layers } = gradientFlow([layer], [params.recurrent], batch.x, lossOf)
      const { states, gates, gradients } = layers[0]!
      const entries = byPath(gradients)
      const norms = Object.entries(entries).map(([path, leaf]) => [path, normOverTime(leaf)])
      const flow = { ...Object.fromEntries(norms), [wholeState]: normOverTime(gradients) }
      const jacobian = stateSize > mostEigenvalues ? [] : [jacobianInTheMiddle(params, batch.x, states)]
      return { loss, flow, states: byPath(states), gates, jacobian }
    },
    { name: 'observation' },
  )

  function jacobianInTheMiddle(params: LaneParams, x: Tensor, states: States): Tensor {
    const middle = Math.floor(time / 2)
    const first = (of: Tensor, t: number) =>
      sliceAxis(sliceAxis(of, 0, 0, 1), 1, t, t + 1).reshape([1, ...of.shape.slice(2)])
    const { leaves, structure } = flatten(states)
    const before = unflatten<States>(
      structure,
      leaves.map((leaf) => first(leaf, Math.max(0, middle - 1))),
    )
    return stepJacobian(layer.cell, params.recurrent, before, first(x, middle))
  }

  return async (params, step) => {
    const { loss, flow, states, gates, jacobian } = look(params, batch)
    const gateValues = await dataOf(gates)
    const stateValues = await dataOf(states)
    return {
      step,
      loss: await loss.item(),
      flow: await dataOf(flow),
      states: tracesOf(states, stateValues),
      space: spaceOf(stateValues, probe.shape),
      gates: tracesOf(gates, gateValues),
      saturation: Object.fromEntries(
        Object.entries(gateValues).map(([name, values]) => {
          const { closed, open } = saturation(values, gates[name]!.shape[2]!)
          return [name, { closed: Float32Array.from(closed), open: Float32Array.from(open) }]
        }),
      ),
      spectrum: jacobian[0] ? spectrumOf(await jacobian[0].data()) : null,
    }
  }
}

/** The plane of the first entry of a state; a state of one unit has none, nor has one beyond all numbers. */
function spaceOf(
  states: Readonly<Record<string, Float32Array>>,
  [rows, time]: readonly [rows: number, time: number],
): StateSpace | null {
  const [entry, values] = Object.entries(states)[0]!
  const units = values.length / rows / time
  if (units < 2 || !values.every(Number.isFinite)) return null
  const { project, explained } = pca(values, units)
  return {
    entry,
    points: Float32Array.from(project(values)),
    explained: explained.reduce((sum, part) => sum + part, 0),
  }
}

/** A state that grew beyond all numbers has no eigenvalues. */
function spectrumOf(matrix: ArrayLike<number>): Spectrum | null {
  return Array.from(matrix).every(Number.isFinite) ? spectrum(matrix) : null
}

/** The entries of a record by their dotted paths. */
function byPath(record: States): Record<string, Tensor> {
  const { leaves, paths } = flatten(record)
  return Object.fromEntries(paths.map((path, i) => [path, leaves[i]!]))
}

async function dataOf(tensors: Readonly<Record<string, Tensor>>): Promise<Record<string, Float32Array>> {
  const entries = Object.entries(tensors).map(
    async ([name, tensor]) => [name, (await tensor.data()) as Float32Array] as const,
  )
  return Object.fromEntries(await Promise.all(entries))
}

/** The first rows of quantities `[rows, time, …]`. */
function tracesOf(
  shapes: Readonly<Record<string, Tensor>>,
  values: Readonly<Record<string, Float32Array>>,
): Record<string, Trace> {
  return Object.fromEntries(
    Object.entries(values).map(([name, all]) => {
      const [rows, time] = shapes[name]!.shape as [number, number]
      const units = all.length / rows / time
      return [name, { time, units, values: all.slice(0, time * units) }]
    }),
  )
}
