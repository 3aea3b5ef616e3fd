import { heap } from './heap.js'
import { pairTable } from '../subwords/pair-table.js'
import type { Merge } from './learn-merges.js'

/** Merges ready to be applied to the ids of a piece. */
export interface MergeTable {
  /**
   * Applies merges to the first `length` numbers of `ids`: as long as there is a pair that can be merged, the one of the
   * lowest rank, from the left. A heap finds it, so that n ids cost n log n.
   *
   * @returns how many numbers are left; they are the first ones of `ids`
   */
  apply(ids: Int32Array, length: number): number
}

/** A rank and a place in one number, so that the lowest rank comes first and in it the leftmost place. */
const placesPerRank = 2 ** 31

export function mergeTable(merges: readonly Merge[]): MergeTable {
  const ranks = pairTable(merges.length)
  merges.forEach(([left, right], rank) => ranks.set(left, right, rank))
  const made = Int32Array.from(merges, ([, , id]) => id)
  const pending = heap<number>((a, b) => a < b)
  let next = new Int32Array(64)
  let previous = new Int32Array(64)

  function apply(ids: Int32Array, length: number): number {
    if (next.length < length) {
      next = new Int32Array(2 * length)
      previous = new Int32Array(2 * length)
    }
    for (let place = 0; place < length; place++) {
      next[place] = place + 1
      previous[place] = place - 1
    }
    const offer = (place: number): void => {
      const second = next[place]!
      if (second === length) return
      const rank = ranks.get(ids[place]!, ids[second]!)
      if (rank >= 0) pending.push(rank * placesPerRank + place)
    }
    for (let place = 0; place < length - 1; place++) offer(place)
    for (let top = pending.pop(); top !== undefined; top = pending.pop()) {
      const rank = Math.floor(top / placesPerRank)
      const place = top % placesPerRank
      const second = next[place]!
      // the pair may have been taken apart by a merge beside it
      if (ids[place] === -1 || second === length || ranks.get(ids[place]!, ids[second]!) !== rank) continue
      ids[place] = made[rank]!
      ids[second] = -1
      next[place] = next[second]!
      if (next[second]! < length) previous[next[second]!] = place
      if (previous[place]! >= 0) offer(previous[place]!)
      offer(place)
    }
    let count = 0
    for (let place = 0; place < length; place = next[place]!) ids[count++] = ids[place]!
    return count
  }

  return { apply }
}
