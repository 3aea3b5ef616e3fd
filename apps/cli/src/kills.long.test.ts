import { test } from 'vitest'
import { checkKills } from '../fixtures/kills.js'

test('killed 200 times at random moments, a run is always readable and ends as if it had not been', () =>
  checkKills({ kills: 200, steps: 2000 }))
