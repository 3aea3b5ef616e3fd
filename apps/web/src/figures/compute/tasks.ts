import { adding } from './adding.js'
import { flow, flows } from './flow.js'
import { race } from './race.js'
import { states } from './states.js'
import { unit } from './unit.js'

/** What figures ask to be computed: each gives pictures, one after the other, until it is done. */
export const tasks = { adding, flow, flows, race, states, unit }

type Tasks = typeof tasks

/** The name of a task. */
export type TaskName = keyof Tasks

/** What a task is told. */
export type SettingsOf<Name extends TaskName> = Parameters<Tasks[Name]>[0]

/** What a task gives. */
export type PictureOf<Name extends TaskName> =
  ReturnType<Tasks[Name]> extends AsyncGenerator<infer Picture> ? Picture : never

/** A task to begin. */
export type Request = {
  readonly [Name in TaskName]: { readonly name: Name; readonly settings: SettingsOf<Name> }
}[TaskName]

/** What the worker says: a picture, that there are no more, or a sentence why there are none. */
export type Message = { readonly picture: unknown } | { readonly done: true } | { readonly error: string }
