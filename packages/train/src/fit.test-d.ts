import type { Tensor } from '@tapeloop/core'
import type { Batches } from '@tapeloop/data'
import { expectTypeOf, test } from 'vitest'
import {
  adam,
  chain,
  clipByNorm,
  fit,
  listen,
  type Evaluation,
  type Optimizer,
  type Schedule,
  type Task,
} from './index.js'

type Params = { readonly kernel: Tensor }
declare const task: Task<Params, { readonly x: Float32Array }, { readonly x: Tensor }, { readonly h: Tensor }>
declare const data: Batches<{ readonly x: Float32Array }>
const options = { data, optimizer: adam(), steps: 1 }

test('events know the parameters and the samples', async () => {
  const draw = (params: Params) => params.kernel.item()
  for await (const event of fit(task, { ...options, sample: { every: 1, draw } })) {
    if (event.type === 'done') {
      expectTypeOf(event.params).toEqualTypeOf<Params>()
      expectTypeOf(event.validation).toEqualTypeOf<Evaluation | null>()
    }
    if (event.type === 'sample') expectTypeOf(event.sample).toEqualTypeOf<number>()
    if (event.type === 'step') expectTypeOf(event.loss).toEqualTypeOf<number>()
  }
})

test('the data must be batches that the task takes', () => {
  const wrong = data as unknown as Batches<{ readonly x: string }>
  // @ts-expect-error the task reads other batches
  const events = fit(task, { ...options, data: wrong })
  expectTypeOf(events).toExtend<AsyncIterable<{ readonly type: string }>>()
})

test('a hyper-parameter is a number or a schedule', () => {
  expectTypeOf<Schedule>().parameters.toEqualTypeOf<[Tensor, 'float64' | 'float32' | 'int32' | 'bool']>()
  adam({ learningRate: (step) => step.cast('float32') })
  // @ts-expect-error a schedule gives a tensor
  adam({ learningRate: () => 1 })
})

test('listeners know the events that they ask for', async () => {
  const last = await listen(
    fit(task, options),
    { step: ({ gradNorm }) => expectTypeOf(gradNorm).toEqualTypeOf<number>() },
    (event) => expectTypeOf(event.step).toEqualTypeOf<number>(),
  )
  if (last?.type === 'done') expectTypeOf(last.params).toEqualTypeOf<Params>()
  // @ts-expect-error there is no such event
  await listen(fit(task, options), { stepp: () => {} })
})

test('a chain ends with an optimizer', () => {
  expectTypeOf(chain((gradients) => clipByNorm(gradients, 1), adam())).toEqualTypeOf<Optimizer>()
  // @ts-expect-error it ends with a link
  chain(adam(), (gradients) => clipByNorm(gradients, 1))
})
