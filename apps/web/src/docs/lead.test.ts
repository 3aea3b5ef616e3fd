import { expect, test } from 'vitest'
import { leadOf } from './lead.js'

test('a lead is the first sentence, or as many as say enough', () => {
  const long =
    'A list of words, one a line, is enough for a network to invent words that sound right. More follows.'
  expect(leadOf(long)).toBe(long.replace(' More follows.', ''))
  expect(leadOf('Which is better? It depends on what has to be remembered. And on more than that.')).toBe(
    'Which is better? It depends on what has to be remembered. And on more than that.',
  )
})

test('marks and line ends are gone, and what leads to a snippet ends', () => {
  expect(
    leadOf('`fit` trains a _task_: any model\nof [Models](models.md), **or** your own, as in this here:'),
  ).toBe('fit trains a task: any model of Models, or your own, as in this here.')
})
