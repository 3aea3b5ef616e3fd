import { TapeloopError } from '@tapeloop/core'
import { checkWhole } from './check.js'

/** A source of numbers that are uniform in [0, 1), whose state can be saved and restored. */
export interface Random {
  (): number
  /** The whole state, an unsigned 32-bit number: `mulberry32(random.state)` goes on where `random` is now. */
  readonly state: number
}

/**
 * The generator mulberry32 (Tommy Ettinger, 2017, public domain): a 32-bit counter and a mixing function.
 * It orders data and draws toy tasks; the random numbers inside models are those of `core`.
 *
 * @param seed a whole number; its low 32 bits count.
 * @throws when `seed` is not a whole number.
 */
export function mulberry32(seed: number): Random {
  checkSeed('mulberry32', seed)
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
  return Object.defineProperty(next, 'state', { get: () => state }) as Random
}

/**
 * A seed for one part of the work (an epoch, a batch), so that part n can be drawn without drawing those before
 * it. For one `seed` two different numbers below 2^32 never give the same result.
 * The mixing function is the finaliser of MurmurHash3 (Austin Appleby, public domain).
 *
 * @param seed the seed of the run.
 * @param path numbers that say which part, for example an epoch.
 * @throws when one of them is not a whole number.
 */
export function deriveSeed(seed: number, ...path: readonly number[]): number {
  checkSeed('deriveSeed', seed)
  let hash = mix((seed >>> 0) + 0x9e3779b9)
  for (const part of path) {
    checkSeed('deriveSeed', part)
    hash = mix(hash ^ mix((part >>> 0) + 0x9e3779b9))
  }
  return hash
}

/**
 * The numbers 0 to `length - 1` in random order (Fisher and Yates, in the form of Durstenfeld 1964).
 *
 * @returns Int32Array [length].
 */
export function permutation(length: number, random: () => number): Int32Array {
  checkWhole('permutation', 'length', length, 0)
  const order = Int32Array.from({ length }, (_, i) => i)
  for (let i = length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1))
    const held = order[i]!
    order[i] = order[j]!
    order[j] = held
  }
  return order
}

/** A copy of `items` in random order. */
export function shuffled<T>(items: readonly T[], random: () => number): T[] {
  return Array.from(permutation(items.length, random), (i) => items[i]!)
}

function mix(hash: number): number {
  let h = hash >>> 0
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}

function checkSeed(where: string, seed: number): void {
  if (!Number.isSafeInteger(seed)) {
    throw new TapeloopError(`${where}: a seed must be a whole number, but it is ${seed}.`)
  }
}
