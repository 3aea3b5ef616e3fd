import { primitives, type PrimitiveName } from '@tapeloop/core'
import { describe, test } from 'vitest'
import { opChecks } from './op-conformance.js'

describe.each(Object.keys(primitives) as PrimitiveName[])('%s', (name) => {
  test.each(opChecks)('$title', ({ check }) => {
    check(name, { runs: 500, seed: Date.now() })
  })
})
