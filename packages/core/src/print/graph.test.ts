import { expect, test } from 'vitest'
import { customVjp } from '../autodiff/custom.js'
import { valueAndGrad } from '../autodiff/transforms.js'
import { trace } from '../compile.js'
import { zeros } from '../ops/literal.js'
import { tanh, uniform, randomKey, scan, type Tensor } from '../index.js'
import { toDot } from './dot.js'
import { printGraph } from './graph.js'
import { toMermaid } from './mermaid.js'

const run = (kernel: Tensor, start: Tensor, xs: Tensor) => {
  const step = (h: Tensor, x: Tensor): [Tensor, Tensor] => {
    const next = tanh(h.matmul(kernel).add(x).mul(0.5))
    return [next, next]
  }
  return scan(step, start, xs, { reverse: true })[1]
}
const loop = trace(run, zeros([2, 2]), zeros([1, 2]), zeros([3, 1, 2]))

test('a graph prints one line a node, the body of a loop indented', () => {
  expect(printGraph(loop)).toBe(
    `
(%0: float32 [2, 2], %1: float32 [1, 2], %2: float32 [3, 1, 2]) →
  %3: float32 [1, 2], %4: float32 [3, 1, 2] = scan %1, %2, %0 {carries: 1, sequences: 1, length: 3, reverse}
    body (%5: float32 [1, 2], %6: float32 [1, 2], %7: float32 [2, 2]) →
      %8: float32 [1, 2] = matmul %5, %7
      %9: float32 [1, 2] = add %8, %6
      %10: float32 [1, 2] = full {value: 0.5}
      %11: float32 [1, 2] = mul %9, %10
      %12: float32 [1, 2] = tanh %11
    ← %12, %12
← %4
`.trim(),
  )
})

test('attributes say what the shapes do not', () => {
  const graph = trace(
    (x: Tensor, key: Tensor) => [x.transpose().sum(0), uniform(key, [3]), x.cast('int32')],
    zeros([2, 3]),
    randomKey(1),
  )
  const text = printGraph(graph)
  expect(text).toContain('= transpose %0 {permutation: [1, 0]}')
  expect(text).toContain('= sum %2 {axes: [0]}')
  expect(text).toContain('int32 [3] = randomBits %1')
  expect(text).toMatch(/int32 \[2, 3\] = cast %0$/m)
})

test('Mermaid frames the body of a loop and leads its carry back', () => {
  expect(toMermaid(loop)).toBe(
    `
flowchart TD
  n0(["input 0<br>float32 [2, 2]"])
  n1(["input 1<br>float32 [1, 2]"])
  n2(["input 2<br>float32 [3, 1, 2]"])
  n11(["output 0<br>[3, 1, 2]"])
  subgraph g3["scan body × 3, reversed"]
    n3(["carry 0<br>float32 [1, 2]"])
    n4(["sequence 0<br>float32 [1, 2]"])
    n5(["constant 0<br>float32 [2, 2]"])
    n6["matmul<br>float32 [1, 2]"]
    n7["add<br>float32 [1, 2]"]
    n8[/"full<br>value: 0.5<br>float32 [1, 2]"/]
    n9["mul<br>float32 [1, 2]"]
    n10["tanh<br>float32 [1, 2]"]
  end
  n1 --> n3
  n2 --> n4
  n0 --> n5
  n3 --> n6
  n5 --> n6
  n6 --> n7
  n4 --> n7
  n7 --> n9
  n8 --> n9
  n9 --> n10
  n10 -. next .-> n3
  n10 --> n11
`.trim(),
  )
})

test('DOT draws the same boxes and arrows', () => {
  const text = toDot(loop)
  expect(text.split('\n').slice(0, 3)).toEqual([
    'digraph {',
    '  node [fontname="monospace"]',
    String.raw`  n0 [label="input 0\nfloat32 [2, 2]", shape=box, style=rounded]`,
  ])
  expect(text).toContain('  subgraph cluster_g3 {\n    label="scan body × 3, reversed"\n    n3 [')
  expect(text).toContain('\n  n10 -> n3 [style=dashed, constraint=false]\n')
  const arrows = (written: string, arrow: RegExp) => written.match(arrow)!.length
  expect(arrows(text, /->/g)).toBe(arrows(toMermaid(loop), /-->|-\. next \.->/g))
  expect(text.endsWith('\n}')).toBe(true)
})

test('bodies within bodies are drawn within their frames, and every arrow joins boxes that exist', () => {
  const square = customVjp(
    (x: Tensor) => x.mul(x),
    ([x], _y, g) => [g.mul(x).mul(2)],
  )
  const rows = (xs: Tensor) =>
    scan(
      (c: Tensor, x: Tensor) => {
        const inner = (d: Tensor, y: Tensor): [Tensor, Tensor] => [d.add(square(y)), d]
        return [scan(inner, c, x)[0], {}]
      },
      zeros([]),
      xs,
    )[0]
  const graph = trace(valueAndGrad(rows), zeros([2, 3]))
  for (const text of [toMermaid(graph), toDot(graph)]) {
    const boxes = [...text.matchAll(/^ *(n\d+) ?[[(]/gm)].map(([, id]) => id)
    const ends = [...text.matchAll(/(n\d+) (?:-->|->|-\. next \.->) (n\d+)/g)].flatMap(([, a, b]) => [a, b])
    expect(new Set(boxes).size).toBe(boxes.length)
    expect(ends.filter((id) => !boxes.includes(id))).toEqual([])
    expect(text.match(/subgraph/g)!.length).toBeGreaterThan(3)
  }
  expect(printGraph(graph)).toMatch(/^ {10,}body .*\n.* = mul .*\n.*← .*\n +pull /m)
})

test('numbers that a graph would take from outside are shown without a name', () => {
  const x = zeros([2])
  void x.dataSync()
  expect(printGraph({ inputs: [], outputs: [x.add(1)] })).toContain('add (float32 [2]), %0')
})
