import * as core from '/tmp/q/main/packages/core/src/index.js'
import { createEngine } from '/tmp/q/main/packages/backend-wasm/src/engine.js'
import { createHeap } from '/tmp/q/main/packages/backend-wasm/src/heap.js'
import { createPlan } from '/tmp/q/main/packages/backend-wasm/src/plan.js'
import { lower } from '/tmp/q/main/packages/backend-wasm/src/lower/lower.js'
import { enableRelaxed, enableWide } from '/tmp/q/main/packages/backend-wasm/src/node.js'
import { bestLevel } from '/tmp/q/main/packages/backend-wasm/src/level.js'
import { trainingStep, modelCase } from '/tmp/q/main/apps/bench/src/workloads/training-step.js'
import { survey, showProducts } from '/tmp/q/main/packages/core/src/passes/survey.js'
const arg = (name: string, d: any) => { const a = process.argv.find((x) => x.startsWith(name + '=')); return a ? (isNaN(+a.split('=')[1]!) ? a.split('=')[1] : +a.split('=')[1]!) : d }
const has = (x: string) => process.argv.includes(x)
enableRelaxed()
if (has('wide')) enableWide()
const of = modelCase({ cell: arg('cell', 'lstm'), hidden: arg('H', 128), layers: arg('layers', 1), input: arg('input', 'embedding'), head: arg('head','outside'), checkpoint: arg('checkpoint','none'), time: arg('T',64) } as any)
const level = bestLevel()
const memory = new WebAssembly.Memory({ initial: 16 })
const heap = createHeap(memory)
const engine = createEngine(level, heap)
let graph: any, lowered: any, plan: any, inputs: any
const times: any = {}
let t0 = performance.now()
const backend: any = { name: 'spy', compile(g: any, donated: any) {
  times.trace = performance.now() - t0; t0 = performance.now()
  graph = core.optimise(g, process.env['ONLY'] ? {only: process.env['ONLY'].split(',') as any} : {}); times.opt = performance.now() - t0; t0 = performance.now()
  lowered = lower(graph, donated, level); times.lower = performance.now() - t0; t0 = performance.now()
  plan = createPlan(engine, lowered); times.plan = performance.now() - t0
  return { run(values: any) { inputs = values.map((v: any) => core.toNumbers(v).slice()); return graph.outputs.map((o: any) => new Float32Array(o.size).fill(1)) } }
} }
t0 = performance.now()
const workload = trainingStep(of, backend)
await workload.run()
const addr = inputs.map((d: any) => { const a = heap.allocate(d.byteLength); new Uint8Array(heap.memory.buffer, a, d.byteLength).set(new Uint8Array(d.buffer, d.byteOffset, d.byteLength)); return a })
const arena = heap.allocate(plan.arenaBytes)
t0 = performance.now(); plan.run(arena, addr); times.first = performance.now() - t0
const lossOf = () => heap.view('float32', plan.addressOf(lowered.outputs[0].address), 1)[0]
const loss0 = lossOf()
const budget = arg('ms', 1500)
const warm = performance.now(); while (performance.now() - warm < 800) plan.run(arena, addr)
const all: number[] = []
const begin = performance.now()
while (performance.now() - begin < budget || all.length < 5) { const s = performance.now(); plan.run(arena, addr); all.push(performance.now() - s) }
all.sort((a, b) => a - b)
for (const k in times) times[k] = +times[k].toFixed(0)
console.log(JSON.stringify({ level, cell: of.cell, H: of.hidden, L: of.layers, input: of.input, ...times, min: +all[0]!.toFixed(2), med: +all[all.length >> 1]!.toFixed(2), loss0, loss: lossOf(), arenaMB: +(plan.arenaBytes / 1e6).toFixed(1), gflop: +(survey(graph).flops / 1e9).toFixed(3) }))
if (has('survey')) console.log(showProducts(survey(graph)))
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
  for (const [k, [ms, c]] of rows.slice(0, arg('top', 24))) console.log((ms / n).toFixed(3).padStart(8), (100 * ms / total).toFixed(1).padStart(5) + '%', String(c / n).padStart(5), k)
  console.log('total', (total / n).toFixed(3))
}
