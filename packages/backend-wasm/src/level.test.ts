import { execFileSync } from 'node:child_process'
import { pathToFileURL } from 'node:url'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { bestLevel, hasRelaxedSimd, hasSimd } from './level.js'

const major = Number(process.versions.node.split('.')[0])

/** Runs a line in a process of its own, where no flag is set yet. */
function alone(line: string): string {
  const url = (file: string) => pathToFileURL(join(import.meta.dirname, file)).href
  const program =
    `const level = await import('${url('level.ts')}'); const node = await import('${url('node.ts')}'); ` +
    `process.stdout.write(String(${line}))`
  return execFileSync(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', program], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

test('SIMD is found by asking the engine', () => {
  expect(hasSimd()).toBe(true)
  const validate = vi.spyOn(WebAssembly, 'validate').mockReturnValue(false)
  expect([hasSimd(), hasRelaxedSimd(), bestLevel()]).toEqual([false, false, 'simd'])
  validate.mockRestore()
})

test('Node 20 has relaxed SIMD after enableRelaxed and not before; later ones have it', () => {
  const answers = alone(
    '[level.hasRelaxedSimd(), level.bestLevel(), node.enableRelaxed(), level.bestLevel()]',
  )
  expect(answers).toBe(major < 22 ? 'false,simd,true,relaxed' : 'true,relaxed,true,relaxed')
})

test('code is wide only where enableWide says so', () => {
  const isWide = major >= 24 && process.arch === 'x64'
  expect(alone('[node.enableWide(), level.bestLevel()]')).toBe(
    isWide ? 'true,wide' : `false,${major < 22 ? 'simd' : 'relaxed'}`,
  )
})
