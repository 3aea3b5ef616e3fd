import { compile, flatten, tensor, type Tensor, type Tree } from '@tapeloop/core'
import { describe, expect, test } from 'vitest'
import { clipByValue } from '../clip.js'
import { accumulate } from './accumulate.js'
import { adam } from './adam.js'
import { chain, type GradientTransform } from './chain.js'
import { ema } from './ema.js'
import { groups } from './groups.js'
import { ntAsgd, triggeredAveraging } from './nt-asgd.js'
import { onPlateau } from './on-plateau.js'
import type { Optimizer, OptimizerState } from './optimizer.js'
import { sgd } from './sgd.js'

const scalar = (value: number) => tensor(value, { dtype: 'float64' })

/** One compiled parameter that starts at 0, with its average, after each of the gradients; numbers of `seen` are observed. */
function pathOf(
  optimizer: Optimizer,
  slopes: readonly number[],
  seen: Readonly<Record<number, number>> = {},
) {
  const step = compile((params: Tensor, state: Tree, gradient: Tensor) =>
    optimizer.update(gradient, state as OptimizerState, params),
  )
  let params = scalar(0)
  let state = optimizer.init(params)
  const path = slopes.map((slope, i) => {
    if (seen[i] !== undefined) state = optimizer.observe!(tensor(seen[i]), state)
    const next = step(params, state, scalar(slope))
    params = next.params
    state = next.state as OptimizerState
    const average = optimizer.average?.(state, params) ?? params
    return { value: params.itemSync(), average: average.itemSync() }
  })
  expect(step.traces).toBe(1)
  return path
}
const valuesOf = (path: readonly { readonly value: number }[]) => path.map(({ value }) => value)

describe('accumulate', () => {
  test('updates once for so many batches, by their mean gradient', () => {
    const slopes = [1, 2, 6, -3, 0, 9, 5]
    const path = valuesOf(pathOf(accumulate(adam({ learningRate: 0.1 }), 3), slopes))
    const [first, second] = valuesOf(pathOf(adam({ learningRate: 0.1 }), [3, 2]))
    const expected = [0, 0, first!, first!, first!, second!, second!]
    path.forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 12))
  })

  test('what stands inside sees the mean, and updates rather than batches', () => {
    const clipped = accumulate(
      chain((gradients) => clipByValue(gradients, 1), sgd({ learningRate: (step) => step.cast('float64') })),
      2,
    )
    // means 2 and -0.5, clipped 1 and -0.5, at learning rates 0 and 1
    expect(valuesOf(pathOf(clipped, [1, 3, -5, 4]))).toEqual([0, 0, 0, 0.5])
    expect(() => accumulate(adam(), 0)).toThrow('accumulate: every is 0')
  })
})

describe('chain', () => {
  const momentum: GradientTransform = {
    init: (params) => ({ buffer: (params as Tensor).mul(0) }),
    update(gradients, state) {
      const buffer = (state['buffer'] as Tensor).mul(0.9).add(gradients as Tree as Tensor)
      return { gradients: buffer as Tree as typeof gradients, state: { buffer } }
    },
  }

  test('hands gradients from link to link', () => {
    const slopes = [1, -2, 0.5, 3]
    const chained = chain((gradients) => clipByValue(gradients, 1), momentum, sgd({ learningRate: 0.1 }))
    const whole = sgd({ learningRate: 0.1, momentum: 0.9 })
    const path = valuesOf(pathOf(chained, slopes))
    valuesOf(pathOf(whole, [1, -1, 0.5, 1])).forEach((value, i) => expect(path[i]).toBeCloseTo(value, 12))
    expect(Object.keys(chained.init(scalar(0))['links']!)).toEqual(['1'])
  })

  test('names a link that loses a gradient', () => {
    const lossy = chain(() => ({}) as never, sgd({ learningRate: 1 }))
    const start = { w: scalar(1) }
    expect(() => lossy.update(start, lossy.init(start), start)).toThrow('chain: the gradients of link 0')
    expect(() => chain((() => 1) as never)).toThrow('chain: the last part is no optimizer; end it with one')
  })
})

describe('ema', () => {
  test('averages the weights from the first update on', () => {
    const slopes = [1, 2, -3, 4]
    const path = pathOf(ema(sgd({ learningRate: 1 }), { decay: 0.5 }), slopes)
    let [w, sum, weight] = [0, 0, 0]
    slopes.forEach((slope, i) => {
      w -= slope
      // the same mean by its weights, which need no correction
      sum = 0.5 * sum + w
      weight = 0.5 * weight + 1
      expect(path[i]!.value).toBeCloseTo(w, 12)
      expect(path[i]!.average).toBeCloseTo(sum / weight, 12)
    })
  })

  test('before the first update, the average is the weights', () => {
    const optimizer = ema(adam())
    const start = { w: tensor([3, 4]) }
    expect([...optimizer.average!(optimizer.init(start), start).w.dataSync()]).toEqual([3, 4])
    expect(() => ema(adam(), { decay: 1 })).toThrow('ema: decay is 1')
  })
})

describe('NT-ASGD', () => {
  const slopes = [1, 1, 1, 1, 1, 1, 1, 1]

  /** The rule of the authors' program on plain numbers. */
  function expected(losses: Readonly<Record<number, number>>, patience: number) {
    const logs: number[] = []
    let kept: number[] | null = null
    let w = 0
    return slopes.map((slope, i) => {
      const loss = losses[i]
      if (loss !== undefined) {
        if (kept === null && logs.length > patience && loss > Math.min(...logs.slice(0, -patience)))
          kept = [w]
        logs.push(loss)
      }
      w -= slope
      kept?.push(w)
      return kept === null ? w : kept.reduce((sum, value) => sum + value) / kept.length
    })
  }

  test.each([
    [1, [5, 4, 3, 4, 5, 6, 7, 1]],
    [2, [5, 4, 3, 4, 5, 6, 7, 1]],
    [2, [3, 4, 5, 6, 5, 4, 3, 2]],
    [5, [8, 7, 6, 5, 4, 3, 2, 1]],
    [1, [1, 1, 1, 1, NaN, 1, 1, 1]],
  ])('with patience %j, losses %j begin the average where they should', (patience, losses) => {
    const seen = Object.fromEntries(losses.map((loss, i) => [i, loss]))
    const path = pathOf(ntAsgd({ learningRate: 1, patience }), slopes, seen)
    const noNaN = losses.map((loss) => (Number.isNaN(loss) ? 1e30 : loss))
    const averages = expected(Object.fromEntries(noNaN.map((loss, i) => [i, loss])), patience)
    path.forEach(({ average }, i) => expect(average).toBeCloseTo(averages[i]!, 12))
    expect(valuesOf(path)).toEqual([-1, -2, -3, -4, -5, -6, -7, -8])
  })

  test('what wraps it, or has it for a group, hands on what it needs', () => {
    const losses = { 0: 1, 2: 2, 4: 3 }
    const plain = ntAsgd({ learningRate: 1, patience: 1 })
    const averages = pathOf(plain, slopes, losses).map(({ average }) => average)
    const wrapped = [
      chain((gradients) => gradients, plain),
      accumulate(plain, 1),
      groups(() => 'all', { all: plain }),
      triggeredAveraging(sgd({ learningRate: 1 }), { patience: 1 }),
    ]
    for (const optimizer of wrapped)
      expect(pathOf(optimizer, slopes, losses).map(({ average }) => average)).toEqual(averages)
    expect(averages[7]).not.toBe(-8)
    expect(() => ntAsgd({ learningRate: 1, patience: 0 })).toThrow('triggeredAveraging: patience is 0')
  })
})

describe('onPlateau', () => {
  test('lets the rate of any optimizer fall by the losses it is told', () => {
    const optimizer = onPlateau((learningRate) => sgd({ learningRate }), {
      learningRate: 1,
      factor: 0.5,
      patience: 0,
    })
    // 5 is the best so far, 4 is better, 4 again is not, nor is 6
    const path = valuesOf(pathOf(optimizer, [1, 1, 1, 1, 1, 1], { 1: 5, 2: 4, 3: 4, 5: 6 }))
    expect(path).toEqual([-1, -2, -3, -3.5, -4, -4.25])
  })

  test('seeks the largest just as well, and remembers nothing that cannot be saved', () => {
    for (const mode of ['min', 'max'] as const) {
      const optimizer = onPlateau(() => ntAsgd({ learningRate: 1, patience: 1 }), { learningRate: 1, mode })
      const state = optimizer.observe!(tensor(2), optimizer.init(scalar(0)))
      for (const leaf of flatten([optimizer.init(scalar(0)), state]).leaves)
        expect([...leaf.dataSync()].every(Number.isFinite)).toBe(true)
      expect(flatten(state['plateau']!).leaves.map((leaf) => leaf.itemSync())).toEqual([1, 2, 0, 0])
      // what is inside is told too
      expect([...(state['optimizer'] as { trigger: { recent: Tensor } }).trigger.recent.dataSync()]).toEqual([
        2,
      ])
    }
    expect(() => onPlateau(() => adam(), { learningRate: -1 })).toThrow('onPlateau: learningRate is -1')
  })
})
