import type { SettingSpecs } from '../flags/specs.js'
import { classifyTask } from './classify.js'
import { forecastTask } from './forecast.js'
import { languageModelTask } from './language-model.js'
import type { TaskKind, TaskName } from './task.js'

/** The tasks by name. */
const tasks: Readonly<Record<TaskName, TaskKind>> = {
  'language-model': languageModelTask,
  classify: classifyTask,
  forecast: forecastTask,
}

/** The task of a name. */
export function taskNamed(name: TaskName): TaskKind {
  return tasks[name]
}

/** The settings of all tasks, each once: where tasks share a name, they share the meaning. */
export const taskSettings: SettingSpecs = Object.assign(
  {},
  ...Object.values(tasks).map(({ settings }) => settings),
)
