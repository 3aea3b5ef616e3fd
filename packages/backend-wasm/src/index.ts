export { wasm } from './backend.js'
export type { WasmBackend, WasmOptions } from './backend.js'
export { bestLevel, hasRelaxedSimd, hasSimd } from './level.js'
export type { Level } from './kernels/kernel.js'
