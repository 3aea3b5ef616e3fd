import { flatten, foldIn, randomKey, refuse, tensor, unflatten, type Tensor, type Tree } from '@tapeloop/core'
import { firstCursor, parseCursor, type Cursor } from '@tapeloop/data'
import type { History, StoredTensors } from './checkpoint.js'
import type { FitOptions } from './fit.js'
import type { OptimizerState } from './optimizers/optimizer.js'
import type { Learned } from './step.js'
import type { Task } from './task.js'
import { loneName, restoreTree } from './tensor-files.js'

/** Where training stands between two steps. */
interface Place<Params extends Tree, Carried extends Tree> {
  learned: Learned<Params>
  /** How many updates are made. */
  step: number
  /** The next batch. */
  cursor: Cursor
  /** What the last batch handed on; as it was saved until the first batch tells its structure; null at the start. */
  carried: { readonly state: Carried } | { readonly stored: StoredTensors } | null
  history: History
  /** The parameters of the best validation, where training may stop early and there was one. */
  best: Params | null
  /** The last checkpoint and its step. */
  saved: { readonly name: string; readonly step: number } | null
}

/** The start of a training, or the place where the run's last checkpoint was saved. */
export interface Start<Params extends Tree, Carried extends Tree> {
  readonly place: Place<Params, Carried>
  /** Folded with the number of the step, the key of each batch. */
  readonly key: Tensor
  readonly seed: number
  readonly metricsLines: number
}

/** Finds out where to begin, and brings the run folder back to there. */
export async function startOf<Params extends Tree, Raw, Batch extends Tree, Carried extends Tree>(
  task: Task<Params, Raw, Batch, Carried>,
  { run, optimizer, params, data, seed: given, earlyStopping }: FitOptions<Params, Raw, unknown>,
): Promise<Start<Params, Carried>> {
  const saved = (await run?.latest()) ?? null
  const seed = saved?.state.seed ?? given ?? run?.record.seed ?? 0
  if (given !== undefined && given !== seed) {
    refuse(
      'fit',
      `seed is ${given} but the run was started with ${seed}; leave the seed out, or start a new run`,
    )
  }
  const root = randomKey(seed)
  const initial = (key: Tensor) => params ?? task.init(key)
  const place = saved === null ? await freshPlace() : savedPlace(saved)
  const metricsLines = (await run?.rewind(saved)) ?? 0
  return { place, key: foldIn(root, 1), seed, metricsLines }

  async function freshPlace(): Promise<Place<Params, Carried>> {
    const drawn = initial(foldIn(root, 0))
    return {
      // copies, because steps take the memory of what they are given
      learned: { params: await copyOf(drawn), optimizer: await copyOf(optimizer.init(drawn)) },
      step: 0,
      cursor: firstCursor,
      carried: null,
      history: { validations: [], epoch: { sum: 0, batches: 0 } },
      best: null,
      saved: null,
    }
  }

  function savedPlace({ name, state, ...stored }: NonNullable<typeof saved>): Place<Params, Carried> {
    const where = `${run!.storage.name}/checkpoints/${name}`
    const [trained, remembered] = separated(stored.optimizer)
    const kept = restoreTree(initial, stored.model, `${where}/model.safetensors`)
    const optimizerFile = `${where}/optimizer.safetensors`
    const { stopping, ...history } = state.history
    return {
      learned: {
        params:
          Object.keys(trained).length === 0
            ? kept
            : restoreTree(initial, trained, `${optimizerFile}, ${trainedName}`),
        optimizer: restoreTree((key) => optimizer.init(initial(key)), remembered, optimizerFile),
      },
      step: state.step,
      cursor: parseCursor(state.cursor, data),
      carried: { stored: state.carried },
      history: earlyStopping && stopping ? { ...history, stopping } : history,
      best: earlyStopping && stopping?.best ? kept : null,
      saved: { name, step: state.step },
    }
  }
}

/** What the weights that training goes on from are called in a file, where those to use are others. */
const trainedName = 'trained weights'

/** The optimizer's state as a checkpoint has it, with those weights where there are such. */
export function withTrained(state: OptimizerState, trained: Tree | null): Tree {
  return trained === null ? state : { ...state, [trainedName]: trained }
}

/** Those weights, and what the optimizer remembers. */
function separated(stored: StoredTensors): readonly [trained: StoredTensors, remembered: StoredTensors] {
  const entries = Object.entries(stored)
  const isTrained = (name: string) => name === trainedName || name.startsWith(`${trainedName}.`)
  const trained = entries.filter(([name]) => isTrained(name))
  return [
    Object.fromEntries(
      trained.map(([name, value]) => [name.slice(trainedName.length + 1) || loneName, value]),
    ),
    Object.fromEntries(entries.filter(([name]) => !isTrained(name))),
  ]
}

/** The same numbers in tensors of their own. */
export async function copyOf<T extends Tree>(tree: T): Promise<T> {
  const { leaves, structure } = flatten(tree)
  const copies = await Promise.all(
    leaves.map(async (leaf) => tensor(await leaf.data(), { shape: leaf.shape, dtype: leaf.dtype })),
  )
  return unflatten<T>(structure, copies)
}
