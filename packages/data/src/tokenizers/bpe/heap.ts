/** A binary heap: what comes before everything else, by `isBefore`, is taken first. */
export interface Heap<T> {
  readonly size: number
  push(item: T): void
  pop(): T | undefined
}

export function heap<T>(isBefore: (a: T, b: T) => boolean): Heap<T> {
  const items: T[] = []
  return {
    get size() {
      return items.length
    },
    push(item) {
      let at = items.length
      items.push(item)
      while (at > 0) {
        const parent = (at - 1) >> 1
        if (!isBefore(item, items[parent]!)) break
        items[at] = items[parent]!
        at = parent
      }
      items[at] = item
    },
    pop() {
      const top = items[0]
      const last = items.pop()
      if (items.length === 0 || last === undefined) return top
      let at = 0
      for (;;) {
        let child = 2 * at + 1
        if (child >= items.length) break
        if (child + 1 < items.length && isBefore(items[child + 1]!, items[child]!)) child++
        if (!isBefore(items[child]!, last)) break
        items[at] = items[child]!
        at = child
      }
      items[at] = last
      return top
    },
  }
}
