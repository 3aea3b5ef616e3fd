import { cellNamed } from '@tapeloop/layers'
import type { Backend } from '@tapeloop/tapeloop'
import { listenForInterruption } from '../interruption.js'
import { keeperOf } from './keeper.js'
import { lockFolder } from './lock.js'
import { optimizerOf } from './optimizer.js'
import type { Planned } from './prepare.js'
import type { Reporter } from './report.js'

/**
 * Trains, and shows it. The folder is this process's as long.
 *
 * @param closed aborted where the output takes no more: the training is saved and ends without a word
 * @returns the exit code: 0 where all is done, that of the signal where one stopped it
 */
export async function train(
  planned: Planned,
  reporter: Reporter,
  backend: Backend,
  closed: AbortSignal,
): Promise<number> {
  const { out, config, learner, guess } = planned
  // of two that begin in one folder, only one can make its run.json
  const { run } = await planned.begin()
  const unlock = await lockFolder(out)
  try {
    const keeper = await keeperOf(run, config.keepEvery)
    const interruption = listenForInterruption(() => reporter.stopping())
    const title = cellNamed(config.cell).title
    reporter.begin({ out, config, learner, title, backend: backend.name, guess })
    try {
      const events = learner.fit({
        optimizer: optimizerOf(config, config.steps),
        steps: config.steps,
        seed: config.seed,
        run,
        backend,
        signal: AbortSignal.any([interruption.signal, closed]),
        clip: config.clip > 0 ? config.clip : undefined,
        earlyStopping: config.patience > 0 ? { patience: config.patience } : undefined,
        // what is kept for good is taken from a checkpoint
        checkpoint: { every: commonDivisor(config.checkpointEvery, config.keepEvery) },
        validateEvery: config.validEvery,
        sampleEvery: config.sampleEvery,
        validating: (done, total) => reporter.validating(done, total),
      })
      for await (const event of events) {
        await keeper.event(event)
        reporter.event(event)
      }
    } finally {
      reporter.end()
      interruption.release()
    }
    return interruption.exitCode()
  } finally {
    await unlock()
  }
}

/** The greatest common divisor (Euclid); that of a number and 0 is the number. */
function commonDivisor(a: number, b: number): number {
  return b === 0 ? a : commonDivisor(b, a % b)
}
