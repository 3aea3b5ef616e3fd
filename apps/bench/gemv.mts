import { createEngine } from '/tmp/q/main/packages/backend-wasm/src/engine.js'
import { createHeap } from '/tmp/q/main/packages/backend-wasm/src/heap.js'
import { enableRelaxed, enableWide } from '/tmp/q/main/packages/backend-wasm/src/node.js'
import { bestLevel } from '/tmp/q/main/packages/backend-wasm/src/level.js'
import { vectorTimesPanels, panelColumns } from '/tmp/q/main/packages/backend-wasm/src/kernels/vector-panels.js'
import { vectorTimesMatrix } from '/tmp/q/main/packages/backend-wasm/src/kernels/vector-product.js'
enableRelaxed(); if (process.argv.includes('wide')) enableWide()
const level = bestLevel(); const heap = createHeap(new WebAssembly.Memory({ initial: 16 })); const engine = createEngine(level, heap)
for (const [k, n] of [[16, 256], [32, 256], [64, 256], [128, 512], [256, 1024], [512, 2048], [64, 65], [256, 65]] as const) {
  const np = Math.ceil(n / panelColumns('float32', level)) * panelColumns('float32', level)
  const a = heap.allocate(4 * k), b = heap.allocate(4 * k * np), c = heap.allocate(4 * np)
  heap.view('float32', a, k).fill(1); heap.view('float32', b, k * np).fill(1)
  const time = (kernel: any, words: any) => {
    const block = heap.allocate(4 * kernel.parameters.length); const view = heap.view('int32', block, kernel.parameters.length)
    kernel.parameters.forEach((name: string, i: number) => (view[i] = words[name]))
    const run = engine.load(kernel); let best = 1e9
    const reps = Math.ceil(3e6 / (k * n))
    for (let r = 0; r < 60; r++) { const s = performance.now(); for (let i = 0; i < reps; i++) run(block); best = Math.min(best, (performance.now() - s) / reps) }
    return (2 * k * n / best / 1e6).toFixed(1)
  }
  console.log(level, k, n, 'panels', time(vectorTimesPanels('float32'), { n, k, a, aStep: 4, b, c }), 'matrix', time(vectorTimesMatrix('float32'), { k, n, a, aStep: 4, b, bRow: 4 * n, c, accumulate: 0 }))
}
