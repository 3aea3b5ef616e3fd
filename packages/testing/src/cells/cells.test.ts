import { existsSync, readFileSync } from 'node:fs'
import { cells, type Cell } from '@tapeloop/layers'
import { describe, expect, test } from 'vitest'
import { checkGolden, type Golden } from './golden.js'
import { cellSubject } from './sample.js'
import { scalarCells } from './scalar/index.js'
import { makeGolden } from './scalar/make.js'
import { cellChecks } from './suite.js'

describe.each(Object.values<Cell>(cells))('$name', { timeout: 60_000 }, (cell) => {
  test.each(cellChecks)('$title', ({ check }) => {
    check(cellSubject(cell))
  })

  test('has golden numbers', () => {
    checkGolden(cell, goldenOf(cell))
  })
})

test.each(Object.keys(scalarCells))(
  'the golden numbers of %s are those that the plain loops give',
  (name) => {
    const cell: Cell = cells[name as keyof typeof cells]
    expect(goldenOf(cell)).toEqual(makeGolden(cell, scalarCells[name]!))
  },
)

function goldenOf({ name }: Cell): Golden | undefined {
  const file = new URL(`../../../layers/golden/${name}.json`, import.meta.url)
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Golden) : undefined
}
