import { primitives, reference, toNumbers, type Backend, type PrimitiveName } from '@tapeloop/core'
import { describe, expect, test } from 'vitest'
import { checkOpOnBackend, opChecks } from './op-conformance.js'

describe.each(Object.keys(primitives) as PrimitiveName[])('%s', (name) => {
  test.each(opChecks)(
    '$title',
    ({ check }) => {
      check(name)
    },
    60_000,
  )
})

test('a primitive without samples fails with the line to add', () => {
  const [{ check }] = opChecks as [(typeof opChecks)[number]]
  expect(() => check('newOp' as PrimitiveName)).toThrow(
    'newOp: there are no samples of this op; add a line "newOp: { sample: …, refused: […] }" to a table in ' +
      'packages/testing/src/ops',
  )
})

describe('on a backend', () => {
  test('every primitive gives what the reference gives', () => {
    for (const name of Object.keys(primitives) as PrimitiveName[]) {
      expect(() => checkOpOnBackend(reference, name, { runs: 3, tolerance: 0 })).not.toThrow()
    }
  })

  test('one that is wrong is caught', () => {
    const wrong: Backend = {
      name: 'wrong',
      compile(graph, donated) {
        const program = reference.compile(graph, donated)
        return { run: (inputs) => program.run(inputs).map((y) => toNumbers(y).map((value) => value * 1.001)) }
      },
    }
    expect(() => checkOpOnBackend(wrong, 'exp')).toThrow(
      /Counterexample: .*tensor float64 \[\] 0\].*exp on wrong: element 0 of result 0 is 1\.00/s,
    )
  })
})
