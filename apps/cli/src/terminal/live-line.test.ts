import { expect, test, vi } from 'vitest'
import { recorded } from '../../fixtures/shell.js'
import { bar, liveLine } from './live-line.js'
import { styleFor, widthOf } from './output.js'

const erase = '\r\u001B[K'

test('a line is written over, and stays below what is printed', () => {
  const clock = vi.spyOn(performance, 'now')
  const output = recorded({ isTerminal: true })
  const live = liveLine(output)
  clock.mockReturnValue(0)
  live.show(() => 'one')
  clock.mockReturnValue(10)
  live.show(() => 'too soon')
  live.print('stays')
  clock.mockReturnValue(1000)
  live.show(() => 'two')
  live.clear()
  live.print('end')
  clock.mockRestore()
  expect(output.out()).toBe(`${erase}one${erase}stays\n${erase}one${erase}two${erase}${erase}end\n`)
})

test('a line longer than the terminal is wide is cut, so that it stays one line', () => {
  const output = recorded({ isTerminal: true, columns: 10 })
  liveLine(output).show(() => styleFor(true).bold('0123456789ABC'))
  expect(output.out()).toBe(`${erase}012345678`)
})

test.each([
  [0, '', '────'],
  [0.125, '╸', '───'],
  [0.5, '━━', '──'],
  [1, '━━━━', ''],
  [2, '━━━━', ''],
])('a bar at %d', (fraction, filled, rest) => {
  expect(bar(fraction, 4)).toEqual([filled, rest])
})

test('emphasis takes no place, and none is written where there are no colours', () => {
  expect(styleFor(true).red('x')).toBe('\u001B[31mx\u001B[39m')
  expect(widthOf(styleFor(true).red('xyz'))).toBe(3)
  expect(styleFor(false).red('x')).toBe('x')
})
