import headless from '@xterm/headless'
import { expect, test, vi } from 'vitest'
import { recorded } from '../../fixtures/shell.js'
import { bar, fitted, liveLine, sparkline } from './live-line.js'
import { styleFor, widthOf, type Output } from './output.js'

/** A terminal as a program, and the rows that are on its screen. */
function terminal(columns: number) {
  const screen = new headless.Terminal({ cols: columns, rows: 20, allowProposedApi: true, convertEol: true })
  const waiting: Promise<void>[] = []
  const output: Output = {
    ...recorded({ isTerminal: true }),
    columns: () => screen.cols,
    write: (text) => void waiting.push(new Promise((resolve) => screen.write(text, resolve))),
  }
  return {
    output,
    resize: (columns: number) => screen.resize(columns, 20),
    async rows() {
      await Promise.all(waiting)
      const { active } = screen.buffer
      const lines = Array.from(
        { length: active.length },
        (_, y) => active.getLine(y)?.translateToString(true) ?? '',
      )
      return lines.filter((line) => line !== '')
    },
  }
}

/** A clock that every look moves on, so that no form of the line is left out. */
function quickClock() {
  let now = 0
  return vi.spyOn(performance, 'now').mockImplementation(() => (now += 100))
}

test('a line is written over, and stays below what is printed', async () => {
  const clock = quickClock()
  const { output, rows } = terminal(40)
  const live = liveLine(output)
  live.show(() => 'one')
  live.print('stays')
  live.show(() => 'two')
  expect(await rows()).toEqual(['stays', 'two'])
  live.clear()
  live.print('end')
  clock.mockRestore()
  expect(await rows()).toEqual(['stays', 'end'])
})

test('emphasis takes no place, and none is written where there are no colours', () => {
  expect(styleFor(true).red('x')).toBe('\u001B[31mx\u001B[39m')
  expect(widthOf(styleFor(true).red('xyz'))).toBe(3)
  expect(styleFor(false).red('x')).toBe('x')
})

test('a terminal made narrower or wider keeps one live line, and all that was printed', async () => {
  const clock = quickClock()
  const { output, rows, resize } = terminal(80)
  const live = liveLine(output)
  live.print('begins')
  for (const columns of [80, 30, 41, 120, 24, 80]) {
    resize(columns)
    await rows()
    live.show(() => `live ${'x'.repeat(60)}`)
    await rows()
  }
  live.print('prints')
  live.clear()
  clock.mockRestore()
  expect(await rows()).toEqual(['begins', 'prints'])
})

test('a line that was shown a moment ago is not shown again, and too long a one is cut', () => {
  const output = recorded({ isTerminal: true, columns: 10 })
  const live = liveLine(output)
  live.show(() => 'first')
  live.show(() => 'second')
  expect(output.out()).not.toContain('second')
  const wide = recorded({ isTerminal: true, columns: 10 })
  liveLine(wide).show(() => '\u001B[1m中文字很宽不断\u001B[22m')
  expect(wide.out()).toBe('\r\u001B[J中文字很\r')
})

test('of parts that do not fit, those go first that are worth least', () => {
  const parts = [
    { worth: 2, text: 'aaaa' },
    { worth: 3, text: 'bbbb' },
    { worth: 1, text: 'cccc' },
    { worth: 9, text: '' },
  ]
  expect(fitted(parts, 16)).toBe('aaaa  bbbb  cccc')
  expect(fitted(parts, 15)).toBe('aaaa  bbbb')
  expect(fitted(parts, 5)).toBe('bbbb')
})

test('numbers become columns', () => {
  expect(sparkline([8, 4, 1, NaN, 1])).toBe('█▄▁▁')
  expect(sparkline([3, 3])).toBe('▁▁')
  expect(sparkline([])).toBe('')
})

test('a bar fills by halves', () => {
  expect(bar(0, 4)).toEqual(['', '────'])
  expect(bar(0.5, 4)).toEqual(['━━', '──'])
  expect(bar(0.6, 4)).toEqual(['━━╸', '─'])
  expect(bar(2, 4)).toEqual(['━━━━', ''])
})
