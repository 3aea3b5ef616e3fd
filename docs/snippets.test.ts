import { spawnSync, type SpawnSyncReturns } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, expect, test, vi } from 'vitest'
import { root, snippets } from './snippets.js'

/**
 * Every fenced snippet of the documents is tried. `ts` runs as a module of its own against the sources, and logs what
 * its `// =>` comments say; each line of `sh` is a command that exists, with the flags it names. What cannot run is
 * fenced as `text`.
 */
const fencedAs = (language: string) => snippets.filter((snippet) => snippet.language === language)

const scratch = mkdtempSync(join(tmpdir(), 'tapeloop-snippets-'))
afterAll(() => rmSync(scratch, { recursive: true }))
afterEach(() => void vi.restoreAllMocks())

test.for(fencedAs('ts'))('$title', { timeout: 60_000 }, async ({ code, title }) => {
  const log = vi.spyOn(console, 'log').mockReturnValue()
  const file = join(scratch, `${title.replaceAll(/\W+/g, '-')}.ts`)
  writeFileSync(file, code)
  await import(/* @vite-ignore */ file)
  const logged = log.mock.calls.map((values) => values.map(String).join(' '))
  const promised = [...code.matchAll(/\/\/ => (.*)/g)].map(([, value]) => value)
  expect(logged).toEqual(expect.arrayContaining(promised))
})

const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const lines = fencedAs('sh').flatMap(({ code, title }) =>
  code
    .replaceAll('\\\n', ' ')
    .split('\n')
    .map((line) => ({ title, line: line.replace(/(^|\s)#.*$/, '').trim() }))
    .filter(({ line }) => line !== ''),
)

test.for(lines)('$title: $line', { timeout: 60_000 }, ({ line }) => {
  const [, tapeloop] = /^(?:(?:pnpm|npx) tapeloop|npm run tapeloop --) (.*)$/.exec(line) ?? []
  if (tapeloop !== undefined) return expectTapeloopCommand(tapeloop.split(/\s+/))
  const [, script] = /^(?:npm run|npm|pnpm run|pnpm) ([\w:]+)/.exec(line) ?? []
  const exists =
    script === undefined ? /^(git clone |cd |\.ci\/run$)/.test(line) : script in { install: '', ...scripts }
  expect(exists, `no such command: \`${line}\`; correct it, or fence it as text`).toBe(true)
})

const helps = new Map<string, SpawnSyncReturns<string>>()

/** The subcommand exists, and its help names every flag that the document uses. */
function expectTapeloopCommand([command = '', ...words]: string[]) {
  const { stdout, stderr, status } = helpOf(command)
  expect(status, stderr).toBe(0)
  expect(words.filter((word) => word.startsWith('--') && !stdout.includes(word))).toEqual([])
}

/** The help of a subcommand, asked for once. */
function helpOf(command: string) {
  const known = helps.get(command)
  if (known !== undefined) return known
  const args = ['run', '-s', 'tapeloop', '--', command, '--help']
  const help = spawnSync('npm', args, { cwd: root, encoding: 'utf8' })
  helps.set(command, help)
  return help
}

test('every other fence is of a kind that promises nothing to run', () => {
  const kinds = new Set(snippets.map(({ language }) => language))
  expect([...kinds].filter((kind) => !['ts', 'sh', 'text', 'json', 'mermaid', 'tex'].includes(kind))).toEqual(
    [],
  )
})
