import { describe, expect, test } from 'vitest'
import { parseSetup, printSetup, usualSetup } from './url.js'

describe('the address of a setup', () => {
  test('is empty where all is as usual', () => {
    expect(printSetup(usualSetup)).toBe('')
    expect(parseSetup('')).toEqual(usualSetup)
  })

  test('gives the setup back', () => {
    const setup = {
      ...usualSetup,
      task: 'reber',
      lag: 9,
      cells: ['min-gru', 'lstm'],
      start: 'uniform' as const,
      optimizer: 'sgd',
      learningRate: 0.0003,
      clip: 0,
      seed: 7,
      branches: [{ from: 'lstm', step: 40, learningRate: 0.1, clip: 1, lag: 12 }],
    }
    expect(parseSetup(printSetup(setup))).toEqual(setup)
  })

  test.each([
    'task=nonsense',
    'cells=what.ever',
    'lag=-1',
    'lag=1e9',
    'units=2.5',
    'steps=many',
    'optimizer=constructor',
    'branch=lstm~1',
    'branch=',
    'learningRate=',
  ])('that cannot be right is as usual: %s', (query) => {
    expect(parseSetup(query)).toEqual(usualSetup)
  })

  test('takes the usual lag of a task where it names none', () => {
    expect(parseSetup('task=reber').lag).toBe(12)
    expect(parseSetup('task=reber&lag=200').lag).toBe(24)
  })
})
