import { describe, expect, test } from 'vitest'
import {
  bernoulli,
  categorical,
  compile,
  foldIn,
  normal,
  randomInteger,
  randomKey,
  scan,
  splitKey,
  tensor,
  uniform,
  vmap,
  zeros,
  type Tensor,
} from './index.js'
import { threefry } from './reference/threefry.js'

describe('Threefry-2x32, 20 rounds, gives the known answers of its authors', () => {
  // kat_vectors of Random123 (Salmon, Moraes, Dror, Shaw, SC 2011)
  test.each([
    { counter: [0, 0], key: [0, 0], words: [0x6b200159, 0x99ba4efe] },
    { counter: [0xffffffff, 0xffffffff], key: [0xffffffff, 0xffffffff], words: [0x1cb996fc, 0xbb002be7] },
    { counter: [0x243f6a88, 0x85a308d3], key: [0x13198a2e, 0x03707344], words: [0xc4923a9c, 0x483df7a0] },
  ])('$counter', ({ counter: [c0, c1], key: [k0, k1], words }) => {
    expect(threefry(k0! | 0, k1! | 0, c0! | 0, c1! | 0).map((word) => word >>> 0)).toEqual(words)
  })
})

const numbers = (x: Tensor) => Array.from(x.dataSync())
const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length
const covariance = (a: readonly number[], b: readonly number[]) => {
  const [meanA, meanB] = [mean(a), mean(b)]
  return mean(a.map((x, i) => (x - meanA) * (b[i]! - meanB)))
}
const correlation = (a: readonly number[], b: readonly number[]) =>
  covariance(a, b) / Math.sqrt(covariance(a, a) * covariance(b, b))

describe('draws are functions of key and shape', () => {
  test('the same key and shape give the same bits, eager, compiled and under vmap', () => {
    const draw = (key: Tensor) => normal(key, [5])
    const key = randomKey(7)
    expect(numbers(draw(randomKey(7)))).toEqual(numbers(draw(key)))
    expect(numbers(compile(draw)(key))).toEqual(numbers(draw(key)))
    const keys = splitKey(key, 3)
    const many = vmap((key: Tensor) => uniform(key, [4]))(tensor(Int32Array.from(keys.flatMap(numbers)), { shape: [3, 2] })) // prettier-ignore
    expect(many.toNested()).toEqual(keys.map((key) => uniform(key, [4]).toNested()))
  })

  test('seeds and numbers folded in change everything', () => {
    const first = numbers(uniform(randomKey(1), [8]))
    for (const key of [randomKey(2), randomKey(1 + 2 ** 32), randomKey(-1), foldIn(randomKey(1), 0)]) {
      expect(numbers(uniform(key, [8])).some((value) => first.includes(value))).toBe(false)
    }
  })

  test('a seed is any whole number that a JavaScript number holds exactly', () => {
    expect(numbers(randomKey(2 ** 40 + 5))).toEqual([2 ** 8, 5])
    expect(numbers(randomKey(-1))).toEqual([-1, -1])
    expect(() => randomKey(0.5)).toThrow('randomKey: the seed is 0.5; it must be a whole number below 2^53')
    expect(() => randomKey(2 ** 53)).toThrow('it must be a whole number below 2^53')
  })

  test('inside a loop a key is folded with the step, and recomputation repeats it', () => {
    const key = randomKey(3)
    const draw = (checkpoint: 'none' | 'sqrt') =>
      scan(
        (step: Tensor) => [step.add(1), uniform(foldIn(key, step), [2])],
        zeros([], 'int32'),
        {},
        { length: 5, checkpoint },
      )[1].toNested()
    const expected = Array.from({ length: 5 }, (_, i) => uniform(foldIn(key, i), [2]).toNested())
    expect(draw('none')).toEqual(expected)
    expect(draw('sqrt')).toEqual(expected)
  })
})

describe('the numbers are distributed as their names say', () => {
  const count = 40_000

  test('uniform fills [low, high) evenly, in both widths', () => {
    for (const dtype of ['float32', 'float64'] as const) {
      const values = numbers(uniform(randomKey(1), [count], { low: -2, high: 3, dtype }))
      const bins = new Array<number>(20).fill(0)
      for (const value of values) bins[Math.floor((value + 2) * 4)]!++
      // chi squared with 19 degrees of freedom: above 43.8 once in a thousand
      const expected = count / 20
      expect(bins.reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0)).toBeLessThan(43.8)
      expect(Math.min(...values)).toBeGreaterThanOrEqual(-2)
      expect(Math.max(...values)).toBeLessThan(3)
      expect(Math.abs(correlation(values.slice(1), values.slice(0, -1)))).toBeLessThan(4 / Math.sqrt(count))
    }
  })

  test('normal has the moments of the standard normal', () => {
    const values = numbers(normal(randomKey(2), [count], { mean: 1, deviation: 2, dtype: 'float64' }))
    const z = values.map((value) => (value - 1) / 2)
    const moment = (power: number) => mean(z.map((value) => value ** power))
    // four standard errors of each moment
    expect(Math.abs(moment(1))).toBeLessThan(4 / Math.sqrt(count))
    expect(Math.abs(moment(2) - 1)).toBeLessThan(4 * Math.sqrt(2 / count))
    expect(Math.abs(moment(3))).toBeLessThan(4 * Math.sqrt(15 / count))
    expect(Math.abs(moment(4) - 3)).toBeLessThan(4 * Math.sqrt(96 / count))
    expect(z.filter((value) => Math.abs(value) > 3).length).toBeGreaterThan(50)
    expect(z.every(Number.isFinite)).toBe(true)
  })

  test('bernoulli, randomInteger and categorical have their probabilities', () => {
    const near = (share: number, p: number) =>
      expect(Math.abs(share - p)).toBeLessThan(4 * Math.sqrt((p * (1 - p)) / count))
    near(mean(numbers(bernoulli(randomKey(3), 0.3, [count]))), 0.3)
    expect(mean(numbers(bernoulli(randomKey(3), 0, [100])))).toBe(0)
    expect(mean(numbers(bernoulli(randomKey(3), 1, [100])))).toBe(1)
    const dice = numbers(randomInteger(randomKey(4), -1, 5, [count]))
    for (let face = -1; face < 5; face++) near(dice.filter((value) => value === face).length / count, 1 / 6)
    expect(dice.every((value) => value >= -1 && value < 5)).toBe(true)
    const logits = tensor([0, Math.log(2), Math.log(5), -Infinity]).broadcastTo([count, 4])
    const drawn = numbers(categorical(randomKey(5), logits))
    const share = (i: number) => drawn.filter((value) => value === i).length / count
    ;[1, 2, 5].forEach((weight, i) => near(share(i), weight / 8))
    expect(share(3)).toBe(0)
  })

  test('streams of split and folded keys are independent of one another', () => {
    const size = 10_000
    const parent = randomKey(6)
    const streams = [
      parent,
      ...splitKey(parent, 3),
      ...splitKey(splitKey(parent, 2)[0]!, 2),
      foldIn(parent, 77),
      randomKey(7),
    ].map((key) => numbers(uniform(key, [size], { dtype: 'float64' })))
    streams.forEach((a, i) => {
      for (const b of streams.slice(i + 1)) {
        expect(Math.abs(correlation(a, b))).toBeLessThan(4.5 / Math.sqrt(size))
      }
    })
    const all = streams.flat()
    // 32 bits: of 80,000 numbers fewer than one pair in a thousand agrees by chance, but some do
    expect(new Set(all).size).toBeGreaterThan(all.length - 20)
  })

  test('single bits are balanced and do not depend on their neighbours', () => {
    const bits = numbers(randomInteger(randomKey(8), 0, 2 ** 30, [4000])).map((value) =>
      Array.from({ length: 30 }, (_, i) => (value >> i) % 2),
    )
    for (let i = 0; i < 30; i++) {
      const share = mean(bits.map((row) => row[i]!))
      expect(Math.abs(share - 0.5)).toBeLessThan(4.5 * Math.sqrt(0.25 / 4000))
    }
  })
})

describe('wrong arguments are refused in the name of the function', () => {
  const key = randomKey(0)
  const wrong = zeros([2])
  test.each([
    [
      () => uniform(wrong, [2]),
      'uniform: the key is float32 [2]; make one with randomKey(seed), which is int32 [2]',
    ],
    [
      () => normal(wrong, [2]),
      'normal: the key is float32 [2]; make one with randomKey(seed), which is int32 [2]',
    ],
    [() => splitKey(zeros([3], 'int32'), 2), 'splitKey: the key is int32 [3]; make one with randomKey(seed)'],
    [() => splitKey(key, -1), 'splitKey: the count is -1; it must be a whole number from 0'],
    [() => foldIn(key, 1.5), 'foldIn: the number is 1.5; give a whole number'],
    [() => uniform(key, [2, -1]), 'uniform: axis 1 of shape [2, -1] is -1; sizes are whole numbers from 0'],
    [
      () => normal(key, [1], { dtype: 'int32' }),
      'normal: numbers in an interval are float32 or float64, not int32',
    ],
    [() => bernoulli(key, 1.5, [1]), 'bernoulli: the probability is 1.5; it must lie between 0 and 1'],
    [() => bernoulli(key, NaN, [1]), 'bernoulli: the probability is NaN; it must lie between 0 and 1'],
    [
      () => randomInteger(key, 3, 3, [1]),
      'randomInteger: the range is 3 to 3; give whole numbers with low < high',
    ],
    [
      () => randomInteger(key, 0, 2 ** 40, [1]),
      'randomInteger: the range 0 to 1099511627776 does not fit int32; give one of fewer than 2^31 numbers',
    ],
  ])('case %#', (call, message) => {
    expect(call).toThrow(message)
  })
})
