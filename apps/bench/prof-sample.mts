import * as core from '/tmp/q/main/packages/core/src/index.js'
import { createEngine } from '/tmp/q/main/packages/backend-wasm/src/engine.js'
import { createHeap } from '/tmp/q/main/packages/backend-wasm/src/heap.js'
import { createPlan } from '/tmp/q/main/packages/backend-wasm/src/plan.js'
import { lower } from '/tmp/q/main/packages/backend-wasm/src/lower/lower.js'
import { enableRelaxed, enableWide } from '/tmp/q/main/packages/backend-wasm/src/node.js'
import { bestLevel } from '/tmp/q/main/packages/backend-wasm/src/level.js'
import { sampleWorkload } from '/tmp/q/main/apps/bench/src/workloads/sample.js'
import { survey, showProducts } from '/tmp/q/main/packages/core/src/passes/survey.js'
const arg = (name: string, d: any) => { const a = process.argv.find((x) => x.startsWith(name + '=')); return a ? (isNaN(+a.split('=')[1]!) ? a.split('=')[1] : +a.split('=')[1]!) : d }
const has = (x: string) => process.argv.includes(x)
enableRelaxed(); if (has('wide')) enableWide()
const level = bestLevel(); const memory = new WebAssembly.Memory({ initial: 16 }); const heap = createHeap(memory); const engine = createEngine(level, heap)
let graph: any, lowered: any, plan: any, inputs: any
const backend: any = { name: 'spy', compile(g: any, donated: any) {
  graph = core.optimise(g); lowered = lower(graph, donated, level); plan = createPlan(engine, lowered)
  return { run(values: any) { inputs = values.map((v: any) => core.toNumbers(v).slice()); return graph.outputs.map((o: any) => new (o.dtype==='int32'?Int32Array:Float32Array)(o.size).fill(1)) } }
} }
await sampleWorkload({ cell: arg('cell','lstm'), hidden: arg('H', 128), input: 'embedding' } as any, backend).run()
const addr = inputs.map((d: any) => { const a = heap.allocate(d.byteLength); new Uint8Array(heap.memory.buffer, a, d.byteLength).set(new Uint8Array(d.buffer, d.byteOffset, d.byteLength)); return a })
const arena = heap.allocate(plan.arenaBytes)
const steps = 256
let best = 1e9; const begin = performance.now(); while (performance.now() - begin < 1500) { const s = performance.now(); plan.run(arena, addr); best = Math.min(best, performance.now() - s) }
console.log(JSON.stringify({ level, H: arg('H', 128), ms: best, charsPerSecond: Math.round(1000 * steps / best) }))
console.log(showProducts(survey(graph)))
if (has('print')) console.log(core.printGraph(graph))
const short = (k: string) => k.length > 150 ? k.slice(0, 150) + '…' : k
if (has('list')) { const walk = (list: readonly any[], depth: string) => list.forEach((s) => { if (s.kind === 'loop') { console.log(depth + 'loop', s.count); walk(s.body, depth + '  ') } else console.log(depth + (s.kind === 'host' ? 'host' : short(s.kernel.key)), s.kind === 'call' ? s.words.map((w: any) => (typeof w === 'number' ? w : '@')).join(' ').slice(0, 110) : '') }); walk(lowered.instructions, '') }
if (has('profile')) {
  const spent = new Map<string, [number, number]>()
  const engine2 = { ...engine, load: (k: any) => { const run = engine.load(k); return (b: number) => { const s = performance.now(); run(b); const e = performance.now() - s
    const words = k.key.startsWith('product') || k.key.includes('vector') ? ' ' + new Int32Array(memory.buffer, b, 3).join('x') : ''
    const key = short(k.key) + words; const was = spent.get(key) ?? [0, 0]; was[0] += e; was[1]++; spent.set(key, was) } } }
  const plan2 = createPlan(engine2 as any, lowered)
  for (let i = 0; i < 3; i++) plan2.run(arena, addr)
  spent.clear(); const n = 20
  for (let i = 0; i < n; i++) plan2.run(arena, addr)
  const rows = [...spent].sort((a, b) => b[1][0] - a[1][0]); const total = rows.reduce((s, r) => s + r[1][0], 0)
  for (const [k, [ms, c]] of rows.slice(0, arg('top', 24))) console.log((1000 * ms / n / c * n).toFixed(2).padStart(8), 'us', (100 * ms / total).toFixed(1).padStart(5) + '%', String(c / n).padStart(5), k)
  console.log('total', (total / n).toFixed(3))
}
