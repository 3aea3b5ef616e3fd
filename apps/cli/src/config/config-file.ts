import { existsSync, readFileSync } from 'node:fs'
import { extname } from 'node:path'
import { resolveOptions, cellNamed, registeredCells } from '@tapeloop/layers'
import * as z from 'zod'
import { refuseUsage, UsageError } from '../errors.js'
import { checkValue, type SettingSpec, type SettingSpecs } from '../flags/specs.js'
import { closest } from '../flags/suggestion.js'
import { importUserModule } from '../flags/user-module.js'
import { taskSettings } from '../tasks/index.js'
import { taskNames, type TaskName } from '../tasks/task.js'
import { settings, stepSettings } from '../training/settings.js'

/** What a configuration file may say: what flags say, by their names in it (`seqLength` is `--seq-length`). */
export interface FileConfig extends Readonly<Record<string, unknown>> {
  /** files, folders or patterns */
  readonly data?: readonly string[]
  readonly out?: string
  readonly task?: TaskName
  /** of the cell */
  readonly options?: Readonly<Record<string, unknown>>
}

/** All settings that a file may hold. */
export const configSettings: SettingSpecs = { ...settings, ...stepSettings, ...taskSettings }

/**
 * Reads a configuration: JSON, or a module whose default export is one. A module is run, so it is only ever one that the user
 * names.
 *
 * @throws one sentence that names the file, the key, its value and what it may be
 */
export async function readConfig(file: string): Promise<FileConfig> {
  if (!existsSync(file))
    refuseUsage(`--config names "${file}", which is not there; make one by tapeloop init.`)
  const value = /\.[cm]?[jt]s$/.test(file) ? await exported(file) : parsed(file)
  return checkConfig(file, value)
}

function parsed(file: string): unknown {
  if (extname(file) !== '.json') {
    refuseUsage(`--config names "${file}"; a configuration is .json, .js or .ts.`)
  }
  try {
    return JSON.parse(readFileSync(file, 'utf8').replace(/^\uFEFF/, ''))
  } catch (error) {
    return refuseUsage(`"${file}" is not valid JSON (${(error as Error).message}); correct it.`)
  }
}

async function exported(file: string): Promise<unknown> {
  try {
    const { default: value } = await importUserModule(file)
    return value ?? refuseUsage(`"${file}" has no default export; write export default { … }.`)
  } catch (error) {
    if (error instanceof UsageError) throw error
    const { message } = error as Error
    return refuseUsage(`--config names "${file}", which cannot be loaded: ${message.replace(/\.$/, '')}.`)
  }
}

/** Refuses a configuration that says what cannot be. */
function checkConfig(file: string, value: unknown): FileConfig {
  const { success, data, error } = schema().safeParse(value)
  if (success) return data as FileConfig
  const issue = error.issues[0]!
  if (issue.code === 'unrecognized_keys') {
    const [key] = issue.keys
    const meant = closest(key!, [...Object.keys(configSettings), 'data', 'out', 'task', 'options'])
    return refuseUsage(
      `"${file}": there is no setting ${key}${meant === undefined ? '; tapeloop train --help lists all' : `; did you mean ${meant}?`}`.replace(
        /([^?])$/,
        '$1.',
      ),
    )
  }
  return refuseUsage(`"${file}": ${issue.message.replace(/\.$/, '')}.`)
}

/** The schema of a configuration, of the cells that there are now. */
function schema() {
  const values = Object.entries(configSettings).map(([name, spec]) => [name, valueOf(name, spec).optional()])
  const text = (what: string) => ({
    error: ({ input }: { input?: unknown }) => `${what} is ${shown(input)}; it must be a text`,
  })
  return z
    .strictObject(
      {
        ...(Object.fromEntries(values) as Record<string, z.ZodType>),
        data: z
          .union([z.string().transform((one) => [one]), z.array(z.string())], {
            error: ({ input }) => `data is ${shown(input)}; it must be a file, or a list of files`,
          })
          .optional(),
        out: z.string(text('out')).optional(),
        task: valueOf('task', { type: 'choice', choices: taskNames, default: '', doc: '' }).optional(),
        options: z
          .record(z.string(), z.unknown(), {
            error: ({ input }) =>
              `options are ${shown(input)}; they must be a record, as { "forgetBias": 2 }`,
          })
          .optional(),
      },
      {
        error: ({ input, code }) =>
          code === 'invalid_type' ? `it is ${shown(input)}; it must be a record of settings` : undefined,
      },
    )
    .superRefine((value, context) => {
      const { cell, options } = value as Readonly<Record<string, unknown>>
      if (options === undefined) return
      const name = typeof cell === 'string' ? cell : settings.cell.default
      if (!registeredCells.has(name)) return
      try {
        resolveOptions(name, cellNamed(name).options, options as Record<string, unknown>)
      } catch (error) {
        context.addIssue({ code: 'custom', message: (error as Error).message })
      }
    })
}

/** A setting is checked as its flag is, in the same words. */
function valueOf(name: string, spec: SettingSpec): z.ZodType {
  return z.unknown().superRefine((value, context) => {
    if (value === undefined) return
    try {
      checkValue(name, spec, value)
    } catch (error) {
      context.addIssue({ code: 'custom', message: (error as Error).message })
    }
  })
}

function shown(value: unknown): string {
  return JSON.stringify(value) ?? String(value)
}
