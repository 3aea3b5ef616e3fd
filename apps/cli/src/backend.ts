import { setFlagsFromString } from 'node:v8'
import type { Level } from '@tapeloop/backend-wasm'
import { enableRelaxed, enableWide } from '@tapeloop/backend-wasm/node'
import {
  compile,
  exp,
  matmul,
  reference,
  setDefaultBackend,
  sigmoid,
  slice,
  sum,
  tanh,
  tensor,
  wasm,
  type Backend,
  type Tensor,
} from '@tapeloop/tapeloop'
import type { Output } from './terminal/output.js'

/**
 * Chooses the fastest backend that computes right here, and lets everything use it.
 *
 * @param wide whether code may be laid out for vectors of 256 bits, where this Node has them
 * @param threads how many may share the work; the numbers are the same for any
 */
export async function chooseBackend(output: Output, wide: boolean, threads = 1): Promise<Backend> {
  const levels: Level[] = ['simd']
  if (enableRelaxed()) levels.unshift('relaxed')
  if (wide && enableWide()) levels.unshift('wide')
  const backend = await firstRight(levels, (level) => wasm({ level, threads }), output)
  setDefaultBackend(backend)
  return backend
}

/**
 * The backend of the first of these levels that passes the check. The last one needs none, for it uses nothing that is
 * an experiment of V8.
 *
 * @returns the reference backend where there is no WebAssembly at all
 */
export async function firstRight(
  levels: readonly Level[],
  make: (level: Level) => Promise<Backend>,
  output: Pick<Output, 'complain'>,
): Promise<Backend> {
  for (const [i, level] of levels.entries()) {
    const backend = await make(level).catch(() => null)
    if (backend === null) continue
    const next = levels[i + 1]
    if (next === undefined || isRight(backend)) return backend
    output.complain(
      `warning: level ${level} of WebAssembly computes wrong on this machine; ${next} is used instead\n`,
    )
    if (level === 'wide') disableWide()
  }
  return reference
}

/** Without what V8 has compiled so far: kernels that are the same at another level would be taken from there. */
function disableWide(): void {
  setFlagsFromString('--no-experimental-wasm-revectorize')
  setFlagsFromString('--no-wasm-native-module-cache')
}

/** How far from the reference a number may be, absolute below 1 and relative above: 33 terms round less. */
const tolerance = 1e-5

/** Whether a backend computes a small program as the reference does: products of all kinds, functions, and sums. */
export function isRight(backend: Backend): boolean {
  // the code that V8 gives first is another than the one it soon works with, and wide code is never the first
  setFlagsFromString('--no-liftoff')
  try {
    const [found, expected] = [backend, reference].map((each) =>
      compile(program, { backend: each })(...inputs()),
    )
    return Object.keys(expected!).every((name) => {
      const [numbers, right] = [found![name]!.dataSync(), expected![name]!.dataSync()]
      return right.every(
        (value, i) => Math.abs(numbers[i]! - value) <= tolerance * Math.max(1, Math.abs(value)),
      )
    })
  } catch {
    return false
  } finally {
    setFlagsFromString('--liftoff')
  }
}

/** Sizes that leave a rest whatever a vector holds. */
const [rows, inner, columns] = [7, 33, 131]

function inputs(): [Tensor, Tensor, Tensor] {
  const wave = (shape: readonly number[], pace: number) =>
    tensor(
      Float32Array.from({ length: shape.reduce((size, n) => size * n, 1) }, (_, i) => Math.sin(pace * i + 1)),
      { shape },
    )
  return [wave([rows, inner], 0.7), wave([inner, columns], 1.3), wave([columns], 2.1)]
}

function program(x: Tensor, kernel: Tensor, bias: Tensor): Record<string, Tensor> {
  const y = tanh(matmul(x, kernel).add(bias))
  return {
    y,
    gated: sigmoid(y).mul(exp(y.neg())),
    sums: sum(y, 0),
    toKernel: matmul(x.transpose(), y),
    toX: matmul(y, kernel.transpose()),
    row: matmul(slice(x, [[0, 1]]), kernel),
  }
}
