'use client'

import { useEffect, useState } from 'react'
import { start } from './compute/start.js'
import type { PictureOf, SettingsOf, TaskName } from './compute/tasks.js'

/** A task and what it has given so far. */
export interface TaskRun<Name extends TaskName> {
  readonly pictures: readonly PictureOf<Name>[]
  readonly isDone: boolean
  /** why there is nothing to see */
  readonly error?: string
}

/**
 * Computes for a figure while `isOn` holds; begins again when the settings change. What the last settings gave stays
 * until the new ones give something, so that a slider does not flicker.
 */
export function useTask<Name extends TaskName>(
  name: Name,
  settings: SettingsOf<Name>,
  isOn: boolean,
): TaskRun<Name> {
  const [run, setRun] = useState<TaskRun<Name>>({ pictures: [], isDone: false })
  const asked = JSON.stringify(settings)
  useEffect(() => {
    if (!isOn) return
    let pictures: readonly PictureOf<Name>[] = []
    return start(name, JSON.parse(asked) as SettingsOf<Name>, {
      onPicture: (picture) => setRun({ pictures: (pictures = [...pictures, picture]), isDone: false }),
      onDone: () => setRun({ pictures, isDone: true }),
      onError: (error) => setRun({ pictures, isDone: true, error }),
    })
  }, [name, asked, isOn])
  return run
}
