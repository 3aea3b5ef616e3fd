import { primitives } from '@tapeloop/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { freshEngine, put } from '../../fixtures/bench.js'
import { foldIn, randomBits } from './random.js'

const shapes = fc.record({
  keys: fc.array(fc.integer(), { minLength: 2, maxLength: 8 }).map((words) => words.slice(words.length % 2)),
  count: fc.integer({ min: 1, max: 40 }),
})

test('bits and new keys are those of core, to the last bit', () => {
  const engine = freshEngine('simd')
  fc.assert(
    fc.property(shapes, ({ keys, count }) => {
      const many = keys.length / 2
      const key = Int32Array.from(keys)
      const at = put(engine, key)
      const spec = { shape: [many, 2], dtype: 'int32' as const }

      const bits = new Int32Array(many * count)
      const bitsSpec = { shape: [many, count], dtype: 'int32' as const }
      primitives.randomBits.kernel([spec], { shape: [count] }, [bitsSpec])([key], [bits])
      const y = put(engine, new Int32Array(many * count + 1))
      engine.call(randomBits, { keys: many, count, first: 0, key: at, y })
      expect(engine.heap.view('int32', y, many * count + 1)).toEqual(Int32Array.of(...bits, 0))

      const number = Int32Array.from({ length: many }, (_, i) => i * 77 - count)
      const folded = new Int32Array(many * 2)
      const numberSpec = { shape: [many], dtype: 'int32' as const }
      primitives.foldIn.kernel([spec, numberSpec], {}, [spec])([key, number], [folded])
      engine.call(foldIn, { keys: many, key: at, number: put(engine, number), y: at })
      expect(engine.heap.view('int32', at, many * 2)).toEqual(folded)
    }),
  )
})
