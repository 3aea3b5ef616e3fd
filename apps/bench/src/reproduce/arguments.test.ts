import { expect, test } from 'vitest'
import { parseArguments } from './arguments.js'

const read = (line: string) => parseArguments(line.split(' '), '/repo')

test('reads names and options, with or without the -- that npm swallows', () => {
  expect(read('-- reber adding reber --jobs 2 --record')).toMatchObject({
    names: ['reber', 'adding'],
    jobs: 2,
    isQuick: false,
    record: true,
    out: '/repo/runs/reproduce',
  })
  expect(read('all --quick')).toMatchObject({ isQuick: true, jobs: 1, out: '/repo/runs/reproduce-quick' })
  expect(read('all').names).toEqual(['reber', 'adding', 'counting', 'counting3', 'jsb', 'shakespeare'])
  expect(read('--help').help).toBe(true)
})

test.each([
  ['reber nonsense', 'reproduce: there is no nonsense; there is reber, adding, counting, counting3, jsb'],
  ['--quick', 'reproduce: say what: reber, adding'],
  ['reber --jobs 0', 'reproduce: --jobs is 0; it must be a whole number from 1'],
  ['reber --quick --record', 'reproduce: a --quick run shows nothing to --record; leave one out'],
  ['reber --fast', "reproduce: Unknown option '--fast'; see pnpm reproduce --help"],
])('%s is refused', (line, message) => {
  expect(() => read(line)).toThrow(message)
})
