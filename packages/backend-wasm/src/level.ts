import { moduleBytes } from './emit/module.js'
import { f32x4 } from './emit/simd.js'
import type { V128 } from './emit/code.js'
import type { Level } from './kernels/kernel.js'

/** Whether the engine compiles a module with this vector instruction. */
function compiles(instruction: (x: V128) => V128): boolean {
  const bytes = moduleBytes({ shared: false, hosts: {} }, (m) => {
    m.function(['v128'], (f, [x]) => f.set(x, instruction(x)))
  })
  return typeof WebAssembly === 'object' && WebAssembly.validate(bytes)
}

/** Whether kernels can run here at all. */
export function hasSimd(): boolean {
  return compiles((x) => f32x4.add(x, x))
}

/** Whether the fused multiply-add of relaxed SIMD is there. */
export function hasRelaxedSimd(): boolean {
  return compiles((x) => f32x4.relaxedMadd(x, x, x))
}

let isWide = false

/** @internal Says that the engine turns pairs of vectors into 256 bits (`enableWide`). */
export function allowWide(): void {
  isWide = true
}

/** The best level that is there. */
export function bestLevel(): Level {
  if (!hasRelaxedSimd()) return 'simd'
  return isWide ? 'wide' : 'relaxed'
}
