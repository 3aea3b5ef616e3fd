import fc from 'fast-check'
import { expect, test } from 'vitest'
import { components } from './components.js'
import { network, sink, source } from './flow.js'

test('the minimum cut is the cheapest of all cuts, and its two sides bound every other', () => {
  const size = 6
  const edge = fc.tuple(fc.nat(size - 1), fc.nat(size - 1), fc.nat(5))
  fc.assert(
    fc.property(fc.array(edge, { maxLength: 14 }), (edges) => {
      const net = network()
      for (let i = 2; i < size; i++) net.vertex()
      for (const [from, to, capacity] of edges) net.edge(from, to, capacity)
      const cut = net.cut()
      const costOf = (isBefore: (vertex: number) => boolean) =>
        edges.reduce((sum, [from, to, c]) => sum + (isBefore(from) && !isBefore(to) ? c : 0), 0)
      let best = Infinity
      let common = new Set<number>()
      let union = new Set<number>()
      for (let bits = 0; bits < 1 << size; bits++) {
        const isBefore = (vertex: number) => ((bits >> vertex) & 1) === 1
        if (!isBefore(source) || isBefore(sink)) continue
        const cost = costOf(isBefore)
        const side = new Set(Array.from({ length: size }, (_, i) => i).filter(isBefore))
        if (cost < best) {
          best = cost
          common = side
          union = side
        } else if (cost === best) {
          common = new Set([...common].filter((v) => side.has(v)))
          union = new Set([...union, ...side])
        }
      }
      for (let vertex = 0; vertex < size; vertex++) {
        expect(cut.isBefore(vertex)).toBe(common.has(vertex))
        expect(cut.isAfter(vertex)).toBe(!union.has(vertex))
      }
    }),
  )
})

test('an edge without limit is not cut', () => {
  const net = network()
  const [a, b] = [net.vertex(), net.vertex()]
  net.edge(source, a, Infinity)
  net.edge(a, b, 3)
  net.edge(b, sink, Infinity)
  const cut = net.cut()
  expect([cut.isBefore(a), cut.isBefore(b), cut.isAfter(b)]).toEqual([true, false, true])
  net.edge(a, b, Infinity)
  expect(() => net.cut()).toThrow('cannot be cut')
})

test('components are the sets of vertices that reach one another, each after what leads to it', () => {
  const edges = fc.array(fc.tuple(fc.nat(7), fc.nat(7)), { maxLength: 16 })
  fc.assert(
    fc.property(edges, (edges) => {
      const vertices = Array.from({ length: 8 }, (_, i) => i)
      const before = (v: number) => edges.filter(([, to]) => to === v).map(([from]) => from)
      const reaches = vertices.map((from) => {
        const seen = new Set([from])
        for (const v of seen) for (const [a, b] of edges) if (a === v) seen.add(b)
        return seen
      })
      const found = components(vertices, before)
      expect(found.flat().toSorted()).toEqual(vertices)
      const placeOf = (v: number) => found.findIndex((members) => members.includes(v))
      for (const v of vertices) {
        for (const w of reaches[v]!) {
          expect(placeOf(w)).toBeGreaterThanOrEqual(placeOf(v))
          expect(placeOf(w) === placeOf(v)).toBe(reaches[w]!.has(v))
        }
      }
    }),
  )
})
