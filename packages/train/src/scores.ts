import { refuse } from '@tapeloop/core'
import { checkWhole } from './check.js'

/** Numbers in a row: an array or a typed array. */
export type Numbers = ArrayLike<number>

/** The part of classes that were predicted right. Both are class numbers, one for each example. */
export function accuracy(predicted: Numbers, actual: Numbers): number {
  const count = pairs('accuracy', predicted, actual)
  return meanOf(count, (i) => (predicted[i] === actual[i] ? 1 : 0))
}

/**
 * The part of examples whose class has one of the `k` highest scores. Of equal scores the lower class counts as higher.
 *
 * @param scores `[examples, classes]`, row-major: logits or probabilities
 * @param actual the class of each example
 * @throws where the scores are not so many for each example, or a class has no score
 */
export function topKAccuracy(scores: Numbers, actual: Numbers, k: number): number {
  const name = 'topKAccuracy'
  checkWhole(name, 'k', k, 1)
  const examples = actual.length
  const classes = scores.length / examples
  if (examples === 0 || !Number.isInteger(classes)) {
    refuse(name, `there are ${scores.length} scores for ${examples} examples; give as many for each`)
  }
  return meanOf(examples, (i) => {
    const own = checkClass(name, actual[i]!, classes)
    const at = (other: number) => scores[i * classes + other]!
    const higher = range(classes).filter(
      (other) => at(other) > at(own) || (at(other) === at(own) && other < own),
    )
    // a score that is not a number is above none
    return higher.length < k && !Number.isNaN(at(own)) ? 1 : 0
  })
}

/**
 * How often each class was predicted as which: `matrix[actual][predicted]` counts.
 *
 * @throws where a number is no class, which are 0 to `classes - 1`
 */
export function confusionMatrix(predicted: Numbers, actual: Numbers, classes: number): number[][] {
  const name = 'confusionMatrix'
  checkWhole(name, 'classes', classes, 1)
  const count = pairs(name, predicted, actual)
  const matrix = range(classes).map(() => range(classes).map(() => 0))
  for (let i = 0; i < count; i++)
    matrix[checkClass(name, actual[i]!, classes)]![checkClass(name, predicted[i]!, classes)]!++
  return matrix
}

/**
 * The F1 score, `2·TP / (2·TP + FP + FN)`, the harmonic mean of precision and recall (van Rijsbergen 1979); 0 for a class
 * that is neither there nor predicted.
 *
 * @param matrix `matrix[actual][predicted]`, from `confusionMatrix`
 * @param average the mean over classes (`macro`), over classes by how many examples they have (`weighted`), over examples
 *   (`micro`, which is the accuracy), or the number of the one class that counts as positive
 * @throws where `average` is a class that is not in the matrix
 */
export function f1Score(
  matrix: readonly (readonly number[])[],
  average: 'macro' | 'weighted' | 'micro' | number = 'macro',
): number {
  const classes = range(matrix.length)
  const hits = classes.map((c) => matrix[c]![c]!)
  const support = matrix.map(sumOf)
  const predicted = classes.map((c) => sumOf(matrix.map((row) => row[c]!)))
  const scores = classes.map((c) => ratio(2 * hits[c]!, support[c]! + predicted[c]!))
  if (typeof average === 'number') return scores[checkClass('f1Score', average, matrix.length)]!
  if (average === 'macro') return ratio(sumOf(scores), matrix.length)
  if (average === 'micro') return ratio(sumOf(hits), sumOf(support))
  return ratio(sumOf(scores.map((score, c) => score * support[c]!)), sumOf(support))
}

/** The mean absolute error, in the unit of the numbers. */
export function absoluteError(predicted: Numbers, actual: Numbers): number {
  const count = pairs('absoluteError', predicted, actual)
  return meanOf(count, (i) => Math.abs(predicted[i]! - actual[i]!))
}

/**
 * The mean absolute scaled error of a forecast (Hyndman & Koehler 2006, "Another look at measures of forecast accuracy"):
 * its mean absolute error, divided by that of the naive forecast on the numbers it was made from, that each number is the
 * one a season before.
 *
 * @param history the series before the forecast, in its order
 * @param season how many numbers a season has; 1, the number before, unless said
 * @throws where the history is no longer than a season
 */
export function scaledError(predicted: Numbers, actual: Numbers, history: Numbers, season = 1): number {
  checkWhole('scaledError', 'season', season, 1)
  if (history.length <= season) {
    refuse('scaledError', `the history has ${history.length} numbers and a season ${season}; give more of it`)
  }
  const naive = meanOf(history.length - season, (i) => Math.abs(history[i + season]! - history[i]!))
  return absoluteError(predicted, actual) / naive
}

/**
 * The coefficient of determination R², `1 - Σ(y - ŷ)² / Σ(y - ȳ)²`: 1 is perfect, 0 as good as the mean. Where all of
 * `actual` is the same number it says nothing, and is NaN or -Infinity.
 */
export function rSquared(predicted: Numbers, actual: Numbers): number {
  const count = pairs('rSquared', predicted, actual)
  const middle = meanOf(count, (i) => actual[i]!)
  const missed = meanOf(count, (i) => (actual[i]! - predicted[i]!) ** 2)
  return 1 - missed / meanOf(count, (i) => (actual[i]! - middle) ** 2)
}

/** How many pairs there are: as many of each, and at least one. */
function pairs(where: string, predicted: Numbers, actual: Numbers): number {
  if (predicted.length === actual.length && actual.length > 0) return actual.length
  return refuse(
    where,
    `there are ${predicted.length} predicted and ${actual.length} actual values; give one of each for every example`,
  )
}

function checkClass(where: string, value: number, classes: number): number {
  if (Number.isInteger(value) && value >= 0 && value < classes) return value
  return refuse(where, `${value} is no class; classes are 0 to ${classes - 1}`)
}

function range(length: number): number[] {
  return Array.from({ length }, (_, i) => i)
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0)
}

/** The mean of what `f` gives for 0 to `count - 1`. */
function meanOf(count: number, f: (i: number) => number): number {
  let sum = 0
  for (let i = 0; i < count; i++) sum += f(i)
  return sum / count
}

/** A quotient that is 0 where there is nothing. */
function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole
}
