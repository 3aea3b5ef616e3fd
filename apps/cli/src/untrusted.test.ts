import { test } from 'vitest'
import { checkUntrusted } from '../fixtures/untrusted.js'

test(
  '2,000 damaged folders, configurations and tables work, or are refused in one sentence',
  { timeout: 180_000 },
  () => checkUntrusted(2000, 1),
)
