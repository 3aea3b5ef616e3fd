import { concat, flip, iota, refuse, sliceAxis, where } from '@tapeloop/core'
import { checkClose } from '../closeness.js'
import { checkSame, examine, leavesOf, type LayerFunction } from './compare.js'
import { checkPaddingOf, run } from './invariants.js'
import { dataFor, type LayerSample } from './sample.js'

/** Lifted over time it does what a loop over its steps does. */
export function checkLoop({ name, layer, loop, data }: LayerSample): void {
  if (loop && data.x.shape[1]! > 0) checkSame(`${name} over time`, run(layer), loop, data)
}

/** A sequence in two parts, the second from the state after the first, gives what the whole gives. */
export function checkTimeSplit({ name, layer, data, draw }: LayerSample): void {
  const time = data.x.shape[1]!
  const cut = draw.integer(0, time)
  const inParts: LayerFunction = ({ params, state, x }) => {
    const first = layer.apply(params, sliceAxis(x, 1, 0, cut), { state })
    const second = layer.apply(params, sliceAxis(x, 1, cut, time), { state: first.state })
    return { output: concat([first.output, second.output], 1), state: second.state }
  }
  checkSame(`${name}, ${time} steps cut after ${cut}`, inParts, run(layer), data)
}

/** No output depends on a later input: other numbers there change no bit, and its gradient is exactly 0. */
export function checkCausality({ name, layer, data, draw }: LayerSample): void {
  const time = data.x.shape[1]!
  if (time < 2) return
  const now = draw.integer(0, time - 2)
  const soFar: LayerFunction = ({ params, state, x }) => ({
    output: sliceAxis(layer.apply(params, x, { state }).output, 1, 0, now + 1),
    state: {},
  })
  const isPast = iota(time).reshape([1, time, 1]).lessEqual(now)
  const changed = { ...data, x: where(isPast, data.x, data.x.neg()) }
  const what = `${name}, outputs up to step ${now}`
  checkClose(`${what}, other inputs after it`, leavesOf(soFar(changed)), leavesOf(soFar(data)))
  const { gradient } = examine(soFar, data)
  const later = sliceAxis(gradient.x, 1, now + 1, time)
  if (later.dataSync().some((slope) => slope !== 0)) refuse(name, `${what} depend on later inputs: ${later}`)
}

/** In reverse it gives what it gives on the flipped sequence, flipped. */
export function checkReverse({ name, make, layer, data }: LayerSample): void {
  const flipped: LayerFunction = ({ params, state, x }) => {
    const result = layer.apply(params, flip(x, 1), { state })
    return { output: flip(result.output, 1), state: result.state }
  }
  checkSame(`${name} in reverse`, run(make({ reverse: true })), flipped, data)
}

/** In reverse with lengths each row starts at its own end. */
export function checkReversePadding(sample: LayerSample): void {
  checkPaddingOf(`${sample.name} in reverse`, sample.make({ reverse: true }), sample)
}

/** Recomputing saved values instead of keeping them changes no bit. */
export function checkCheckpoints({ name, make, draw }: LayerSample): void {
  const how = { reverse: draw.boolean() }
  const layer = make(how)
  const data = dataFor(layer, 2, draw.integer(0, 11), draw.integer(0, 1000))
  for (const checkpoint of ['all', 'sqrt'] as const) {
    const what = `${name} with checkpoint ${checkpoint}`
    checkSame(what, run(make({ ...how, checkpoint })), run(layer), data, 0)
  }
}
