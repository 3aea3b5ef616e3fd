import { memoryStorage } from '@tapeloop/formats'
import type { Checkpoint, Run } from '@tapeloop/train'

/** All that a training needs to go on from one of its steps. */
export type Snapshot = Omit<Checkpoint, 'name'>

/** Snapshots of a training, as far apart as memory demands. */
export interface History {
  /** The steps at which there are snapshots, in order. */
  readonly steps: readonly number[]
  /** Bytes of all snapshots. */
  readonly bytes: number
  add(snapshot: Snapshot): void
  /** The last snapshot at or before a step; null where there is none. */
  at(step: number): Snapshot | null
}

/**
 * Keeps snapshots within a budget: where it is exceeded, every other one is let go, and from then on only as many are
 * kept. The newest always stays.
 */
export function createHistory(budgetBytes: number): History {
  const kept: { readonly snapshot: Snapshot; readonly size: number }[] = []
  let bytes = 0
  return {
    get steps() {
      return kept.map(({ snapshot }) => snapshot.state.step)
    },
    get bytes() {
      return bytes
    },
    add(snapshot) {
      const size = sizeOf(snapshot)
      kept.push({ snapshot, size })
      bytes += size
      while (bytes > budgetBytes && kept.length > 2) {
        const spared = kept.filter((_, i) => i % 2 === 0 || i === kept.length - 1)
        kept.splice(0, kept.length, ...spared)
        bytes = kept.reduce((sum, { size }) => sum + size, 0)
      }
    },
    at: (step) => kept.findLast(({ snapshot }) => snapshot.state.step <= step)?.snapshot ?? null,
  }
}

function sizeOf({ model, optimizer }: Snapshot): number {
  return [...Object.values(model), ...Object.values(optimizer)].reduce(
    (sum, { data }) => sum + data.byteLength,
    0,
  )
}

/**
 * A run for `fit` that lives in a history instead of files: each checkpoint becomes a snapshot. It begins from a snapshot
 * where one is given, and goes on from there to the same bits.
 */
export function runIn(history: History, seed: number, from: Snapshot | null): Run {
  const name = (snapshot: Snapshot) => `step-${snapshot.state.step}`
  const latest = async () => (from === null ? null : { ...from, name: name(from) })
  return {
    storage: memoryStorage(),
    record: { config: {}, command: '', seed, versions: {} },
    tokenizer: async () => null,
    checkpoints: async () => (from === null ? [] : [name(from)]),
    latest,
    checkpoint: async () => (await latest())!,
    metrics: async () => [],
    async save(content) {
      history.add(content)
      return name(content)
    },
    log: async () => {},
    rewind: async () => 0,
  }
}
