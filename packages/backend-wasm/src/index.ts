export { hasRelaxedSimd, hasSimd } from './level.js'
export type { Level } from './kernels/kernel.js'
