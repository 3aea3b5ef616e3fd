import { inferSchema, type ColumnSchema } from '@tapeloop/data'
import { refuseUsage } from '../errors.js'
import { listOf } from '../flags/specs.js'
import type { Source, SourceFile } from '../sources/source.js'
import { firstLineIsSequence } from './examples.js'
import type { TaskName } from './task.js'

/** What a source is plainly for, and why, for people. */
export interface Guess {
  readonly task: TaskName
  /** null where there is nothing to say: a text is learned as a text */
  readonly reason: string | null
}

/** Settings that only one task has: who names one means that task. */
const telling: Readonly<Partial<Record<string, TaskName>>> = {
  textColumn: 'classify',
  labelColumn: 'classify',
  target: 'forecast',
  time: 'forecast',
  horizon: 'forecast',
}

/**
 * Sees from the files, and from the settings that only one task has, what is to be learned.
 *
 * @throws one sentence where a table may be for several
 */
export async function guessTask(source: Source, given: Readonly<Record<string, unknown>>): Promise<Guess> {
  const named = Object.keys(given).find((name) => telling[name] !== undefined)
  if (named !== undefined) return { task: telling[named]!, reason: null }
  const [file] = source.files
  if (file === undefined || !/\.(csv|tsv|json|jsonl|ndjson)$/i.test(file.name)) {
    return { task: 'language-model', reason: null }
  }
  if (/\.json$/i.test(file.name) || (await firstLineIsSequence(await file.bytes()))) {
    return {
      task: 'classify',
      reason: `${source.name} has labelled sequences: learned to be classified (--task classify)`,
    }
  }
  return ofTable(source, file)
}

async function ofTable(source: Source, file: SourceFile): Promise<Guess> {
  const { columns } = await inferSchema(await file.bytes())
  const of = (...types: readonly ColumnSchema['type'][]) => columns.filter(({ type }) => types.includes(type))
  const [times, numbers, groups, texts] = [
    of('time'),
    of('number', 'integer'),
    of('category', 'boolean'),
    of('text'),
  ]
  if (times.length === 1 && numbers.length === 1 && texts.length === 0) {
    const [time, target] = [times[0]!.name, numbers[0]!.name]
    return {
      task: 'forecast',
      reason: `${source.name} has a number at each time: learned to be forecast (--task forecast --target ${target} --time ${time})`,
    }
  }
  if (texts.length === 1 && groups.length === 1 && times.length === 0) {
    const [text, label] = [texts[0]!.name, groups[0]!.name]
    return {
      task: 'classify',
      reason: `${source.name} has a text and its class in each row: learned to be classified (--task classify --text-column ${text} --label-column ${label})`,
    }
  }
  return refuseUsage(
    `${source.name} is a table of the columns ${listOf(
      columns.map(({ name }) => name),
      'and',
    )}; say what to learn from it: ` +
      '--task classify with --text-column and --label-column, --task forecast with --target and --time, or --task language-model.',
  )
}
