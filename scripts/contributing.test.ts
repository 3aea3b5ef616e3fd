/** What CONTRIBUTING.md says of a new cell is done as it stands there, in a copy of the checkout. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { copyCheckout } from './checkout-copy.js'

const root = fileURLToPath(new URL('..', import.meta.url))
const text = readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8')
const [, section = ''] = /^## Add a cell in five minutes\n([^]*?)^## /m.exec(text) ?? []
const steps = [...section.matchAll(/^```(\w+)\n([^]*?)\n```$/gm)].map(([, kind = '', code = '']) => ({
  kind,
  lines: code.split('\n'),
}))

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tapeloop-contributing-'))
  copyCheckout(root, folder)
})
afterAll(() => rmSync(folder, { recursive: true }))

test('a cell is begun, written, broken and mended', { timeout: 300_000 }, () => {
  let said = ''
  const missed: string[] = []
  const done = { commands: 0, edits: 0, messages: 0 }
  for (const { kind, lines } of steps) {
    const path = join(folder, lines[0]!)
    if (kind === 'sh') {
      said = lines.map(runs).join('')
      done.commands += lines.length
    } else if (existsSync(path)) {
      writeFileSync(path, lines.slice(1).reduce(edited, { text: readFileSync(path, 'utf8'), find: '' }).text)
      done.edits++
    } else {
      missed.push(
        ...lines.filter((line) => !said.includes(line)).map((line) => `${line}\nis not in\n${said}`),
      )
      done.messages++
    }
  }
  expect(missed.join('\n')).toBe('')
  expect(done).toEqual({ commands: 5, edits: 4, messages: 4 })
})

/** What a command writes. */
function runs(line: string): string {
  const { stdout, stderr } = spawnSync(line, {
    cwd: folder,
    shell: true,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined },
  })
  return stdout + stderr
}

interface Edit {
  readonly text: string
  readonly find: string
}

/** `- ` is what stands in the file once, and `+ ` in the line below what stands there afterwards. */
function edited({ text, find }: Edit, line: string): Edit {
  const part = line.slice(2)
  if (line.startsWith('- ')) {
    if (text.split(part).length !== 2) throw new Error(`${part} must stand in the file once`)
    return { text, find: part }
  }
  return { text: text.replace(find, () => part), find: '' }
}
