/**
 * A table from pairs of ids to whole numbers of at least 0: open addressing over typed arrays, because keys of two
 * numbers in a `Map` cost an allocation each.
 */
export interface PairTable {
  /** The number of a pair, -1 where it has none. */
  get(left: number, right: number): number
  set(left: number, right: number, value: number): void
}

export function pairTable(expected = 1024): PairTable {
  let capacity = 16
  while (capacity < 2 * expected) capacity *= 2
  let lefts = new Int32Array(capacity).fill(-1)
  let rights = new Int32Array(capacity)
  let values = new Int32Array(capacity)
  let count = 0

  /** Where a pair is, or would be. */
  function slotOf(left: number, right: number): number {
    const hash = Math.imul(left, 0x9e3779b1) ^ Math.imul(right, 0x85ebca6b)
    let slot = (hash ^ (hash >>> 15)) & (capacity - 1)
    while (lefts[slot] !== -1 && (lefts[slot] !== left || rights[slot] !== right)) {
      slot = (slot + 1) & (capacity - 1)
    }
    return slot
  }

  function set(left: number, right: number, value: number): void {
    const slot = slotOf(left, right)
    if (lefts[slot] === -1) count++
    lefts[slot] = left
    rights[slot] = right
    values[slot] = value
    if (2 * count > capacity) grow()
  }

  function grow(): void {
    const [oldLefts, oldRights, oldValues] = [lefts, rights, values]
    capacity *= 2
    lefts = new Int32Array(capacity).fill(-1)
    rights = new Int32Array(capacity)
    values = new Int32Array(capacity)
    count = 0
    oldLefts.forEach((left, slot) => {
      if (left !== -1) set(left, oldRights[slot]!, oldValues[slot]!)
    })
  }

  return {
    get(left, right) {
      const slot = slotOf(left, right)
      return lefts[slot] === -1 ? -1 : values[slot]!
    },
    set,
  }
}
