/** A process that trains what it is sent, for `pnpm reproduce --jobs`. */
import { reproductions } from './experiments/index.js'
import { localTrainer, type Answer, type Job, type Trainer } from './trainers.js'

let trainer: Promise<Trainer> | undefined

async function answer({ name, isQuick, data, trial }: Job): Promise<Answer> {
  try {
    trainer ??= localTrainer(reproductions[name]![isQuick ? 'quick' : 'full'], data)
    return { scores: await (await trainer)(trial) }
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) }
  }
}

process.on('message', (job: Job) => void answer(job).then((result) => process.send!(result)))
// nobody is left to answer
process.on('disconnect', () => process.exit())
