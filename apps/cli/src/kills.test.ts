import { test } from 'vitest'
import { checkKills } from '../fixtures/kills.js'

test(
  'killed 10 times at random moments, a run is always readable and ends as if it had not been',
  { timeout: 180_000 },
  () => checkKills({ kills: 10, steps: 400 }),
)
