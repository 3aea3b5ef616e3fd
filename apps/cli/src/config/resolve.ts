import { parseValue, flagOf, type SettingSpecs } from '../flags/specs.js'
import { refuseUsage } from '../errors.js'
import type { TaskName } from '../tasks/task.js'
import { taskNames } from '../tasks/task.js'
import { configSettings, readConfig, type FileConfig } from './config-file.js'

/** Where a setting was given. */
export type Origin = 'configuration' | 'environment' | 'flag'

/** What a user says in all places together: a flag has the last word, the environment the one before, then the file. */
export interface Resolved {
  readonly files: readonly string[]
  readonly out: string
  readonly task: TaskName | null
  readonly given: Readonly<Record<string, unknown>>
  /** of the cell */
  readonly options: Readonly<Record<string, unknown>>
  /** where each of these was given, by its name */
  readonly origins: Readonly<Record<string, Origin>>
}

/** What the command line itself says. */
export interface Said {
  readonly config?: string | undefined
  readonly files: readonly string[]
  readonly out?: string | undefined
  readonly task?: TaskName | undefined
  readonly given: Readonly<Record<string, unknown>>
  readonly options: Readonly<Record<string, unknown>>
}

/**
 * Puts together what the configuration file, the environment and the flags say.
 *
 * @param cellOptions the options of all cells
 * @throws one sentence that names the place where it is wrong
 */
export async function resolveSettings(
  said: Said,
  environment: Readonly<Record<string, string | undefined>>,
  cellOptions: SettingSpecs,
): Promise<Resolved> {
  const file: FileConfig = said.config === undefined ? {} : await readConfig(said.config)
  const { data = [], out: fileOut, task: fileTask, options: fileOptions = {}, ...fileSettings } = file
  const env = environmentSettings(environment, configSettings)
  const envOptions = environmentSettings(environment, cellOptions)
  const envTask = environment['TAPELOOP_TASK']
  if (envTask !== undefined)
    parseValue('TAPELOOP_TASK', { type: 'choice', choices: taskNames, default: '', doc: '' }, envTask)
  const out = said.out ?? environment['TAPELOOP_OUT'] ?? fileOut
  if (out === undefined)
    refuseUsage('--out is not given; name the folder for the run, as in --out runs/first.')
  if (out === '') refuseUsage('--out is empty; name a folder.')
  const placed = [
    ['configuration', { ...fileSettings, ...fileOptions }],
    ['environment', { ...env, ...envOptions }],
    ['flag', { ...said.given, ...said.options }],
  ] as const
  return {
    files: said.files.length > 0 ? said.files : data,
    out,
    task: said.task ?? (envTask as TaskName | undefined) ?? fileTask ?? null,
    given: withoutRivals({ ...fileSettings, ...env, ...said.given }, said.given),
    options: { ...fileOptions, ...envOptions, ...said.options },
    origins: Object.fromEntries(
      placed.flatMap(([origin, settings]) => Object.keys(settings).map((name) => [name, origin])),
    ),
  }
}

/** Steps and epochs say the same: who names one on the command line does not mean the other of the file. */
function withoutRivals(
  all: Readonly<Record<string, unknown>>,
  flags: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const { steps, epochs, ...rest } = all
  if (flags['steps'] !== undefined && flags['epochs'] === undefined) return { ...rest, steps }
  if (flags['epochs'] !== undefined && flags['steps'] === undefined) return { ...rest, epochs }
  return all
}

/** Settings in the environment: `--seq-length` is `TAPELOOP_SEQ_LENGTH`. A boolean is true or false. */
function environmentSettings(
  environment: Readonly<Record<string, string | undefined>>,
  specs: SettingSpecs,
): Readonly<Record<string, unknown>> {
  const entries = Object.entries(specs).flatMap(([name, spec]): [string, unknown][] => {
    const variable = `TAPELOOP_${flagOf(name).slice(2).replaceAll('-', '_').toUpperCase()}`
    const text = environment[variable]
    if (text === undefined || text === '') return []
    if (spec.type !== 'boolean') return [[name, parseValue(variable, spec, text)]]
    if (text !== 'true' && text !== 'false')
      refuseUsage(`${variable} is "${text}"; it must be true or false.`)
    return [[name, text === 'true']]
  })
  return Object.fromEntries(entries) as Readonly<Record<string, unknown>>
}
