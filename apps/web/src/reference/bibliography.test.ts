import { cells, type Cell } from '@tapeloop/layers'
import { expect, test } from 'vitest'
import { bibliography } from './bibliography.js'

test('every paper that a cell cites is known, and no other', () => {
  const cited = new Set(Object.values<Cell>(cells).flatMap(({ cite }) => cite))
  expect(Object.keys(bibliography).toSorted()).toEqual([...cited].toSorted())
})
