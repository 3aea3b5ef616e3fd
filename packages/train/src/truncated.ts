import {
  add,
  cast,
  div,
  equal,
  foldIn,
  mapTree,
  mul,
  refuse,
  stopGradient,
  tensor,
  where,
  type Tensor,
  type Tree,
} from '@tapeloop/core'
import { checkWhole } from './check.js'
import { isFresh, meansOf, type BatchSource, type Task, type TaskLoss, type WeightedMean } from './task.js'
import { chosen } from './trees.js'

/** How far apart updates are, and how far back their gradients go, counted in batches of the data below. */
export interface TruncationOptions {
  /** k₁: batches from one update to the next. */
  readonly every: number
  /** k₂: batches that the gradient goes back through. */
  readonly through: number
}

/** Batches that follow each other. */
export interface Windows<Raw> {
  readonly windows: readonly Raw[]
  /** Whether the first of them is the first of an epoch. */
  readonly isFirst: boolean
}

/** The same as tensors; `fresh` (bool `[]`) says that a window begins from the starting state. */
export type WindowTensors<Batch extends Tree> = {
  readonly windows: readonly { readonly batch: Batch; readonly fresh: Tensor }[]
}

/** A task and its data with gradients that go back further, or less far, than to the update before. */
export interface Truncated<Params extends Tree, Raw, Batch extends Tree, Carried extends Tree> {
  readonly task: Task<Params, Windows<Raw>, WindowTensors<Batch>, Carried>
  /** Data for it: each batch holds those that one update needs. Batches at the end that fill no update are left out. */
  batches(source: BatchSource<Raw>): BatchSource<Windows<Raw>>
}

/**
 * Truncated backpropagation through time with k₁ ≠ k₂ (Williams & Peng 1990, "An Efficient Gradient-Based Algorithm for
 * On-Line Training of Recurrent Network Trajectories"). The batches of the data are windows that follow each other, as
 * `contiguousBatches` gives them; with windows of s steps, k₁ is `every · s` and k₂ `through · s`.
 *
 * Each update runs `max(every, through)` windows from the state that was carried to their start (fewer at the start of an
 * epoch). Where the gradient goes back further than to the last update, the loss is that of the last `every` windows, so that
 * each counts once; the windows before are computed anew with the parameters of now. Where it goes back less far, the loss is
 * that of the last `through` windows, and the others only carry the state. An evaluation counts every window. Each epoch
 * begins from the starting state.
 *
 * @example
 * const { task, batches } = truncatedBackprop(model, { every: 1, through: 4 })
 * fit(task, { data: batches(contiguousBatches(tokens, { batchSize: 32, seqLength: 16 })), optimizer, steps })
 * @throws where a number is not whole and at least 1
 */
export function truncatedBackprop<Params extends Tree, Raw, Batch extends Tree, Carried extends Tree>(
  task: Task<Params, Raw, Batch, Carried>,
  { every, through }: TruncationOptions,
): Truncated<Params, Raw, Batch, Carried> {
  const name = 'truncatedBackprop'
  checkWhole(name, 'every', every, 1)
  checkWhole(name, 'through', through, 1)
  const longest = Math.max(every, through)

  return {
    task: {
      init: (key) => task.init(key),
      batch: ({ windows, isFirst }) => ({
        windows: windows.map((raw, i) => ({
          batch: task.batch(raw),
          fresh: tensor((i === 0 && isFirst) || isFresh(raw)),
        })),
      }),
      start: ({ windows }) => task.start(windows[0]!.batch),
      loss(params, { windows }, carried, key) {
        const count = windows.length
        const counted = key === undefined ? every : Math.min(every, through)
        // the next update starts so many windows later
        const advance = Math.max(0, count + every - longest)
        const results: TaskLoss<Carried>[] = []
        let state = carried
        let after = carried
        windows.forEach(({ batch, fresh }, i) => {
          const entering = chosen(fresh, task.start(batch), state)
          const cut = i === count - through ? mapTree(entering, (leaf) => stopGradient(leaf)) : entering
          const result = task.loss(params, batch, cut, key && foldIn(key, i))
          state = result.carried
          if (i + 1 === advance) after = state
          if (i >= count - counted) results.push(result)
        })
        return { ...meanOf(results), carried: after }
      },
    },
    batches(source) {
      const batchesPerEpoch = Math.floor(source.batchesPerEpoch / every)
      if (batchesPerEpoch === 0) {
        refuse(
          name,
          `every is ${every} but the data has ${source.batchesPerEpoch} batches an epoch; use more data or a smaller every`,
        )
      }
      return {
        batchesPerEpoch,
        async batch({ epoch, batch }) {
          const end = (batch + 1) * every
          const start = Math.max(0, end - longest)
          const cursors = Array.from({ length: end - start }, (_, i) => ({ epoch, batch: start + i }))
          return {
            windows: await Promise.all(cursors.map((cursor) => source.batch(cursor))),
            isFirst: start === 0,
          }
        },
      }
    },
  }
}

/** The means over the terms of all losses. */
function meanOf<Carried extends Tree>(
  results: readonly TaskLoss<Carried>[],
): Omit<TaskLoss<Carried>, 'carried'> {
  const all = results.map((result) => meansOf(result))
  const names = Object.keys(all[0]!.metrics)
  const { mean: loss, weight } = joined(all.map(({ loss }) => loss))
  return {
    loss,
    weight,
    metrics: Object.fromEntries(
      names.map((name) => [name, joined(all.map(({ metrics }) => metrics[name]!))]),
    ),
  }
}

/** The mean over the terms of several means. */
function joined(parts: readonly WeightedMean[]): WeightedMean {
  const sums = parts.map(({ mean, weight }) => mul(mean, cast(weight, mean.dtype)))
  const sum = sums.reduce((sum, part) => add(sum, part))
  const weight = parts.map(({ weight }) => weight).reduce((sum, part) => add(sum, part))
  return { mean: div(sum, cast(where(equal(weight, 0), 1, weight), sum.dtype)), weight }
}
