import { setupAddress } from '../lanes/address.js'
import { labTasks } from './tasks.js'

/** The addresses of the lab. A newcomer sees a plain network forget and gated ones remember, in a few seconds. */
export const labAddress = setupAddress(labTasks, {
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
})
