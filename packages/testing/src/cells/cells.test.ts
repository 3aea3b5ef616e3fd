import { existsSync, readFileSync } from 'node:fs'
import { cells, type Cell } from '@tapeloop/layers'
import { describe, test } from 'vitest'
import { checkAgreement, checkGolden, type Golden } from './golden.js'
import { cellSubject } from './sample.js'
import { scalarCells } from './scalar/index.js'
import { makeGolden } from './scalar/make.js'
import { cellChecks } from './suite.js'

describe.each(Object.entries<Cell>(cells))('%s', { timeout: 60_000 }, (_, cell) => {
  test.each(cellChecks.map((each) => [each.title, each] as const))('%s', (_, { check }) => {
    check(cellSubject(cell))
  })

  test('has golden numbers', () => {
    checkGolden(cell, goldenOf(cell))
  })

  const scalar = scalarCells[cell.name]
  const golden = goldenOf(cell)
  test.runIf(scalar && golden)('has the golden numbers that its plain loops give', () => {
    const settings = golden!.cases.map(({ options }) => options)
    checkAgreement(golden!, makeGolden(cell, scalar!, settings))
  })
})

function goldenOf({ name }: Cell): Golden | undefined {
  const file = new URL(`../../../layers/golden/${name}.json`, import.meta.url)
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Golden) : undefined
}
