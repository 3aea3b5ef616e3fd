import { TapeloopError } from '@tapeloop/core'
import type { Example, SequenceClassifier, SequenceClassifierParams } from '@tapeloop/models'
import { accuracy, confusionMatrix, f1Score } from '@tapeloop/train'
import { count, counted, percent } from '../terminal/numbers.js'
import { table } from '../terminal/table.js'
import type { Encode, FoundClasses } from './classify.js'
import { readExamples, type LabelledExample } from './examples.js'
import type { Row, TestResult, Trained } from './task.js'

/** How many examples are read at once. */
const batch = 64

/** The classes of examples, in their order; numbers by their size. */
export function classesOf(examples: readonly LabelledExample[]): string[] {
  const labels = [...new Set(examples.map(({ label }) => label))]
  return labels.toSorted((a, b) => Number(a) - Number(b) || (a < b ? -1 : 1))
}

/** A classifier with what it takes to use it. */
interface Classifying {
  readonly model: SequenceClassifier
  readonly params: SequenceClassifierParams
  readonly encode: Encode
  readonly found: FoundClasses
}

/** A classifier that has learned. */
export function trainedClassifier({ model, params, encode, found }: Classifying): Trained {
  const { labels, textColumn, numbers } = found
  return {
    writer: null,
    async evaluate(source) {
      const { all, test } = await readExamples(source, { textColumn: textColumn ?? '', labelColumn: '' })
      const examples = (test ?? all).map(({ x, label }) => ({ x: encode(x), y: classOf(label) }))
      return evaluateClassifier(model, params, examples, labels)
    },
    async *predict(rows) {
      for await (const some of inBatches(rows, batch)) {
        const readable = some.map((row) => (numbers ? sequenceIn(row) : textIn(row, textColumn)))
        const said = await model.predict(params, readable.map(encode))
        for (const [i, row] of some.entries()) {
          const { label, probabilities } = said[i]!
          yield { ...row, prediction: labels[label], probability: probabilities[label] }
        }
      }
    },
  }

  function classOf(label: string): number {
    const place = labels.indexOf(label)
    if (place >= 0) return place
    throw new TapeloopError(
      `The data has the class ${label}, which the model does not know; it knows ${labels.join(', ')}.`,
    )
  }
}

/**
 * How often a classifier is right, and what it takes for what.
 *
 * @param isNew whether an example is none of those it learned from; where some are, the others are told apart
 */
export async function evaluateClassifier(
  model: SequenceClassifier,
  params: SequenceClassifierParams,
  examples: readonly Example<number>[],
  labels: readonly string[],
  isNew: readonly boolean[] = [],
): Promise<TestResult> {
  const predicted: number[] = []
  for (let i = 0; i < examples.length; i += batch) {
    const said = await model.predict(
      params,
      examples.slice(i, i + batch).map(({ x }) => x),
    )
    predicted.push(...said.map(({ label }) => label))
  }
  const actual = examples.map(({ y }) => y)
  const matrix = confusionMatrix(predicted, actual, labels.length)
  const [right, f1] = [accuracy(predicted, actual), f1Score(matrix)]
  const fresh = isNew.flatMap((value, i) => (value ? [i] : []))
  const hasBoth = fresh.length > 0 && fresh.length < isNew.length
  const rightOfNew = hasBoth ? fresh.filter((i) => predicted[i] === actual[i]).length / fresh.length : right
  return {
    json: {
      testAccuracy: right,
      ...(hasBoth && { testAccuracyOfNew: rightOfNew }),
      testF1: f1,
      testExamples: examples.length,
      confusion: { labels, matrix },
    },
    lines: (style) => [
      style.bold(`${percent(right)} of ${counted(examples.length, 'test example')} right`) +
        `, F1 ${f1.toFixed(3)} as the mean of the classes`,
      ...(hasBoth
        ? [
            `the data has examples more than once: of the ${count(fresh.length)} that it did not learn from, ` +
              `${percent(rightOfNew)} right`,
          ]
        : []),
      'what each class (a row) was taken for (a column):',
      ...confusionLines(labels, matrix, style),
    ],
  }
}

function confusionLines(
  labels: readonly string[],
  matrix: readonly (readonly number[])[],
  style: Parameters<TestResult['lines']>[0],
): string[] {
  const letters = labels.map((_, i) => letterOf(i))
  const rows = matrix.map((row, i) => {
    const total = row.reduce((sum, n) => sum + n, 0)
    const cells = row.map((n) => (n === 0 ? '·' : count(n)))
    return [letters[i]!, ...cells, total === 0 ? '–' : percent(row[i]! / total), labels[i]!]
  })
  const alignRight = Array.from({ length: labels.length + 1 }, (_, column) => column + 1)
  return table(['', ...letters, 'right', 'class'], rows, { alignRight, style })
}

/** a, b, …, z, aa, ab, … */
function letterOf(i: number): string {
  const last = String.fromCharCode(97 + (i % 26))
  return i < 26 ? last : letterOf(Math.floor(i / 26) - 1) + last
}

function textIn(row: Row, column: string | null): string {
  const values = Object.values(row)
  const value = row[column ?? 'text'] ?? (values.length === 1 ? values[0] : undefined)
  if (value !== undefined) return value === null ? '' : String(value)
  throw new TapeloopError(
    `A row has the columns ${Object.keys(row).join(', ')} and none called ${column ?? 'text'}; name the column of the texts so.`,
  )
}

function sequenceIn(row: Row): readonly (readonly number[])[] {
  const { seq } = row
  const rows = Array.isArray(seq) ? seq.map((entry: unknown): unknown[] => [entry].flat()) : []
  if (rows.length > 0 && rows.every(areNumbers)) return rows
  throw new TapeloopError(
    'A row has no seq with numbers in it; give JSON Lines such as {"seq": [[0.1, 0.2], [0.3, 0.4]]}.',
  )
}

function areNumbers(values: readonly unknown[]): values is number[] {
  return values.every((value) => typeof value === 'number')
}

async function* inBatches<T>(items: AsyncIterable<T>, size: number): AsyncGenerator<T[], void> {
  let some: T[] = []
  for await (const item of items) {
    some.push(item)
    if (some.length < size) continue
    yield some
    some = []
  }
  if (some.length > 0) yield some
}
