import { refuse } from '../errors.js'

/** A network under construction. Vertices are numbers; 0 is the source, 1 the sink. */
export interface Network {
  vertex(): number
  /** Capacity from one vertex to another; `Infinity` where the edge must not be cut. */
  edge(from: number, to: number, capacity: number): void
  /** Cuts the network at least cost. */
  cut(): Cut
}

/** A minimum cut. Where several are as cheap, the two sets show the first and the last: what lies between may go either way. */
interface Cut {
  /** on the source's side in every minimum cut */
  isBefore(vertex: number): boolean
  /** on the sink's side in every minimum cut */
  isAfter(vertex: number): boolean
}

export const source = 0
export const sink = 1

/** Maximum flow by shortest augmenting paths in layers (Dinic 1970). */
export function network(): Network {
  const edges: { to: number; room: number }[] = [] // edge i and its reverse i ^ 1
  const leaving: number[][] = [[], []]
  return {
    vertex: () => leaving.push([]) - 1,
    edge(from, to, capacity) {
      leaving[from]!.push(edges.push({ to, room: capacity }) - 1)
      leaving[to]!.push(edges.push({ to: from, room: 0 }) - 1)
    },
    cut() {
      while (augment());
      const before = reach(source, (i) => edges[i]!.room > 0)
      const after = reach(sink, (i) => edges[i ^ 1]!.room > 0)
      return { isBefore: (vertex) => before[vertex]! >= 0, isAfter: (vertex) => after[vertex]! >= 0 }
    },
  }

  /** Distances from a vertex along edges with room; −1 where none leads. */
  function reach(from: number, hasRoom: (edge: number) => boolean): number[] {
    const distance = leaving.map(() => -1)
    distance[from] = 0
    const queue = [from]
    for (const vertex of queue) {
      for (const i of leaving[vertex]!) {
        const { to } = edges[i]!
        if (distance[to]! >= 0 || !hasRoom(i)) continue
        distance[to] = distance[vertex]! + 1
        queue.push(to)
      }
    }
    return distance
  }

  function augment(): boolean {
    const distance = reach(source, (i) => edges[i]!.room > 0)
    if (distance[sink]! < 0) return false
    const next = leaving.map(() => 0)
    const path: number[] = []
    let vertex = source
    while (true) {
      if (vertex === sink) {
        const room = path.reduce((least, i) => Math.min(least, edges[i]!.room), Infinity)
        if (room === Infinity) refuse('flow', 'the network cannot be cut: a path has no limit')
        for (const i of path) {
          edges[i]!.room -= room
          edges[i ^ 1]!.room += room
        }
        path.length = 0
        vertex = source
      }
      const i = leaving[vertex]![next[vertex]!]
      if (i === undefined) {
        const last = path.pop()
        if (last === undefined) return true
        vertex = edges[last ^ 1]!.to
        next[vertex]!++
      } else if (edges[i]!.room > 0 && distance[edges[i]!.to] === distance[vertex]! + 1) {
        path.push(i)
        vertex = edges[i]!.to
      } else next[vertex]!++
    }
  }
}
