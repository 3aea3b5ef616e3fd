import { optimizers } from '@tapeloop/train'
import { cellsOf, nameAmong, numbersOf, numberWithin } from '../address.js'
import { registry } from '../registry.js'
import type { Branch, LabSetup } from './setup.js'
import { labTasks } from './tasks.js'

/** What a newcomer sees first: a plain network forgets, a gated one remembers, in a few seconds. */
export const usualSetup: LabSetup = {
  task: 'adding',
  lag: 40,
  cells: ['rnn', 'gru', 'lstm'],
  units: 32,
  start: 'cell',
  optimizer: 'adam',
  learningRate: 0.02,
  clip: 1,
  batchSize: 32,
  seed: 1,
  steps: 600,
  branches: [],
}

/** How a number of a setup is called in an address, and between what it must lie. */
export const numberFields = {
  lag: { min: 2, max: 200, isWhole: true },
  units: { min: 1, max: 128, isWhole: true },
  learningRate: { min: 1e-6, max: 100, isWhole: false },
  clip: { min: 0, max: 1000, isWhole: false },
  batchSize: { min: 1, max: 256, isWhole: true },
  seed: { min: 0, max: 2 ** 30, isWhole: true },
  steps: { min: 10, max: 20_000, isWhole: true },
} as const

type NumberField = keyof typeof numberFields

/** More trainings than this cannot be told apart by colour. */
export const mostLanes = 6

/** The address of a setup, without what is as usual. */
export function printSetup(setup: LabSetup): string {
  const query = new URLSearchParams()
  if (setup.task !== usualSetup.task) query.set('task', setup.task)
  if (setup.cells.join() !== usualSetup.cells.join()) query.set('cells', setup.cells.join('.'))
  for (const field of ['start', 'optimizer'] as const) {
    if (setup[field] !== usualSetup[field]) query.set(field, setup[field])
  }
  for (const field of Object.keys(numberFields) as NumberField[]) {
    // each task has a usual lag of its own
    const usual = field === 'lag' ? labTasks[setup.task]!.lag.usual : usualSetup[field]
    if (setup[field] !== usual) query.set(field, String(setup[field]))
  }
  for (const { from, step, learningRate, clip, lag } of setup.branches) {
    query.append('branch', [from, step, learningRate, clip, lag].join('~'))
  }
  return query.toString()
}

/** The setup of an address; what cannot be right is as usual. */
export function parseSetup(text: string): LabSetup {
  const query = new URLSearchParams(text)
  const task = nameAmong(Object.keys(labTasks), query.get('task')) ?? usualSetup.task
  const cells = cellsOf(query.get('cells'), registry)
  const { lag } = labTasks[task]!
  return {
    ...usualSetup,
    ...numbersOf(query, numberFields, usualSetup),
    task,
    lag: Math.min(Math.max(numberWithin(numberFields.lag, query.get('lag')) ?? lag.usual, lag.min), lag.max),
    cells: cells.length > 0 ? cells.slice(0, mostLanes) : usualSetup.cells,
    start: query.get('start') === 'uniform' ? 'uniform' : 'cell',
    optimizer: nameAmong(Object.keys(optimizers), query.get('optimizer')) ?? usualSetup.optimizer,
    branches: query.getAll('branch').flatMap(parseBranch).slice(0, mostLanes),
  }
}

function parseBranch(text: string): Branch[] {
  const [from = '', step, learningRate, clip, lag] = text.split('~')
  const branch = {
    step: numberWithin({ ...numberFields.steps, min: 0 }, step),
    learningRate: numberWithin(numberFields.learningRate, learningRate),
    clip: numberWithin(numberFields.clip, clip),
    lag: numberWithin(numberFields.lag, lag),
  }
  if (from === '' || Object.values(branch).includes(null)) return []
  return [{ from, ...branch } as Branch]
}
