import { heap } from './heap.js'
import { pairTable } from '../subwords/pair-table.js'

/** A merge: the two ids, and the id of what they become. */
export type Merge = readonly [left: number, right: number, id: number]

/** What there is to learn merges from. */
export interface MergeProblem {
  /** Different pieces as ids, and how often each comes. */
  readonly pieces: Iterable<readonly [ids: ArrayLike<number>, count: number]>
  /** Whether there are merges enough. */
  isDone(): boolean
  /** Stop where the most frequent pair comes less often. */
  readonly minimumCount: number
  /** The id of what a pair becomes, told once for each merge in order. */
  idOf(left: number, right: number): number
  /** Is told after every merge. */
  onMerge?(): void
}

/** A pair of neighbours: how often it comes, and where it came when it was made (some of it may be gone). */
interface Pair {
  readonly left: number
  readonly right: number
  count: number
  places: number[]
}

/** A pair with its count of the moment; it is stale once the pair's own is another. */
interface Candidate {
  readonly pair: Pair
  readonly count: number
}

/**
 * Byte-pair encoding (Sennrich, Haddow & Birch 2016): again and again the pair of neighbours that comes most often
 * becomes one token; among equals the one with the smaller first id, then the smaller second one. In a run such as `aaa`
 * the pair counts twice, and is replaced from the left.
 *
 * All pieces lie in one list with links to the neighbours, so that a merge costs no more than the places it changes.
 */
export function learnMerges({ pieces, isDone, minimumCount, idOf, onMerge }: MergeProblem): Merge[] {
  const { ids, weights, next, previous } = layOut(pieces)
  const pairs: Pair[] = []
  const numbers = pairTable(1 << 16)
  const candidates = heap<Candidate>(
    (a, b) =>
      a.count > b.count ||
      (a.count === b.count &&
        (a.pair.left < b.pair.left || (a.pair.left === b.pair.left && a.pair.right < b.pair.right))),
  )

  function pairOf(left: number, right: number): Pair {
    const number = numbers.get(left, right)
    if (number >= 0) return pairs[number]!
    const pair = { left, right, count: 0, places: [] }
    numbers.set(left, right, pairs.length)
    pairs.push(pair)
    return pair
  }

  /** Notes one more pair of neighbours, whose left one is at `place`. */
  function add(place: number, changed?: Set<Pair>): void {
    const pair = pairOf(ids[place]!, ids[next[place]!]!)
    pair.count += weights[place]!
    pair.places.push(place)
    changed?.add(pair)
  }

  function offer(pair: Pair): void {
    if (pair.count >= minimumCount) candidates.push({ pair, count: pair.count })
  }

  /** Takes the most frequent pair; what lost places since it was offered is offered again. */
  function mostFrequent(): Pair | undefined {
    for (let best = candidates.pop(); best !== undefined; best = candidates.pop()) {
      if (best.count === best.pair.count) return best.pair
      offer(best.pair)
    }
    return undefined
  }

  function merge(pair: Pair, id: number): void {
    const { left, right } = pair
    const changed = new Set<Pair>()
    const places = Int32Array.from(pair.places).toSorted()
    pair.places = []
    for (const place of places) {
      const second = next[place]!
      if (ids[place] !== left || second < 0 || ids[second] !== right) continue
      const [before, after, weight] = [previous[place]!, next[second]!, weights[place]!]
      if (before >= 0) pairOf(ids[before]!, left).count -= weight
      if (after >= 0) pairOf(right, ids[after]!).count -= weight
      ids[place] = id
      ids[second] = -1
      next[place] = after
      if (after >= 0) previous[after] = place
      if (before >= 0) add(before, changed)
      if (after >= 0) add(place, changed)
    }
    pair.count = 0
    changed.forEach(offer)
  }

  for (let place = 0; place < ids.length; place++) if (next[place]! >= 0) add(place)
  pairs.forEach(offer)
  const result: Merge[] = []
  while (!isDone()) {
    const pair = mostFrequent()
    if (pair === undefined) break
    const id = idOf(pair.left, pair.right)
    result.push([pair.left, pair.right, id])
    merge(pair, id)
    onMerge?.()
  }
  return result
}

/** Pieces one after the other; -1 is where a piece has no neighbour. */
function layOut(pieces: MergeProblem['pieces']) {
  const list = [...pieces]
  const length = list.reduce((sum, [piece]) => sum + piece.length, 0)
  const ids = new Int32Array(length)
  const weights = new Float64Array(length)
  const next = new Int32Array(length)
  const previous = new Int32Array(length)
  let place = 0
  for (const [piece, count] of list) {
    for (let i = 0; i < piece.length; i++) {
      ids[place] = piece[i]!
      weights[place] = count
      previous[place] = i === 0 ? -1 : place - 1
      next[place] = i === piece.length - 1 ? -1 : place + 1
      place++
    }
  }
  return { ids, weights, next, previous }
}
