import { primitives, type PrimitiveName } from '@tapeloop/core'
import { describe, expect, test } from 'vitest'
import { opChecks } from './op-conformance.js'

describe.each(Object.keys(primitives) as PrimitiveName[])('%s', (name) => {
  test.each(opChecks)('$title', ({ check }) => {
    check(name)
  })
})

test('a primitive without samples fails with the line to add', () => {
  const [{ check }] = opChecks as [(typeof opChecks)[number]]
  expect(() => check('newOp' as PrimitiveName)).toThrow(
    'newOp: there are no samples of this op; add a line "newOp: { sample: …, refused: […] }" to a table in ' +
      'packages/testing/src/ops',
  )
})
