import { test } from 'vitest'
import { checkMutatedTables } from '../../fixtures/mutated-tables.js'

test('100,000 broken tables are read, or refused in one sentence that says where', () =>
  checkMutatedTables(100_000))
