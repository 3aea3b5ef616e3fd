import { broadcastTo, max, sum } from '@tapeloop/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { freshEngine, levels, put } from '../../fixtures/bench.js'
import { cases, place, valuesOf } from '../../fixtures/programs.js'
import { fold } from './fold.js'
import { map } from './map.js'
import type { Program } from './program.js'

describe.each(levels)('at level %s', (level) => {
  test('a program computes what core computes, and writes nothing else', () => {
    fc.assert(
      fc.property(cases(true), (given) => {
        const engine = freshEngine(level)
        const { parameters, read } = place(engine, given)
        engine.call(map(given.program), parameters)
        const values = valuesOf(given)
        given.program.outputs.forEach(({ value, each }, i) => {
          const wanted = broadcastTo(values[value]!, [given.rows, each ? given.columns : 1])
          expect(read(i, given.rows)).toEqual({ numbers: wanted.dataSync(), isClean: true })
        })
      }),
      { numRuns: 150 },
    )
  })

  test.each(['sum', 'max'] as const)('%s over rows of a program is what core computes', (op) => {
    fc.assert(
      fc.property(cases(false), (given) => {
        const outputs = given.program.outputs
          .filter(({ value }) => given.program.steps[value - given.inputs.length]!.dtype !== 'bool')
          .map(({ value }) => ({ value, each: true }))
        if (outputs.length === 0) return
        const folded = { ...given, program: { ...given.program, outputs } }
        const engine = freshEngine(level)
        const { parameters, read } = place(engine, folded)
        engine.call(fold(op, folded.program), parameters)
        const values = valuesOf(given)
        outputs.forEach(({ value }, i) => {
          const whole = broadcastTo(values[value]!, [given.rows, given.columns])
          const wanted = (op === 'sum' ? sum : max)(whole, 0)
          expect(read(i, 1)).toEqual({ numbers: wanted.dataSync(), isClean: true })
        })
      }),
      { numRuns: 80 },
    )
  })
})

/** softmax, with e^(x − max) kept from the second pass for the third */
const softmax: Program = {
  inputs: [{ dtype: 'float32', each: true }],
  steps: [
    { op: 'max', args: [0], dtype: 'float32' },
    { op: 'sub', args: [0, 1], dtype: 'float32' },
    { op: 'exp', args: [2], dtype: 'float32' },
    { op: 'sum', args: [3], dtype: 'float32' },
    { op: 'div', args: [3, 4], dtype: 'float32' },
  ],
  outputs: [
    { value: 3, each: true },
    { value: 5, each: true },
  ],
}

test('passes over a row follow one another: softmax in one kernel', () => {
  const engine = freshEngine('simd')
  const x = Float32Array.from({ length: 3 * 65 }, (_, i) => Math.sin(i) * 20)
  const [scratch, y] = [engine.heap.allocate(65 * 4), engine.heap.allocate(x.byteLength)]
  engine.call(map(softmax), {
    rows: 3,
    columns: 65,
    in0: put(engine, x),
    in0Row: 260,
    out1: y,
    out1Row: 260,
    out0: scratch,
    out0Row: 0,
  })
  for (let row = 0; row < 3; row++) {
    const numbers = [...x.subarray(row * 65, (row + 1) * 65)]
    const total = numbers.reduce((sum, value) => sum + Math.exp(value), 0)
    const got = engine.heap.view('float32', y + row * 260, 65)
    numbers.forEach((value, i) => expect(got[i]! / (Math.exp(value) / total)).toBeCloseTo(1, 5))
  }
})

test('an output may take the place of an input', () => {
  const engine = freshEngine('wide')
  const program: Program = {
    inputs: [
      { dtype: 'float32', each: true },
      { dtype: 'float32', each: true },
    ],
    steps: [{ op: 'add', args: [0, 1], dtype: 'float32' }],
    outputs: [{ value: 2, each: true }],
  }
  const [a, b] = [put(engine, new Float32Array(37).fill(1)), put(engine, new Float32Array(37).fill(2))]
  engine.call(map(program), {
    rows: 1,
    columns: 37,
    in0: a,
    in0Row: 0,
    in1: b,
    in1Row: 0,
    out0: a,
    out0Row: 0,
  })
  expect(engine.heap.view('float32', a, 37)).toEqual(new Float32Array(37).fill(3))
})
