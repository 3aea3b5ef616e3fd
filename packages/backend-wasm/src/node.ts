import { setFlagsFromString } from 'node:v8'
import { allowWide, hasRelaxedSimd } from './level.js'

/**
 * Turns relaxed SIMD (the fused multiply-add) on where Node has it behind a flag, as Node 20 does. Call it before
 * `wasm()`. It sets a flag of V8 for the whole process, so the library never does it unasked.
 *
 * @returns whether relaxed SIMD is there now
 */
export function enableRelaxed(): boolean {
  if (!hasRelaxedSimd() && major() >= 20) setFlagsFromString('--experimental-wasm-relaxed-simd')
  return hasRelaxedSimd()
}

/**
 * Lets V8 turn pairs of 128-bit vectors into 256 bits, on x64 processors with AVX2 and from Node 24 on (older ones lack
 * it or ignore the flag). Call it before `wasm()`. The pass is an experiment of V8: check the numbers it gives, as
 * the command line does when it starts.
 *
 * @returns whether code will be laid out for it
 */
export function enableWide(): boolean {
  if (major() < 24 || process.arch !== 'x64' || !hasRelaxedSimd()) return false
  setFlagsFromString('--experimental-wasm-revectorize')
  allowWide()
  return true
}

function major(): number {
  return Number(process.versions.node.split('.')[0])
}
