import { compile, tensor, type Tensor, type Tree } from '@tapeloop/core'
import { expect, test } from 'vitest'
import { sgd } from '../optimizers/sgd.js'
import { cosine, linear } from './anneal.js'
import { joinSchedules, multiplySchedules, tabulated, warmup } from './combine.js'
import { exponentialDecay, inverseSquareRoot } from './decay.js'
import { constant, type Schedule } from './schedule.js'

const path = (schedule: Schedule, count: number) =>
  Array.from({ length: count }, (_, step) => schedule(tensor(step, { dtype: 'int32' }), 'float64').itemSync())

test('joinSchedules lets each count from its milestone', () => {
  const schedule = joinSchedules(
    [linear({ from: 0, to: 4, steps: 2 }), exponentialDecay({ from: 4, factor: 0.5 }), constant(3)],
    [2, 5],
  )
  expect(path(schedule, 7)).toEqual([0, 2, 4, 2, 1, 3, 3])
})

test('joinSchedules asks no schedule for an update before its first', () => {
  const asked: number[] = []
  const noting: Schedule = (step, dtype) => {
    asked.push(step.itemSync())
    return inverseSquareRoot({ peak: 1, warmup: 1 })(step, dtype)
  }
  path(joinSchedules([constant(1), noting], [3]), 6)
  expect(asked).toEqual([0, 0, 0, 0, 1, 2])
})

test('multiplySchedules is the product', () => {
  const schedule = multiplySchedules(
    constant(8),
    exponentialDecay({ from: 1, factor: 0.5 }),
    linear({ from: 0, to: 1, steps: 2 }),
  )
  expect(path(schedule, 4)).toEqual([0, 2, 2, 1])
})

test('warmup rises to whatever schedule, as that of cosine does', () => {
  expect(path(warmup(constant(4), 3), 6)).toEqual([1, 2, 3, 4, 4, 4])
  expect(path(warmup(linear({ from: 8, to: 0, steps: 4 }), 1), 5)).toEqual([4, 6, 4, 2, 0])
  const rising = path(cosine({ peak: 1, steps: 20, warmup: 7 }), 7)
  path(warmup(constant(1), 7), 7).forEach((value, i) => expect(value).toBeCloseTo(rising[i]!, 12))
})

test('tabulated is any function, and stays where its table ends', () => {
  expect(
    path(
      tabulated((step) => step ** 2, 3),
      5,
    ),
  ).toEqual([0, 1, 4, 4, 4])
  expect(() => tabulated((step) => 1 / step, 3)).toThrow('tabulated: step 0 has the value Infinity')
  expect(() => tabulated(() => 1, 0)).toThrow('tabulated: steps is 0')
  expect(() => warmup(constant(1), -1)).toThrow('warmup: steps is -1')
})

test('what is joined is part of the graph, once traced', () => {
  const learningRate = joinSchedules([constant(1), exponentialDecay({ from: 1, factor: 0.5 })], [1])
  const optimizer = sgd({ learningRate })
  const step = compile((params: Tensor, state: Tree) =>
    optimizer.update(tensor(1), state as Readonly<Record<string, Tree>>, params),
  )
  let params = tensor(0)
  let state: Tree = optimizer.init(params)
  const places = Array.from({ length: 4 }, () => {
    ;({ params, state } = step(params, state))
    return params.itemSync()
  })
  expect(places).toEqual([-1, -2, -2.5, -2.75])
  expect(step.traces).toBe(1)
})

test('nonsense is refused by name', () => {
  expect(() => joinSchedules([constant(1)], [4])).toThrow(
    'joinSchedules: there are 1 schedules and 1 milestones; give one milestone fewer than schedules',
  )
  expect(() => joinSchedules([], [])).toThrow('there are 0 schedules')
  expect(() => joinSchedules([constant(1), constant(2), constant(3)], [4, 2])).toThrow(
    'joinSchedules: milestones[1] is 2, after 4',
  )
})
