import { expect, test } from 'vitest'
import { meterOf } from './meter.js'

const step = (number: number, loss: number, seconds: number, epoch = 0) =>
  ({ type: 'step', step: number, epoch, loss, gradNorm: 1, metrics: {}, seconds }) as const
const bit = Math.LN2
const learner = {
  batch: { size: 32, noun: 'character', text: '32 characters' },
  measure: {
    lossUnit: 'bits',
    loss: ({ loss }: { readonly loss: number }) => loss / bit,
    validation: () => ({ short: '', long: '', final: '' }),
    json: () => ({}),
  },
}

test('before anything happens nothing is known', () => {
  const meter = meterOf(100, learner)
  expect(meter.reading()).toEqual({
    step: 0,
    totalSteps: 100,
    epoch: 0,
    loss: null,
    valid: null,
    gradNorm: null,
    perSecond: 0,
    secondsLeft: null,
  })
  expect(meter.perSecond()).toBe(0)
  expect(meter.takeLoss()).toBeNull()
})

test('losses are in the unit of the task, the pace is that of the steps alone', () => {
  const meter = meterOf(10, learner)
  meter.add(step(1, 4 * bit, 0.5))
  meter.add(step(2, 2 * bit, 0.5, 1))
  const validation = { loss: 3 * bit, weight: 9, metrics: {} }
  meter.add({ type: 'validation', step: 2, epoch: 1, ...validation, params: {}, seconds: 60 })
  const reading = meter.reading()
  expect(reading).toMatchObject({ step: 2, epoch: 1, gradNorm: 1, perSecond: 64, secondsLeft: 4 })
  expect(reading.valid).toMatchObject(validation)
  expect(reading.loss).toBeCloseTo(4 - 0.05 * 2, 12)
  expect(meter.perSecond()).toBe(64)
  expect(meter.takeLoss()).toBeCloseTo(3, 12)
  expect(meter.takeLoss()).toBeNull()
})

test('the losses so far are cut into equal parts', () => {
  const meter = meterOf(10, learner)
  expect(meter.history(3)).toEqual([])
  for (const [i, bits] of [7, 5, 4, 2, 1].entries()) meter.add(step(i + 1, bits * bit, 1))
  expect(meter.history(2).map((mean) => mean.toFixed(3))).toEqual(['6.000', '2.333'])
  expect(meter.history(9)).toHaveLength(5)
})
