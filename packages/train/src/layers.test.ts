import { oneHot, splitKey, tensor, type Tensor, type Tree } from '@tapeloop/core'
import type { TokenBatch } from '@tapeloop/data'
import { memoryStorage } from '@tapeloop/formats'
import { cells, crossEntropy, dropout, linear, recurrent, stack, type Cell } from '@tapeloop/layers'
import { expect, test } from 'vitest'
import { filesOf } from '../fixtures/storages.js'
import { collect, tinyOptions, tinyRun } from '../fixtures/tiny.js'
import { fit } from './fit.js'
import type { Task } from './task.js'

const [vocabulary, hiddenSize] = [5, 3]
type Params = { readonly recurrent: Tree; readonly head: { readonly kernel: Tensor; readonly bias?: Tensor } }

/** Two layers of a cell with dropout above them, as a task. */
function taskOf(cell: Cell): Task<Params, TokenBatch, { x: Tensor; y: Tensor }, Tree> {
  const layer = recurrent(stack([cell, cell]), { inputSize: vocabulary, hiddenSize })
  const head = linear({ inputSize: layer.outputSize, outputSize: vocabulary })
  return {
    init(key) {
      const [forLayer, forHead] = splitKey(key, 2) as [Tensor, Tensor]
      return { recurrent: layer.init(forLayer) as Tree, head: head.init(forHead) }
    },
    batch: ({ x, y, shape }) => ({ x: tensor(x, { shape }), y: tensor(y, { shape }) }),
    start: ({ x }) => layer.initialState(x.shape[0]!) as Tree,
    loss(params, { x, y }, state, key) {
      const { output, state: after } = layer.apply(params.recurrent as never, oneHot(x, vocabulary), {
        state: state as never,
      })
      const logits = head.apply(params.head, dropout(output, 0.2, key))
      return { loss: crossEntropy(logits, y), carried: after as Tree, weight: y.size }
    },
  }
}

test.each(Object.keys(cells) as (keyof typeof cells)[])(
  'a stack of %s stops and goes on to the same bits',
  async (name) => {
    const task = taskOf(cells[name])
    const train = async (storage = memoryStorage(), ...stops: readonly number[]) => {
      for (const steps of stops)
        await collect(fit(task, { ...tinyOptions, steps, run: await tinyRun(storage) }))
      return filesOf(storage)
    }
    const whole = await train(memoryStorage(), 8)
    expect(await train(memoryStorage(), 5, 8)).toMatchObject(
      Object.fromEntries(Object.entries(whole).filter(([path]) => !path.includes('step-00000004'))),
    )
    expect(Object.keys(whole)).toContain('checkpoints/step-00000008/model.safetensors')
  },
)
