/** Finished trials, each a file: what a kill loses is the trial in progress. */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Experiment, Scores, Settings, Trial } from './experiment.js'

interface Kept {
  readonly trial: Trial
  /** those it was made with: a trial made with others is made anew */
  readonly settings: Settings
  readonly scores: Scores
}

/** The trials of one experiment under a folder. */
export interface Store {
  get(trial: Trial): Promise<Scores | null>
  put(trial: Trial, scores: Scores): Promise<void>
}

export function storeOf(folder: string, { name, settings }: Experiment): Store {
  const fileOf = ({ cell, rate, seed, steps }: Trial) =>
    join(folder, name, `${cell}-rate-${rate}-seed-${seed}-steps-${steps}.json`)
  // seeds and rates say which trials there are, not how one is made
  const marks = ({ seeds: _seeds, rates: _rates, ...rest }: Settings) => JSON.stringify(rest)
  return {
    async get(trial) {
      const text = await readFile(fileOf(trial), 'utf8').catch(() => null)
      if (text === null) return null
      const kept = JSON.parse(text) as Kept
      return marks(kept.settings) === marks(settings) ? kept.scores : null
    },
    async put(trial, scores) {
      const file = fileOf(trial)
      const kept: Kept = { trial, settings, scores }
      await mkdir(dirname(file), { recursive: true })
      await replaceFile(file, `${JSON.stringify(kept, null, 2)}\n`)
    },
  }
}

/** Writes a file so that it is there as a whole or not at all. */
export async function replaceFile(file: string, text: string): Promise<void> {
  const temporary = `${file}.${process.pid}.tmp`
  await writeFile(temporary, text)
  await rename(temporary, file)
}
