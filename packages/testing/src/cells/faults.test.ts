import { readFileSync } from 'node:fs'
import { gru, type Cell } from '@tapeloop/layers'
import { describe, expect, test } from 'vitest'
import { faults, sound } from './faults.js'
import { goldenFaults } from './golden-faults.js'
import { checkGolden, type Golden } from './golden.js'
import { cellSubject } from './sample.js'
import { cellChecks } from './suite.js'

test('without a fault every check passes', { timeout: 60_000 }, () => {
  for (const { check } of cellChecks) check(cellSubject(sound))
  expect(cellChecks.length).toBeGreaterThan(15)
})

test.each(faults)('%s is caught: a layer that %s', { timeout: 60_000 }, (_, title, subject, says) => {
  const { check } = cellChecks.find((each) => each.title === title)!
  expect(() => check(subject)).toThrow(says)
})

test('every check catches some fault', () => {
  const used = new Set(faults.map(([, title]) => title))
  // what only a fault of `vmap` itself could break is planted where core is tested
  const unused = cellChecks.filter(({ title }) => !used.has(title)).map(({ title }) => title)
  expect(unused).toEqual(['under vmap does what it does one by one'])
})

describe('golden numbers', () => {
  test.each(goldenFaults)('alone catch %s', { timeout: 60_000 }, (_, cell, says) => {
    for (const { check } of cellChecks) check(cellSubject(cell))
    expect(() => checkGolden(cell, goldenOf(cell.name))).toThrow(says)
  })

  test('freeze the names and shapes of parameters', () => {
    const renamed: Cell = {
      ...gru,
      params: (size, options) => {
        const { kernel, ...rest } = gru.params(size, options as never)
        return { inputKernel: kernel, ...rest }
      },
    }
    expect(() => checkGolden(renamed, goldenOf('gru'))).toThrow(
      'gru with its usual options: it has params.inputKernel [2, 9], params.recurrentKernel [3, 9], params.bias [9], ' +
        'state.h [2, 3], x [2, 3, 2] but its golden numbers params.kernel [2, 9]',
    )
  })

  test('are missed with the way to make them', () => {
    expect(() => checkGolden(sound, undefined)).toThrow(
      'sound: there is no packages/layers/golden/sound.json; write the equations as plain loops in ' +
        'packages/testing/src/cells/scalar/sound.ts, add it to index.ts there, and run npm run golden sound',
    )
  })

  test('have a case for every option', () => {
    const { cases, ...rest } = goldenOf('gru')
    const fewer = cases.filter(({ options }) => options['bias'] !== false)
    expect(() => checkGolden(gru, { ...rest, cases: fewer })).toThrow(
      'gru: its golden numbers have no case with bias false; make them again',
    )
  })
})

test('the table in the docs says which check catches which fault', () => {
  const page = readFileSync(new URL('../../../../docs/guides/planted-faults.md', import.meta.url), 'utf8')
  const rows = [...page.matchAll(/^\| ([^|]+?) +\| ([^|]+?) +\|$/gm)].map(([, fault, check]) => [
    fault,
    check,
  ])
  expect(rows.slice(2)).toEqual([
    ...goldenFaults.map(([fault]) => [fault, 'golden numbers']),
    ...faults.map(([fault, caughtBy]) => [fault, caughtBy]),
  ])
})

function goldenOf(name: string): Golden {
  const file = new URL(`../../../layers/golden/${name}.json`, import.meta.url)
  return JSON.parse(readFileSync(file, 'utf8')) as Golden
}
