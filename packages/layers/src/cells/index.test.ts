/** What holds the registry together: one file a cell, one line a cell, and nobody else asks which cell it has. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { describe, expect, test } from 'vitest'
import type { Cell } from '../cell.js'
import { cells } from './index.js'

const here = fileURLToPath(new URL('.', import.meta.url))
const packages = fileURLToPath(new URL('../../../', import.meta.url))
const files = readdirSync(here)
  .filter((file) => /^[a-z0-9-]+\.ts$/.test(file) && file !== 'index.ts')
  .map((file) => file.replace('.ts', ''))
const sources = readdirSync(packages, { recursive: true, encoding: 'utf8' }).filter(
  (file) => /^[a-z-]+\/src\/.*\.ts$/.test(file) && !/\.test(-d)?\.ts$/.test(file),
)
const named: readonly (readonly [string, Cell])[] = Object.entries(cells)

describe('the registry', () => {
  test.each(files)('has the cell in %s.ts', async (file) => {
    const path = join(here, `${file}.ts`)
    const exported = (await import(/* @vite-ignore */ path)) as Record<string, Cell>
    const missing = Object.entries(exported).filter(([, cell]) => !named.some(([, known]) => known === cell))
    const lines = missing.map(([constant, { name }]) =>
      constant === name ? `${name},` : `'${name}': ${constant},`,
    )
    expect(lines, `add to the registry in packages/layers/src/cells/index.ts: ${lines.join(' ')}`).toEqual([])
  })

  test.each(named)('has %s under its own name, from a file of that name', (name, cell) => {
    expect(cell.name).toBe(name)
    expect(files).toContain(name)
    expect(cell.title).not.toBe('')
    expect(cell.cite.length).toBeGreaterThan(0)
    expect(cell.equations).toContain('h_t')
    for (const spec of Object.values(cell.options)) expect(spec.doc).not.toBe('')
    // in this order, because types flow from the first to the last
    const members = ['options', 'state', 'params', 'step']
    expect(Object.keys(cell).filter((member) => members.includes(member))).toEqual(members)
  })
})

describe('shared code', () => {
  /** Names stand in a cell's own file, in the registry, in the list of exports, and where vectors and goldens are matched. */
  const mayName = /^layers\/src\/(cells\/|index\.ts)|^testing\//

  test('never asks which cell it has: it reads what the record declares', () => {
    const asking = sources.filter((file) => !mayName.test(file)).flatMap((file) => mentions(file))
    expect(asking).toEqual([])
  })

  test('would be caught asking', () => {
    expect(mentionsIn(`if (cell.name === 'lstm') throw new Error("an lstm")`)).toEqual(["'lstm'"])
    expect(mentionsIn(`import { gru as cell, recurrent } from '@tapeloop/layers'`)).toEqual(['gru'])
    expect(mentionsIn('/** as in lstm: `lstm` */ const lstmLike = 1')).toEqual([])
    expect(sources.filter((file) => mayName.test(file)).flatMap(mentions).length).toBeGreaterThan(10)
  })
})

function mentions(file: string): string[] {
  return mentionsIn(readFileSync(join(packages, file), 'utf8')).map((name) => `${file} mentions ${name}`)
}

/** The cells that a source names in a string of its own or imports by name; comments do not count. */
function mentionsIn(source: string): string[] {
  const names = new Set(Object.keys(cells))
  const exported = new Set(
    [...names].map((name) => name.replaceAll(/-./g, ([, letter]) => letter!.toUpperCase())),
  )
  const found: string[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node) && names.has(node.text)) found.push(`'${node.text}'`)
    if (ts.isImportSpecifier(node)) {
      const { text } = node.propertyName ?? node.name
      if (exported.has(text)) found.push(text)
    }
    ts.forEachChild(node, visit)
  }
  visit(ts.createSourceFile('source.ts', source, ts.ScriptTarget.Latest))
  return found
}
