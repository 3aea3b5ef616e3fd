import { encodeSafetensors } from '@tapeloop/formats'
import { treeToSafetensors, type Run } from '@tapeloop/train'
import type { LearnerEvent } from '../tasks/task.js'

/** The folder of a run with the model of the lowest validation loss, the one with models kept for good, and the one with samples. */
export const bestFolder = 'best'
export const keptFolder = 'kept'
const samplesFolder = 'samples'

/** Hears a training, and keeps of it what its checkpoints do not. */
export interface Keeper {
  event(event: LearnerEvent): Promise<void>
}

/**
 * Keeps the best model, one every so many steps where this is asked for, and all samples. A model has its step and its loss
 * in its name. What is kept follows from the training alone: one that was stopped and goes on comes to the same files.
 */
export async function keeperOf(run: Run, keepEvery: number): Promise<Keeper> {
  const { storage } = run
  let best = Infinity
  let loss = NaN

  function measured(value: number, isValidation: boolean): void {
    loss = value
    if (isValidation) best = Math.min(best, value)
  }

  /** Puts a model, and takes away what else is in the folder. */
  async function putBest(step: number, model: Uint8Array): Promise<void> {
    const name = `${nameOf(step, best)}.safetensors`
    await storage.replace(`${bestFolder}/${name}`, model)
    for (const other of await storage.list(bestFolder)) {
      if (other !== name) await storage.remove(`${bestFolder}/${other}`)
    }
  }

  /** Keeps the model of a checkpoint, where its step is one of those. */
  async function keep(step: number, checkpoint: string): Promise<void> {
    if (keepEvery === 0 || step % keepEvery !== 0) return
    const model = await storage.read(`checkpoints/${checkpoint}/model.safetensors`)
    await storage.replace(`${keptFolder}/${nameOf(step, loss)}.safetensors`, model)
  }

  return {
    async event(event) {
      switch (event.type) {
        case 'start': {
          // of a run that goes on, what was measured up to its checkpoint
          for (const line of await run.metrics()) {
            const value = line['loss']
            if (line.step > event.step || typeof value !== 'number') continue
            if (line.type === 'validation') measured(value, true)
            if (line.type === 'step' && best === Infinity) measured(value, false)
          }
          // a kill may have come between a checkpoint and what is kept of it
          return event.checkpoint === null ? undefined : keep(event.step, event.checkpoint)
        }
        case 'validation':
          if (!(event.loss < best)) return measured(event.loss, true)
          measured(event.loss, true)
          return putBest(event.step, encodeSafetensors(await treeToSafetensors(event.params)))
        case 'step':
          if (best === Infinity) measured(event.loss, false)
          return
        case 'sample':
          return storage.replace(
            `${samplesFolder}/step-${padded(event.step)}.txt`,
            new TextEncoder().encode(event.sample.endsWith('\n') ? event.sample : `${event.sample}\n`),
          )
        case 'checkpoint':
          return keep(event.step, event.name)
        case 'epoch':
        case 'interrupted':
        case 'nonfinite':
        case 'done':
      }
    },
  }
}

function nameOf(step: number, loss: number): string {
  return `step-${padded(step)}-loss-${loss.toFixed(4)}`
}

function padded(step: number): string {
  return String(step).padStart(8, '0')
}
