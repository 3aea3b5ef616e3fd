import { compile, grad, slice, softmax, tensor, zeros, type Tensor } from '@tapeloop/core'
import { checkGradients, drawn } from '@tapeloop/testing'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ctcLoss } from './ctc.js'

const int32 = (data: number[] | number[][]) => tensor(data, { dtype: 'int32' })
const none = { reduction: 'none' } as const

/** The sum over all paths that are left as the targets: the definition, by trying them all. */
function enumerated(logits: Tensor, targets: readonly number[], blank: number): number {
  const rows = softmax(logits).toNested() as number[][]
  const wanted = targets.join()
  let total = 0
  const walk = (t: number, path: readonly number[], probability: number) => {
    if (t === rows.length) {
      const merged = path.filter((label, i) => label !== path[i - 1] && label !== blank)
      if (merged.join() === wanted) total += probability
      return
    }
    rows[t]!.forEach((p, label) => walk(t + 1, [...path, label], probability * p))
  }
  walk(0, [], 1)
  return total
}

const logits = tensor(
  [
    [0.2, 1, -0.5],
    [1.5, 0.3, 0.1],
    [-1, 0.4, 2],
    [0.6, -0.2, 0.9],
    [0, 1.1, -0.7],
  ],
  { dtype: 'float64' },
).reshape([1, 5, 3])

describe('ctcLoss', () => {
  test('is the sum over all alignments', () => {
    const cases = drawn((draw) => {
      const [time, classes] = [draw.integer(1, 5), draw.integer(2, 3)]
      const [blank, count] = [draw.integer(0, classes - 1), draw.integer(0, 3)]
      return {
        logits: draw.floats([time, classes]),
        blank,
        count,
        places: draw.integers([3], 0, classes - 2),
      }
    })
    fc.assert(
      fc.property(cases, ({ logits, blank, count, places }) => {
        const labels = Array.from(places.dataSync(), (place) => (place >= blank ? place + 1 : place))
        const expected = enumerated(logits, labels.slice(0, count), blank)
        const options = { ...none, blank, targetLengths: int32([count]) }
        const [loss] = ctcLoss(logits.reshape([1, ...logits.shape]), int32([labels]), options).dataSync()
        expect(Math.exp(-loss!)).toBeCloseTo(expected, 12)
      }),
    )
  })

  test('needs a blank between targets that are the same', () => {
    const two = slice(logits, [null, [0, 2]])
    expect(ctcLoss(two, int32([[1, 2]])).itemSync()).toBeLessThan(Infinity)
    expect(ctcLoss(two, int32([[1, 1]])).itemSync()).toBe(Infinity)
  })

  test('of no alignment has gradient 0, and counts 0 where it is told to', () => {
    const targets = int32([[1, 1, 1]])
    const slopes = grad((x: Tensor) => ctcLoss(x, targets))(logits).dataSync()
    expect(slopes.every(Number.isFinite)).toBe(true)
    const short = { inputLengths: int32([3]) }
    expect(ctcLoss(logits, targets, short).itemSync()).toBe(Infinity)
    const spared = grad((x: Tensor) => ctcLoss(x, targets, { ...short, zeroInfinity: true }))(logits)
    expect(ctcLoss(logits, targets, { ...short, zeroInfinity: true }).itemSync()).toBe(0)
    expect(spared.dataSync().every((slope) => slope === 0)).toBe(true)
  })

  test('knows nothing of steps and targets that do not count', () => {
    const long = { inputLengths: int32([3]), targetLengths: int32([1]) }
    const cut = slice(logits, [null, [0, 3]])
    expect(ctcLoss(logits, int32([[2, -7]]), long).itemSync()).toBe(ctcLoss(cut, int32([[2]])).itemSync())
    const slopes = grad((x: Tensor) => ctcLoss(x, int32([[2, 1]]), long))(logits).dataSync()
    expect(Array.from(slopes.slice(9))).toEqual([0, 0, 0, 0, 0, 0])
    expect(slopes[0]).not.toBe(0)
  })

  test('is the same alone and in a batch, whose mean divides by the numbers of targets', () => {
    const both = tensor([...logits.dataSync(), ...[...logits.dataSync()].toReversed()], {
      shape: [2, 5, 3],
      dtype: 'float64',
    })
    const targets = int32([
      [1, 2, 1],
      [2, 0, 0],
    ])
    const targetLengths = int32([3, 1])
    const all = ctcLoss(both, targets, { ...none, targetLengths }).dataSync()
    const first = ctcLoss(logits, int32([[1, 2, 1]]), none).dataSync()
    expect(all[0]).toBeCloseTo(first[0]!, 12)
    const mean = ctcLoss(both, targets, { targetLengths }).itemSync()
    expect(mean).toBeCloseTo((all[0]! / 3 + all[1]!) / 2, 12)
    const sum = ctcLoss(both, targets, { targetLengths, reduction: 'sum' }).itemSync()
    expect(sum).toBeCloseTo(all[0]! + all[1]!, 12)
  })

  test('has right derivatives', () => {
    checkGradients((x: Tensor) => ctcLoss(x, int32([[1, 1]])), [logits], { name: 'ctcLoss' })
    const options = { inputLengths: int32([4]), targetLengths: int32([1]), blank: 2 }
    checkGradients((x: Tensor) => ctcLoss(x, int32([[1, 0]]), options), [logits], { name: 'ctcLoss' })
  })

  test('stays finite in float32 over hundreds of sure steps', () => {
    const total = (x: Tensor) => ctcLoss(x, int32([[1, 2]]), { reduction: 'sum' })
    const run = compile((x: Tensor) => ({ loss: total(x), slopes: grad(total)(x) }))
    const { loss, slopes } = run(zeros([1, 400, 3]).add(tensor([50, -50, 0])))
    // all is blank but for two steps of 400, in order, which cost 100 and 50 more
    expect(loss.itemSync()).toBeCloseTo(150 - Math.log((400 * 399) / 2), 3)
    expect(slopes.dataSync().every(Number.isFinite)).toBe(true)
  })
})

const refused: readonly (readonly [string, () => unknown])[] = [
  [
    'ctcLoss: logits have shape [5, 3]; they must be [batch, time, classes], with a step at least',
    () => ctcLoss(logits.reshape([5, 3]), int32([[1]])),
  ],
  ['ctcLoss: the logits tensor is int32', () => ctcLoss(logits.cast('int32'), int32([[1]]))],
  [
    'ctcLoss: targets are int32 [2, 1]; logits [1, 5, 3] need int32 [1, count], with a count from 1',
    () => ctcLoss(logits, int32([[1], [1]])),
  ],
  [
    'ctcLoss: blank is 3; it must be one of the 3 classes, from 0',
    () => ctcLoss(logits, int32([[1]]), { blank: 3 }),
  ],
  [
    'ctcLoss: inputLengths are int32 [2]; they must be int32 [1], one a sequence',
    () => ctcLoss(logits, int32([[1]]), { inputLengths: int32([1, 2]) }),
  ],
  [
    'ctcLoss: targetLengths are float32 [1]; they must be int32 [1], one a sequence',
    () => ctcLoss(logits, int32([[1]]), { targetLengths: tensor([1]) }),
  ],
  ['pick: index 3 is outside', () => ctcLoss(logits, int32([[3]])).itemSync()],
]
test.each(refused)('refuses: %s', (says, call) => {
  expect(call).toThrow(says)
})
