import { rmSync } from 'node:fs'
import { TapeloopError } from '@tapeloop/core'
import sqlite from 'node-sqlite3-wasm'
import type { Search } from './search.js'
import type { Dimension, Values } from './space.js'

/** What a sweep searches, and how: all that a resumed one must have again. */
export interface SweepPlan {
  readonly space: readonly Dimension[]
  readonly search: Search
  readonly trials: number
  readonly seed: number
  /** what `train` is given besides the values: its data and options */
  readonly args: readonly string[]
  /** the steps at which trials are compared; a single null where each runs to its end */
  readonly rungs: readonly (number | null)[]
  readonly eta: number
}

/** How far a trial is: on its way, waiting at a rung, at its end, or broken off. */
type TrialState = 'running' | 'waiting' | 'done' | 'failed'

/** One training of a sweep. */
export interface Trial {
  readonly id: number
  readonly values: Values
  readonly state: TrialState
  /** the rung it reached; −1 before the first */
  readonly rung: number
  /** the lowest so far; null before the first validation */
  readonly score: number | null
  /** what it said where it failed */
  readonly message: string | null
}

/** A validation of a trial. */
export interface Scoring {
  readonly trial: number
  readonly step: number
  /** bits per character of a language model, nats of a classifier, the loss of a forecaster */
  readonly score: number
}

/** What a sweep came to, in a SQLite file; every change is on disk when the call returns. */
export interface SweepStore {
  readonly plan: SweepPlan
  trials(): Trial[]
  scorings(): Scoring[]
  add(values: Values): Trial
  scored(scoring: Scoring): void
  changed(id: number, change: Partial<Pick<Trial, 'state' | 'rung' | 'score' | 'message'>>): void
  close(): void
}

const version = 1

const schema = `
  CREATE TABLE sweep (version INTEGER NOT NULL, plan TEXT NOT NULL);
  CREATE TABLE trials (
    id INTEGER PRIMARY KEY,
    "values" TEXT NOT NULL,
    state TEXT NOT NULL,
    rung INTEGER NOT NULL,
    score REAL,
    message TEXT
  );
  CREATE TABLE scorings (
    trial INTEGER NOT NULL REFERENCES trials (id),
    step INTEGER NOT NULL,
    score REAL,
    PRIMARY KEY (trial, step)
  );`

/** Begins the file of a sweep. */
export function createStore(file: string, plan: SweepPlan): SweepStore {
  const database = open(file)
  database.exec(`BEGIN; ${schema}`)
  database.run('INSERT INTO sweep VALUES (?, ?)', [version, JSON.stringify(plan)])
  database.exec('COMMIT')
  return storeOf(database, plan)
}

/**
 * Opens the file of a sweep.
 *
 * @throws one sentence where it is no such file, or of a later version
 */
export function openStore(file: string): SweepStore {
  try {
    const database = open(file)
    const found = database.get('SELECT version, plan FROM sweep')
    if (found?.['version'] !== version) {
      throw new TapeloopError(
        `its version is ${String(found?.['version'])}, and this program reads ${version}`,
      )
    }
    return storeOf(database, JSON.parse(String(found['plan'])) as SweepPlan)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new TapeloopError(`"${file}" holds no sweep: ${reason}; name a folder that was swept in.`, {
      cause: error,
    })
  }
}

function open(file: string): sqlite.Database {
  // a folder that stands for a lock; a killed sweep leaves its own, and one folder has one sweep
  rmSync(`${file}.lock`, { recursive: true, force: true })
  return new sqlite.Database(file)
}

function storeOf(database: sqlite.Database, plan: SweepPlan): SweepStore {
  const trialOf = (row: Record<string, unknown>): Trial => ({
    ...(row as unknown as Trial),
    values: JSON.parse(String(row['values'])) as Values,
  })
  const rows = (sql: string) => database.all(sql) as Record<string, unknown>[]
  return {
    plan,
    trials: () => rows('SELECT * FROM trials ORDER BY id').map(trialOf),
    scorings: () => rows('SELECT * FROM scorings ORDER BY trial, step') as unknown as Scoring[],
    add(values) {
      const state: TrialState = 'running'
      const { lastInsertRowid } = database.run(
        'INSERT INTO trials ("values", state, rung) VALUES (?, ?, -1)',
        [JSON.stringify(values), state],
      )
      return { id: Number(lastInsertRowid), values, state, rung: -1, score: null, message: null }
    },
    scored({ trial, step, score }) {
      // a resumed trial may come by a step once more
      database.run('INSERT OR REPLACE INTO scorings VALUES (?, ?, ?)', [trial, step, score])
      database.run('UPDATE trials SET score = min(ifnull(score, ?1), ?1) WHERE id = ?2', [score, trial])
    },
    changed(id, change) {
      for (const [column, value] of Object.entries(change)) {
        database.run(`UPDATE trials SET ${column} = ? WHERE id = ?`, [value, id])
      }
    },
    close: () => database.close(),
  }
}
