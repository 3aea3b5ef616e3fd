import { grad, logSoftmax, oneHot, softmax, tensor, zeros, type Tensor } from '@tapeloop/core'
import { checkGradients, drawn } from '@tapeloop/testing'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { crossEntropy, negativeLogLikelihood, type CrossEntropyOptions } from './cross-entropy.js'
import type { Reduction } from './reduction.js'

const logits = tensor(
  [
    [1, 2, 0.5],
    [-1, 0, 3],
    [0.2, 0.1, -0.4],
  ],
  { dtype: 'float64' },
)
const targets = tensor([1, 2, 0], { dtype: 'int32' })
const numbers = (x: Tensor) => Array.from(x.dataSync())
/** −log softmax, row by row, in plain numbers. */
const negativeLogs = (logits.toNested() as number[][]).map((row) => {
  const total = row.reduce((sum, value) => sum + Math.exp(value), 0)
  return row.map((value) => Math.log(total) - value)
})
const own = [negativeLogs[0]![1]!, negativeLogs[1]![2]!, negativeLogs[2]![0]!]

describe('crossEntropy', () => {
  const losses = (options: CrossEntropyOptions, given = targets) =>
    numbers(crossEntropy(logits, given, { reduction: 'none', ...options }))
  const expectClose = (actual: readonly number[], expected: readonly number[]) =>
    actual.forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 12))

  test('is minus the logarithm of the probability of the target', () => {
    expectClose(losses({}), own)
    const [a, b, c] = own as [number, number, number]
    expect(crossEntropy(logits, targets).itemSync()).toBeCloseTo((a + b + c) / 3, 12)
    expect(crossEntropy(logits, targets, { reduction: 'sum' }).itemSync()).toBeCloseTo(a + b + c, 12)
  })

  test('keeps leading axes', () => {
    const cube = logits.reshape([1, 3, 3])
    expect(crossEntropy(cube, targets.reshape([1, 3]), { reduction: 'none' }).shape).toEqual([1, 3])
    expect(crossEntropy(logits.reshape([9]), tensor(4, { dtype: 'int32' })).shape).toEqual([])
  })

  test('of equal logits is the logarithm of the number of classes', () => {
    expect(crossEntropy(zeros([2, 7], 'float64'), tensor([0, 6], { dtype: 'int32' })).itemSync()).toBeCloseTo(
      Math.log(7),
      12,
    )
  })

  test('stays finite where a probability underflows', () => {
    const extreme = tensor([[1000, -1000]])
    expect(crossEntropy(extreme, tensor([1], { dtype: 'int32' })).itemSync()).toBe(2000)
    const slope = grad((x: Tensor) => crossEntropy(x, tensor([1], { dtype: 'int32' })))(extreme)
    expect(slope.toNested()).toEqual([[1, -1]])
  })

  test('does not change with a constant added to the logits, and its gradient adds up to 0', () => {
    const cases = drawn((draw) => {
      const [rows, classes] = [draw.integer(1, 3), draw.integer(2, 5)]
      return { logits: draw.floats([rows, classes]), targets: draw.integers([rows], 0, classes - 1) }
    })
    fc.assert(
      fc.property(cases, ({ logits, targets }) => {
        const value = crossEntropy(logits, targets).itemSync()
        expect(crossEntropy(logits.add(100), targets).itemSync()).toBeCloseTo(value, 10)
        const slopes = grad((x: Tensor) => crossEntropy(x, targets))(logits)
        for (const sum of numbers(slopes.sum(-1))) expect(sum).toBeCloseTo(0, 12)
      }),
    )
  })

  test('has the gradient softmax − one-hot', () => {
    const slopes = grad((x: Tensor) => crossEntropy(x, targets, { reduction: 'sum' }))(logits)
    expectClose(numbers(slopes), numbers(softmax(logits).sub(oneHot(targets, 3, 'float64'))))
  })

  test('with labelSmoothing mixes in the mean over all classes', () => {
    const mean = negativeLogs.map((row) => row.reduce((sum, value) => sum + value, 0) / 3)
    expectClose(
      losses({ labelSmoothing: 0.1 }),
      own.map((value, i) => 0.9 * value + 0.1 * mean[i]!),
    )
  })

  test('with ignoreIndex leaves targets out, of the mean too', () => {
    const ignored = tensor([1, -100, 0], { dtype: 'int32' })
    const options = { ignoreIndex: -100 }
    expectClose(losses(options, ignored), [own[0]!, 0, own[2]!])
    expect(crossEntropy(logits, ignored, options).itemSync()).toBeCloseTo((own[0]! + own[2]!) / 2, 12)
    const slopes = grad((x: Tensor) => crossEntropy(x, ignored, options))(logits)
    expect(numbers(slopes).slice(3, 6)).toEqual([0, 0, 0])
  })

  test('with classWeights divides the mean by the weights of the targets', () => {
    const classWeights = tensor([3, 1, 2], { dtype: 'float64' })
    const weighted = [own[0]! * 1, own[1]! * 2, own[2]! * 3]
    expectClose(losses({ classWeights }), weighted)
    const mean = crossEntropy(logits, targets, { classWeights }).itemSync()
    expect(mean).toBeCloseTo((weighted[0]! + weighted[1]! + weighted[2]!) / 6, 12)
  })

  test('of probabilities that are one-hot is that of the classes, smoothed or weighted or not', () => {
    const soft = oneHot(targets, 3, 'float64')
    const classWeights = tensor([3, 1, 2], { dtype: 'float64' })
    for (const options of [
      {},
      { labelSmoothing: 0.2 },
      { classWeights },
      { classWeights, labelSmoothing: 0.2 },
    ]) {
      expectClose(losses(options, soft), losses(options))
    }
    expect(crossEntropy(logits, soft).itemSync()).toBeCloseTo(crossEntropy(logits, targets).itemSync(), 12)
  })

  test('of probabilities weighs the classes by them', () => {
    const soft = softmax(logits.neg())
    const expected = numbers(soft.mul(logSoftmax(logits)).sum(-1).neg())
    expectClose(losses({}, soft), expected)
  })

  test('has right derivatives in every variant', () => {
    const classWeights = tensor([3, 1, 2], { dtype: 'float64' })
    const variants: CrossEntropyOptions[] = [
      {},
      { labelSmoothing: 0.1 },
      { ignoreIndex: 2, classWeights },
      { reduction: 'none', labelSmoothing: 0.3, classWeights },
    ]
    for (const options of variants)
      checkGradients((x: Tensor) => crossEntropy(x, targets, options), [logits], { name: 'crossEntropy' })
    checkGradients((x: Tensor, p: Tensor) => crossEntropy(x, p), [logits, softmax(logits.neg())])
  })

  const refused: readonly (readonly [string, () => unknown])[] = [
    [
      'crossEntropy: targets are int32 [2]; logits [3, 3] need classes int32 [3] or probabilities float64 [3, 3]',
      () => crossEntropy(logits, tensor([0, 1], { dtype: 'int32' })),
    ],
    [
      'crossEntropy: targets are float32 [3]; logits [3, 3] need classes int32 [3] or probabilities float64 [3, 3]',
      () => crossEntropy(logits, tensor([0, 1, 2])),
    ],
    [
      'crossEntropy: the logits tensor is int32; cast it to float32 or float64',
      () => crossEntropy(logits.cast('int32'), targets),
    ],
    [
      'crossEntropy: logits are a scalar; their last axis must be the classes',
      () => crossEntropy(tensor(1), tensor(0, { dtype: 'int32' })),
    ],
    [
      'crossEntropy: classWeights are float32 [3]; they must be float64 [3], one a class',
      () => crossEntropy(logits, targets, { classWeights: tensor([1, 2, 3]) }),
    ],
    [
      'crossEntropy: labelSmoothing is 2; it must lie between 0 and 1',
      () => crossEntropy(logits, targets, { labelSmoothing: 2 }),
    ],
    [
      'crossEntropy: ignoreIndex needs targets that are classes, but these are probabilities; leave it out',
      () => crossEntropy(logits, softmax(logits), { ignoreIndex: 0 }),
    ],
    [
      'crossEntropy: the reduction is average; it must be mean or sum or none',
      () => crossEntropy(logits, targets, { reduction: 'average' as Reduction }),
    ],
    [
      'pick: index 3 is outside the axis of size 3; use 0 to 2',
      () => crossEntropy(logits, tensor([0, 3, 1], { dtype: 'int32' })).itemSync(),
    ],
  ]
  test.each(refused)('refuses: %s', (says, call) => {
    expect(call).toThrow(says)
  })
})

describe('negativeLogLikelihood', () => {
  const classWeights = tensor([3, 1, 2], { dtype: 'float64' })

  test('of logSoftmax is the cross entropy', () => {
    for (const options of [{}, { ignoreIndex: 2 }, { classWeights }, { ignoreIndex: 0, classWeights }]) {
      for (const reduction of ['mean', 'sum', 'none'] as const) {
        const ours = numbers(negativeLogLikelihood(logSoftmax(logits), targets, { ...options, reduction }))
        const expected = numbers(crossEntropy(logits, targets, { ...options, reduction }))
        ours.forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 12))
      }
    }
  })

  test('has right derivatives, and refuses probabilities for targets', () => {
    checkGradients(
      (x: Tensor) => negativeLogLikelihood(x, targets, { classWeights, ignoreIndex: 2 }),
      [logits],
    )
    expect(() => negativeLogLikelihood(logits, softmax(logits))).toThrow(
      'negativeLogLikelihood: targets are float64 [3, 3]; logProbabilities [3, 3] need classes int32 [3]',
    )
  })
})
