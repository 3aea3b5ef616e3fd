import { refuse } from '@tapeloop/core'
import type { Example, Sequence } from './examples.js'
import { checkWhole } from './recurrent-stack.js'

/** How many times after a sequence are forecast, or `each`: the one after each time of it. */
export type Horizon = number | 'each'

/** How a series is cut into examples. */
export interface ForecastWindowOptions {
  /** times that are known */
  readonly length: number
  /** as of the forecaster; 1 unless said */
  readonly horizon?: Horizon
  /** times between the beginnings of two examples; 1 unless said */
  readonly stride?: number
}

/**
 * Examples for a `forecaster`: every window of a series as x, and what follows it (with `each`, what follows each time) as y.
 *
 * @throws where the series is too short for one window, or a number is no whole number from 1
 */
export function forecastWindows(
  series: Sequence,
  { length, horizon = 1, stride = 1 }: ForecastWindowOptions,
): Example<Sequence>[] {
  checkWhole('forecastWindows', 'length', length)
  checkWhole('forecastWindows', 'stride', stride)
  checkHorizon('forecastWindows', horizon)
  const ahead = horizon === 'each' ? 1 : horizon
  const needed = length + ahead
  if (series.length < needed) {
    refuse(
      'forecastWindows',
      `the series has ${series.length} times but one window needs ${needed}; shorten length`,
    )
  }
  const all = Array.from(series as ArrayLike<number>)
  const count = Math.floor((series.length - needed) / stride) + 1
  return Array.from({ length: count }, (_, i) => {
    const [start, end] = [i * stride, i * stride + length]
    return { x: all.slice(start, end), y: all.slice(horizon === 'each' ? start + 1 : end, end + ahead) }
  })
}

/** Refuses what is no horizon. */
export function checkHorizon(where: string, horizon: Horizon): void {
  if (horizon !== 'each' && (!Number.isSafeInteger(horizon) || horizon < 1)) {
    refuse(where, `horizon is ${horizon}; it must be a whole number from 1, or each`)
  }
}
