/** Where trials are trained: in this process, or in several beside it. */
import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { enableRelaxed } from '@tapeloop/backend-wasm/node'
import { setDefaultBackend, TapeloopError } from '@tapeloop/tapeloop'
import { backendOf } from '../level.js'
import type { Experiment, Scores, Trial } from './experiment.js'

/** Trains a model once and measures it. */
export type Trainer = (trial: Trial) => Promise<Scores>

/** What a process is told, and what it answers. */
export interface Job {
  readonly name: string
  readonly isQuick: boolean
  readonly data: string
  readonly trial: Trial
}
export type Answer = { readonly scores: Scores } | { readonly error: string }

/** Trains in this process. */
export async function localTrainer(experiment: Experiment, data: string): Promise<Trainer> {
  setDefaultBackend(await backendOf(enableRelaxed() ? 'portable' : 'simd', 1))
  const train = await experiment.prepare(data)
  return async (trial) => {
    const contender = experiment.contenders.find(({ name }) => name === trial.cell)
    if (!contender) throw new TapeloopError(`${experiment.name}: no cell is called ${trial.cell}.`)
    return train(contender, trial)
  }
}

/** Trains in a process of its own, until `end` is called. */
export function processTrainer(job: Omit<Job, 'trial'>): { readonly train: Trainer; end(): void } {
  const file = fileURLToPath(new URL('worker.ts', import.meta.url))
  const worker = fork(file, { execArgv: ['--import', 'tsx'] })
  return {
    train: (trial) =>
      new Promise((resolve, reject) => {
        const died = () =>
          reject(new TapeloopError('A process that trained has died; what was finished is kept.'))
        worker.once('exit', died)
        worker.once('message', (answer: Answer) => {
          worker.off('exit', died)
          if ('scores' in answer) resolve(answer.scores)
          else reject(new TapeloopError(answer.error))
        })
        worker.send({ ...job, trial } satisfies Job)
      }),
    end: () => void worker.kill(),
  }
}

/** Several trainers as one: a trial goes to whichever is free, in the order in which they are asked for. */
export function pool(trainers: readonly Trainer[]): Trainer {
  const free = [...trainers]
  const waiting: ((trainer: Trainer) => void)[] = []
  return async (trial) => {
    const train = free.pop() ?? (await new Promise<Trainer>((resolve) => waiting.push(resolve)))
    try {
      return await train(trial)
    } finally {
      const next = waiting.shift()
      if (next) next(train)
      else free.push(train)
    }
  }
}
