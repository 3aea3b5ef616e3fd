import { describe, expect, test } from 'vitest'
import { labAddress } from './address.js'

const { parse, print, usual } = labAddress

describe('the address of a setup', () => {
  test('is empty where all is as usual', () => {
    expect(print(usual)).toBe('')
    expect(parse('')).toEqual(usual)
  })

  test('gives the setup back', () => {
    const setup = {
      ...usual,
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
    expect(parse(print(setup))).toEqual(setup)
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
    expect(parse(query)).toEqual(usual)
  })

  test('takes the usual lag of a task where it names none', () => {
    expect(parse('task=reber').lag).toBe(12)
    expect(parse('task=reber&lag=200').lag).toBe(24)
  })
})
