import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { violations } from './direction.js'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'direction-'))
})
afterEach(() => rmSync(root, { recursive: true }))

const write = (files: Record<string, string>) => {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true })
    writeFileSync(join(root, name), text)
  }
}

test('imports from earlier packages, and testing in tests, are fine', () => {
  write({
    'packages/core/package.json': '{}',
    'packages/core/src/index.ts': `// import '@tapeloop/train' in a comment is no import\nexport const a = 1`,
    'packages/core/src/a.test.ts': `import '@tapeloop/testing'`,
    'packages/train/package.json': '{}',
    'packages/train/src/index.ts': `export { a } from '@tapeloop/core'`,
    'packages/train/src/node.ts': `import 'node:fs'`,
    'apps/cli/package.json': '{}',
    'apps/cli/src/main.ts': `import '@tapeloop/tapeloop'\nimport 'node:fs'`,
  })
  expect(violations(root)).toEqual([])
})

test.each([
  ['a later package', 'packages/core/src/a.ts', `import { fit } from '@tapeloop/train'`],
  ['a package of the same row', 'packages/layers/src/a.ts', `export * from '@tapeloop/data/node'`],
  ['a type of a later package', 'packages/core/src/a.ts', `import type { Cell } from '@tapeloop/layers'`],
  ['a later package at run time', 'packages/core/src/a.ts', `await import('@tapeloop/train')`],
  ['testing outside tests', 'packages/tapeloop/src/a.ts', `import { gradcheck } from '@tapeloop/testing'`],
])('%s is refused', (_, file, text) => {
  write({ [join(dirname(dirname(file)), 'package.json')]: '{}', [file]: text })
  expect(violations(root)).toHaveLength(1)
  expect(violations(root)[0]).toContain(file)
})

test.each(['node:fs', 'fs', '@tapeloop/data/node'])(
  'a main entry that reaches %s is refused',
  (specifier) => {
    write({
      'packages/train/package.json': '{}',
      'packages/train/src/index.ts': `export * from './a.js'`,
      'packages/train/src/a.ts': `import '${specifier}'`,
    })
    expect(violations(root)).toEqual([expect.stringContaining('packages/train/src/a.ts')])
  },
)

test('a package without a row is refused', () => {
  write({ 'packages/extra/package.json': '{}' })
  expect(violations(root)).toEqual([expect.stringContaining('packages/extra')])
})
