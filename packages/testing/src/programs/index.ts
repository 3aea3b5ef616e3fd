import { isFloat, printGraph, trace, type ScanOptions, type Tensor } from '@tapeloop/core'
import fc from 'fast-check'
import { drawn, type Draw } from '../draw.js'
import { environment, type Environment } from './environment.js'
import { addLoop } from './loop.js'
import { allSteps, smoothSteps, type Choices } from './steps.js'

/** A random function of tensors with arguments for it. It returns float tensors. */
export interface Program {
  readonly args: readonly Tensor[]
  readonly f: (...args: Tensor[]) => Tensor[]
}

/** Which programs are drawn. */
export interface ProgramOptions {
  /** nothing but smooth functions of floats, so that differences can check the derivatives */
  readonly smooth?: boolean
  /** at most this many steps, those inside loops included; 14 unless said */
  readonly steps?: number
  /** of the float arguments; float64 unless said */
  readonly dtype?: 'float64' | 'float32'
  /** of every loop; at random unless said */
  readonly checkpoint?: ScanOptions['checkpoint']
}

/**
 * Random programs for whoever rewrites graphs: broadcasting, values used many times, slices and joins, integer indices,
 * masks, random bits, and above all loops, nested and reversed, with delays, accumulators, masked and swapped carries,
 * and constants from outside. A counterexample shrinks step by step, and prints as the graph it traces to.
 */
export function programs({
  smooth = false,
  steps = 14,
  dtype = 'float64',
  checkpoint,
}: ProgramOptions = {}): fc.Arbitrary<Program> {
  const choice = fc.noBias(fc.nat(2 ** 24 - 1))
  const list = fc.array(fc.array(choice, { minLength: 8, maxLength: 8 }), {
    minLength: 1,
    maxLength: steps,
    size: 'max',
  })
  const args = drawn((draw) => argumentsOf(draw, dtype))
  return fc.tuple(args, list).map(([args, list]) => {
    const f = (...values: Tensor[]) => run(list, values, smooth, checkpoint)
    const show = () => [printGraph(trace(f, ...args)), ...args].join('\n')
    return Object.assign({ args, f }, { [fc.toStringMethod]: show })
  })
}

function argumentsOf(draw: Draw, dtype: 'float64' | 'float32'): readonly Tensor[] {
  const [time, rows, size] = [draw.integer(1, 5), draw.integer(1, 2), draw.integer(1, 3)]
  const float = (...shape: number[]) => draw.floats(shape, undefined, dtype)
  return [
    float(size, size),
    float(size),
    float(2 * size, size),
    draw.integers([time], 0, 5),
    draw.booleans([time, rows, 1]),
    float(time, rows, size),
    float(rows, size),
  ]
}

/** Deeper loops are left out. */
const deepest = 3

function run(
  steps: readonly Choices[],
  args: readonly Tensor[],
  smooth: boolean,
  checkpoint: ScanOptions['checkpoint'],
): Tensor[] {
  const table = smooth ? smoothSteps : allSteps
  const build = (env: Environment, from: number, to: number): void => {
    for (let i = from; i < to; i++) {
      const [kind = 0, ...choices] = steps[i]!
      // a loop takes some of the following steps for its body
      if (kind % 4 === 0 && env.depth < deepest) {
        const end = Math.min(to, i + 1 + (choices[6]! % 5))
        addLoop(env, choices, checkpoint, (inner) => build(inner, i + 1, end))
        i = end - 1
      } else {
        const value = table[Math.floor(kind / 4) % table.length]!(env, choices)
        if (value) env.add(value)
      }
    }
  }
  const env = environment(args, 0)
  build(env, 0, steps.length)
  return env.values.filter(({ dtype }) => isFloat(dtype)).slice(-3)
}
