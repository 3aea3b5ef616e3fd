import { optimizers } from '@tapeloop/train'
import { cellsOf, nameAmong, numbersOf, numberWithin } from '../address.js'
import { registry } from '../registry.js'
import type { Branch, Setup } from './setup.js'
import type { LaneTask } from './task.js'

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

/** The addresses of a page with some tasks. */
export interface SetupAddress {
  readonly tasks: Readonly<Record<string, LaneTask>>
  /** what a newcomer sees first */
  readonly usual: Setup
  /** The address of a setup, without what is as usual. */
  print(setup: Setup): string
  /** The setup of an address; what cannot be right is as usual. */
  parse(address: string): Setup
}

/** Addresses of setups, each of one of some tasks; what they leave out is as usual for that task. */
export function setupAddress(tasks: Readonly<Record<string, LaneTask>>, usual: Setup): SetupAddress {
  const usualFor = (task: string): Setup => ({ ...usual, task, ...usualOf(tasks[task]!) })
  return {
    tasks,
    usual,
    print(setup) {
      const query = new URLSearchParams()
      const usually = usualFor(setup.task)
      if (setup.task !== usual.task) query.set('task', setup.task)
      if (setup.cells.join() !== usual.cells.join()) query.set('cells', setup.cells.join('.'))
      for (const field of ['start', 'optimizer', ...(Object.keys(numberFields) as NumberField[])] as const) {
        if (setup[field] !== usually[field]) query.set(field, String(setup[field]))
      }
      for (const { from, step, learningRate, clip, lag } of setup.branches) {
        query.append('branch', [from, step, learningRate, clip, lag].join('~'))
      }
      return query.toString()
    },
    parse(address) {
      const query = new URLSearchParams(address)
      const task = nameAmong(Object.keys(tasks), query.get('task')) ?? usual.task
      const cells = cellsOf(query.get('cells'), registry)
      const { lag } = tasks[task]!
      const usually = usualFor(task)
      const numbers = numbersOf(query, numberFields, usually)
      return {
        ...usually,
        ...numbers,
        lag: Math.min(Math.max(numbers.lag, lag.min), lag.max),
        cells: cells.length > 0 ? cells.slice(0, mostLanes) : usual.cells,
        start: query.get('start') === 'uniform' ? 'uniform' : 'cell',
        optimizer: nameAmong(Object.keys(optimizers), query.get('optimizer')) ?? usual.optimizer,
        branches: query.getAll('branch').flatMap(parseBranch).slice(0, mostLanes),
      }
    },
  }
}

/** What is usual for a task, beside what is usual for all. */
export const usualOf = ({ lag, usual }: LaneTask): Partial<Setup> => ({ lag: lag.usual, ...usual })

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
