/** One file a cell, one line a cell, and nobody else asks which cell it has. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { describe, expect, test } from 'vitest'
import { cells } from './index.js'

const packages = fileURLToPath(new URL('../../../', import.meta.url))
const sources = readdirSync(packages, { recursive: true, encoding: 'utf8' }).filter(
  (file) => /^[a-z-]+\/src\/.*\.ts$/.test(file) && !/\.test(-d)?\.ts$/.test(file),
)

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
