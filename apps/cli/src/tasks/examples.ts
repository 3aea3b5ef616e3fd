import { TapeloopError } from '@tapeloop/core'
import {
  inferSchema,
  jsonLines,
  readTable,
  splitStratified,
  textColumn,
  type ByteSource,
  type TableSchema,
} from '@tapeloop/data'
import * as z from 'zod'
import { refuseUsage } from '../errors.js'
import { listOf } from '../flags/specs.js'
import type { Source, SourceFile } from '../sources/source.js'

/** Something to classify: a text, or numbers at each time, and its class. */
export interface LabelledExample {
  readonly x: string | readonly (readonly number[])[]
  readonly label: string
}

/** Examples, in parts where the data has them so, and the columns they stood in where they came from a table. */
export interface ExampleSet {
  readonly all: readonly LabelledExample[]
  /** those that the data keeps apart for a test */
  readonly test: readonly LabelledExample[] | null
  readonly columns: { readonly text: string; readonly label: string } | null
}

/** The columns that a user names, or nothing. */
export interface ColumnNames {
  readonly textColumn: string
  readonly labelColumn: string
}

/**
 * Reads what is to be classified: a table with a text and its class in each row, labelled sequences as JSON or JSON Lines, or
 * text files, one a class with an example a line, or in a folder a class.
 *
 * @throws one sentence where it is none of these
 */
export async function readExamples(source: Source, names: ColumnNames): Promise<ExampleSet> {
  const { files } = source
  if (files.every(({ name }) => name.endsWith('.txt'))) return fromTexts(source)
  const parts: ExampleSet[] = []
  for (const file of files) parts.push(await fromFile(file, names))
  const tests = parts.flatMap(({ test }) => test ?? [])
  return {
    all: parts.flatMap(({ all }) => all),
    test: tests.length === 0 ? null : tests,
    columns: parts[0]!.columns,
  }
}

/** Text files: the class is the folder or, where there are none, the file, of which each line is an example then. */
async function fromTexts({ name, files }: Source): Promise<ExampleSet> {
  const all: LabelledExample[] = []
  for (const file of files) {
    const { text } = await file.text()
    const [folder, inFolder] = file.name.split('/')
    if (inFolder !== undefined) all.push({ x: text.trim(), label: folder! })
    else all.push(...linesIn(text).map((x) => ({ x, label: file.name.replace(/\.txt$/, '') })))
  }
  if (new Set(all.map(({ label }) => label)).size > 1) return { all, test: null, columns: null }
  throw new TapeloopError(
    `${name} has one class, ${all[0]?.label}; to classify, name a folder with a text file for each class, or a table.`,
  )
}

function linesIn(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
}

async function fromFile(file: SourceFile, names: ColumnNames): Promise<ExampleSet> {
  const bytes = await file.bytes()
  if (file.name.endsWith('.json')) return fromJson(file.path, (await file.text()).text)
  if (await firstLineIsSequence(bytes)) return { all: await sequencesOf(bytes), test: null, columns: null }
  return fromTable(bytes, names)
}

/** Whether a file is JSON Lines with a labelled sequence in the first. */
export async function firstLineIsSequence(bytes: ByteSource): Promise<boolean> {
  const head = new TextDecoder().decode(await bytes.read(0, Math.min(bytes.size, 64))).trimStart()
  if (!head.startsWith('{')) return false
  for await (const [line] of jsonLines(bytes)) if (line) return sequence.safeParse(line.value).success
  return false
}

const label = z.union([z.string(), z.number(), z.boolean()]).transform(String)
const sequence = z.object({ label, seq: z.array(z.union([z.array(z.number()), z.number()])).min(1) })
const sequenceFile = z.union([
  z.object({ train: z.array(sequence), test: z.array(sequence).optional() }),
  z.object({ sequences: z.array(sequence) }),
])

function exampleOf({ label, seq }: z.infer<typeof sequence>): LabelledExample {
  return { label, x: seq.map((entry) => (typeof entry === 'number' ? [entry] : entry)) }
}

function fromJson(path: string, text: string): ExampleSet {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new TapeloopError(`"${path}" is not valid JSON; correct it.`, { cause: error })
  }
  const { success, data } = sequenceFile.safeParse(value)
  if (!success) {
    throw new TapeloopError(
      `"${path}" has no labelled sequences; write {"sequences": [{"label": …, "seq": [[numbers], …]}, …]}, or "train" and "test" ` +
        'with such a list each.',
    )
  }
  if ('sequences' in data) return { all: data.sequences.map(exampleOf), test: null, columns: null }
  return { all: data.train.map(exampleOf), test: data.test?.map(exampleOf) ?? null, columns: null }
}

async function sequencesOf(bytes: ByteSource): Promise<LabelledExample[]> {
  const all: LabelledExample[] = []
  for await (const lines of jsonLines(bytes)) {
    for (const { line, value } of lines) {
      const { success, data } = sequence.safeParse(value)
      if (!success) {
        throw new TapeloopError(
          `${bytes.name}, line ${line}: a line must have a label and seq, a list of numbers or of lists of numbers.`,
        )
      }
      all.push(exampleOf(data))
    }
  }
  return all
}

async function fromTable(bytes: ByteSource, names: ColumnNames): Promise<ExampleSet> {
  const columns = columnsOf(await inferSchema(bytes), names)
  const types = { [columns.text]: 'text', [columns.label]: 'text' } as const
  const schema = await inferSchema(bytes, { types })
  const table = await readTable(bytes, schema, { columns: [columns.text, columns.label] })
  const [texts, labels] = [columns.text, columns.label].map((name) => textColumn(table, name).values)
  const all = texts!.flatMap((x, row) => {
    const label = labels![row]
    return x === null || label === null || label === undefined ? [] : [{ x, label }]
  })
  return { all, test: null, columns }
}

const labelNames = /^(label|class|category|target|sentiment|language|topic|y)$/i

/**
 * The columns of the text and of the class: those that the user names, or else those that can be meant.
 *
 * @throws one sentence where several can
 */
function columnsOf(
  { columns }: TableSchema,
  { textColumn, labelColumn }: ColumnNames,
): { readonly text: string; readonly label: string } {
  const all = columns.map(({ name }) => name)
  for (const [flag, name] of [
    ['--text-column', textColumn],
    ['--label-column', labelColumn],
  ] as const) {
    if (name !== '' && !all.includes(name)) {
      refuseUsage(`${flag} is "${name}"; the columns are ${listOf(all, 'and')}.`)
    }
  }
  const groups = columns.filter(
    ({ name, type }) => type === 'category' || type === 'boolean' || labelNames.test(name),
  )
  const label = labelColumn || only(groups.filter(({ name }) => name !== textColumn).map(({ name }) => name))
  const texts = columns.filter(({ name, type }) => type === 'text' && name !== label)
  const text =
    textColumn ||
    only(texts.map(({ name }) => name)) ||
    (all.length === 2 ? all.find((name) => name !== label) : undefined)
  if (label === undefined) {
    return refuseUsage(
      `The class of a row may be in several columns or none of ${listOf(all, 'and')}; name it by --label-column.`,
    )
  }
  if (text === undefined) {
    return refuseUsage(
      `The text of a row may be in several columns or none of ${listOf(all, 'and')}; name it by --text-column.`,
    )
  }
  return { text, label }
}

function only(names: readonly string[]): string | undefined {
  return names.length === 1 ? names[0] : undefined
}

/** Examples in the parts that a training needs. */
export interface ExampleParts {
  readonly train: readonly LabelledExample[]
  readonly valid: readonly LabelledExample[]
  readonly test: readonly LabelledExample[]
}

const examplesSchema = z.array(
  z.object({ x: z.union([z.string(), z.array(z.array(z.number())).min(1)]), label: z.string() }),
)

/** Parts as a run's folder keeps them. */
export const partsSchema: z.ZodType<ExampleParts> = z.object({
  train: examplesSchema.min(1),
  valid: examplesSchema,
  test: examplesSchema,
})

/** Cuts examples into parts at random, of each class alike; what the data keeps apart for a test stays there. */
export function cutExamples(
  { all, test }: ExampleSet,
  { validFraction, testFraction, seed }: Readonly<Record<'validFraction' | 'testFraction' | 'seed', number>>,
): ExampleParts {
  const tested = test === null ? testFraction : 0
  const fractions = { train: 1 - validFraction - tested, valid: validFraction, test: tested }
  if (fractions.train < 1e-9) {
    refuseUsage(
      `--valid-fraction ${validFraction} and --test-fraction ${tested} leave nothing to train on; make them smaller.`,
    )
  }
  const cut = splitStratified(all, fractions, { key: ({ label }) => label, seed })
  return { ...cut, test: test ?? cut.test }
}
