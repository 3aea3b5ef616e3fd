import { expect, test } from 'vitest'
import { meterOf } from './meter.js'

const step = (number: number, loss: number, seconds: number, epoch = 0) =>
  ({ type: 'step', step: number, epoch, loss, gradNorm: 1, metrics: {}, seconds }) as const
const bit = Math.LN2

test('before anything happens nothing is known', () => {
  const meter = meterOf(100, 32)
  expect(meter.reading()).toEqual({
    step: 0,
    totalSteps: 100,
    epoch: 0,
    loss: null,
    valid: null,
    charactersPerSecond: 0,
    secondsLeft: null,
  })
  expect(meter.charactersPerSecond()).toBe(0)
  expect(meter.takeLoss()).toBeNull()
})

test('losses are in bits, the pace is that of the steps alone', () => {
  const meter = meterOf(10, 32)
  meter.add(step(1, 4 * bit, 0.5))
  meter.add(step(2, 2 * bit, 0.5, 1))
  meter.add({ type: 'validation', step: 2, epoch: 1, loss: 3 * bit, weight: 9, metrics: {}, seconds: 60 })
  const reading = meter.reading()
  expect(reading).toMatchObject({ step: 2, epoch: 1, charactersPerSecond: 64, secondsLeft: 4 })
  expect(reading.valid).toBeCloseTo(3, 12)
  expect(reading.loss).toBeCloseTo(4 - 0.05 * 2, 12)
  expect(meter.charactersPerSecond()).toBe(64)
  expect(meter.takeLoss()).toBeCloseTo(3, 12)
  expect(meter.takeLoss()).toBeNull()
})
