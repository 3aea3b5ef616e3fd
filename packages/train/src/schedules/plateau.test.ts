import { compile, tensor, type Tensor } from '@tapeloop/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sgd } from '../optimizers/sgd.js'
import { reduceOnPlateau, type PlateauOptions, type PlateauState } from './plateau.js'

/** The learning rate after each of the metrics. */
function rates(options: PlateauOptions, metrics: readonly number[], start = 1): number[] {
  const plateau = reduceOnPlateau(options)
  let state = plateau.init(start, 'float64')
  return metrics.map((metric) => {
    state = plateau.update(metric, state)
    return state.learningRate.itemSync()
  })
}

test('falls when patience is over, and counts anew', () => {
  const options = { factor: 0.5, patience: 1 }
  expect(rates(options, [3, 2, 2, 2, 2, 2, 1, 1, 1])).toEqual([1, 1, 1, 0.5, 0.5, 0.25, 0.25, 0.25, 0.125])
})

test('a metric that is not a number is a bad one', () => {
  expect(rates({ factor: 0.5, patience: 0 }, [NaN, 1, NaN])).toEqual([0.5, 0.5, 0.25])
})

test('thresholds are parts of the best metric, or differences from it', () => {
  const options = { factor: 0.5, patience: 0, threshold: 0.1 }
  expect(rates(options, [10, 9.5, 8.5])).toEqual([1, 0.5, 0.5])
  expect(rates({ ...options, thresholdMode: 'absolute' }, [10, 9.95, 9.8])).toEqual([1, 0.5, 0.5])
  expect(rates({ ...options, mode: 'max' }, [10, 10.5, 11.5])).toEqual([1, 0.5, 0.5])
  expect(rates({ ...options, mode: 'max', thresholdMode: 'absolute' }, [-10, -9.95, -9.8])).toEqual([
    1, 0.5, 0.5,
  ])
})

test('rests after a fall', () => {
  const options = { factor: 0.5, patience: 0, cooldown: 2 }
  expect(rates(options, [1, 1, 1, 1, 1, 1])).toEqual([1, 0.5, 0.5, 0.5, 0.25, 0.25])
})

test('never falls below the minimum, nor by nearly nothing', () => {
  expect(rates({ factor: 0.1, patience: 0, minimum: 0.05 }, [1, 1, 1, 1])).toEqual([1, 0.1, 0.05, 0.05])
  expect(rates({ factor: 0.5, patience: 0, epsilon: 0.3 }, [1, 1, 1])).toEqual([1, 0.5, 0.5])
})

test('never rises, whatever the metrics', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: -5, max: 5, noNaN: true })),
      fc.nat({ max: 3 }),
      (metrics, patience) => {
        const path = rates({ patience, mode: 'max' }, metrics)
        path.forEach((rate, i) => expect(rate).toBeLessThanOrEqual(path[i - 1] ?? 1))
      },
    ),
  )
})

test('its state is part of a compiled step, once traced', () => {
  const plateau = reduceOnPlateau({ factor: 0.5, patience: 0 })
  const step = compile((params: Tensor, state: PlateauState, metric: Tensor) => {
    const optimizer = sgd({ learningRate: () => state.learningRate })
    return {
      ...optimizer.update(tensor(1), optimizer.init(params), params),
      plateau: plateau.update(metric, state),
    }
  })
  let [params, state] = [tensor(0), plateau.init(1)]
  const path = [1, 1, 0.5, 0.5].map((metric) => {
    const next = step(params, state, tensor(metric))
    ;[params, state] = [next.params, next.plateau]
    return params.itemSync()
  })
  expect(path).toEqual([-1, -2, -2.5, -3])
  expect(step.traces).toBe(1)
})

test('nonsense is refused by name', () => {
  expect(() => reduceOnPlateau({ factor: 1 })).toThrow(
    'reduceOnPlateau: factor is 1; it must be a finite number of at least 0 and below 1',
  )
  expect(() => reduceOnPlateau({ patience: -1 })).toThrow('patience is -1')
  expect(() => reduceOnPlateau({ mode: 'less' as 'min' })).toThrow(
    'reduceOnPlateau: mode is less; it must be min or max',
  )
  expect(() => reduceOnPlateau({ thresholdMode: 'rel' as 'relative' })).toThrow(
    'thresholdMode is rel; it must be relative or absolute',
  )
  expect(() => reduceOnPlateau().init(-1)).toThrow('learningRate is -1')
})
