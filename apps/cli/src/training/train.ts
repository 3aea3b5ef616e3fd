import type { Batches } from '@tapeloop/data'
import { cellNamed } from '@tapeloop/layers'
import { fit, type Backend } from '@tapeloop/tapeloop'
import { listenForInterruption } from '../interruption.js'
import { optimizerOf } from './config.js'
import type { Prepared } from './prepare.js'
import type { Reporter } from './report.js'

/** Characters of a sample that is shown while training. */
const sampleLength = 200

/**
 * Trains, and shows it.
 *
 * @param closed aborted where the output takes no more: the training is saved and ends without a word
 * @returns the exit code: 0 where all is done, that of the signal where one stopped it
 */
export async function train(
  prepared: Prepared,
  reporter: Reporter,
  backend: Backend,
  closed: AbortSignal,
): Promise<number> {
  const { run, config, tokenizer, model, data } = prepared
  const { steps, seed, clip } = config
  const interruption = listenForInterruption(() => reporter.stopping())
  const sampler = model.sampler({ temperature: 0.8, backend })
  reporter.begin({
    out: prepared.out,
    config,
    title: cellNamed(config.cell).title,
    backend: backend.name,
    parameters: model.parameters,
    characters: prepared.length,
    vocabulary: tokenizer.size,
    trainCharacters: data.trainCharacters,
    validCharacters: data.validCharacters,
    batchesPerEpoch: data.train.batchesPerEpoch,
    changes: prepared.changes,
  })
  try {
    const events = fit(model, {
      data: data.train,
      optimizer: optimizerOf(config, steps),
      steps,
      seed,
      run,
      backend,
      signal: AbortSignal.any([interruption.signal, closed]),
      ...(clip > 0 && { clip }),
      ...(data.valid && {
        validation: { data: watched(data.valid, reporter.validating), every: config.validEvery },
      }),
      sample: {
        every: config.sampleEvery,
        async draw(params, step) {
          let text = ''
          const pieces = sampler.text(params, tokenizer, { length: sampleLength, seed: seed + step })
          for await (const piece of pieces) text += piece
          return text
        },
      },
      checkpoint: { every: config.checkpointEvery },
    })
    for await (const event of events) reporter.event(event)
  } finally {
    reporter.end()
    interruption.release()
  }
  return interruption.exitCode()
}

/** The same batches, with word of how many were asked for. */
function watched<Batch>(data: Batches<Batch>, notice: (done: number, total: number) => void): Batches<Batch> {
  return {
    ...data,
    batch(cursor) {
      notice(cursor.batch, data.batchesPerEpoch)
      return data.batch(cursor)
    },
  }
}
