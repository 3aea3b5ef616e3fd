import { test } from 'vitest'
import { checkUntrusted } from '../fixtures/untrusted.js'

test('100,000 damaged folders, configurations and tables work, or are refused in one sentence', () =>
  checkUntrusted(100_000))
