import { setupAddress } from '../lanes/address.js'
import { sequenceTasks } from './tasks.js'

/** The addresses of the sequence tasks. A newcomer sees two networks find the six states of a grammar. */
export const sequenceAddress = setupAddress(sequenceTasks, {
  task: 'reber',
  lag: 20,
  cells: ['rnn', 'lstm'],
  units: 12,
  start: 'cell',
  optimizer: 'adam',
  learningRate: 0.01,
  clip: 1,
  batchSize: 32,
  seed: 1,
  steps: 400,
  branches: [],
})
