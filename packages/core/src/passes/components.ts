/**
 * Strongly connected components (Tarjan, Depth-first search and linear graph algorithms, 1972), without recursion: each
 * after all that its members' `before` leads to.
 */
export function components<T>(
  vertices: readonly T[],
  before: (vertex: T) => readonly T[],
): readonly (readonly T[])[] {
  const found: T[][] = []
  const numbers = new Map<T, number>()
  const lowest = new Map<T, number>()
  const open: T[] = []
  const isOpen = new Set<T>()
  const path: { vertex: T; edges: readonly T[]; at: number }[] = []
  const enter = (vertex: T) => {
    numbers.set(vertex, numbers.size)
    lowest.set(vertex, numbers.size - 1)
    open.push(vertex)
    isOpen.add(vertex)
    path.push({ vertex, edges: before(vertex), at: 0 })
  }
  const reach = (vertex: T, number: number) => lowest.set(vertex, Math.min(lowest.get(vertex)!, number))
  for (const root of vertices) {
    if (!numbers.has(root)) enter(root)
    while (path.length > 0) {
      const step = path.at(-1)!
      const { vertex } = step
      if (step.at < step.edges.length) {
        const next = step.edges[step.at++]!
        if (!numbers.has(next)) enter(next)
        else if (isOpen.has(next)) reach(vertex, numbers.get(next)!)
        continue
      }
      path.pop()
      if (path.length > 0) reach(path.at(-1)!.vertex, lowest.get(vertex)!)
      if (lowest.get(vertex) !== numbers.get(vertex)) continue
      const members: T[] = []
      let member: T
      do {
        member = open.pop()!
        isOpen.delete(member)
        members.push(member)
      } while (member !== vertex)
      found.push(members.toReversed())
    }
  }
  return found
}
