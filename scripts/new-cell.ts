import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { cellNameProblem } from '../packages/layers/src/registry.js'

/** The smallest real cell, and where its parts stand. */
const template = 'rnn'
const cellFile = (name: string) => `packages/layers/src/cells/${name}.ts`
const scalarFile = (name: string) => `packages/testing/src/cells/scalar/${name}.ts`
const [registry, list, scalars] = [cellFile('index'), 'packages/layers/src/index.ts', scalarFile('index')]

/**
 * Adds a cell to the checkout at `root`: a copy of the template and of its plain loops, each without the source that it does
 * not have, and their lines in the registry, in the exports of the package, and in the list of plain loops.
 *
 * @param name kebab-case
 * @returns the files that are new
 * @throws one sentence where the name cannot be had; nothing is written then
 */
export function newCell(root: string, name: string): readonly string[] {
  if (existsSync(join(root, cellFile(name)))) {
    throw new Error(`there is a cell ${name} in ${cellFile(name)}; choose another name`)
  }
  const problem = cellNameProblem(name)
  if (problem !== undefined) throw new Error(problem)
  const constant = name.replaceAll(/-./g, ([, letter]) => letter!.toUpperCase())
  const read = (path: string) => readFileSync(join(root, path), 'utf8')
  const [cell, twin] = [read(cellFile(template)), read(scalarFile(template))]
  const keyword = ts.identifierToKeywordKind(ts.factory.createIdentifier(constant)) !== undefined
  const word = new RegExp(String.raw`\b${constant}\b`)
  if (keyword || [cell, twin, read(list), read(registry), read(scalars)].some((text) => word.test(text))) {
    throw new Error(
      `${constant} means something else in TypeScript or in these packages; choose another name`,
    )
  }

  const title = name[0]!.toUpperCase() + name.slice(1).replaceAll('-', ' ')
  const key = constant === name ? `  ${name},\n` : `  '${name}': ${constant},\n`
  const files = {
    [cellFile(name)]: edited(cell, cellFile(template), [
      [/^\/\*\* .* \*\/$/m, `/** A copy of ${template}: write what it computes, and who published it. */`],
      [`const ${template} =`, `const ${constant} =`],
      [`name: '${template}'`, `name: '${name}'`],
      [/title: '.*'/, `title: '${title}'`],
      [/cite: \[.*\]/, 'cite: []'],
    ]),
    [scalarFile(name)]: edited(twin, scalarFile(template), [
      [`const ${template}:`, `const ${constant}:`],
      [/source: .*,/, `source: '',`],
    ]),
    [registry]: withLines(read(registry), registry, `import { ${constant} } from './${name}.js'\n`, key),
    [scalars]: withLines(read(scalars), scalars, `import { ${constant} } from './${name}.js'\n`, key),
    [list]: edited(read(list), list, [
      [
        /(export \{ \w+ \} from '\.\/cells\/.*\n)(?![^]*'\.\/cells\/)/,
        `$1export { ${constant} } from './cells/${name}.js'\n`,
      ],
    ]),
  }
  for (const [path, text] of Object.entries(files)) writeFileSync(join(root, path), text)
  return [cellFile(name), scalarFile(name)]
}

/** A list of imports and a record, each with one more line at its end. */
function withLines(text: string, path: string, importLine: string, key: string): string {
  return edited(text, path, [
    [/(import \{ \w+ \} from .*\n)(?!import \{)/, `$1${importLine}`],
    [/\n\}( as const)?\n/, (end) => `\n${key}${end.slice(1)}`],
  ])
}

type Edit = readonly [find: string | RegExp, replacement: string | ((found: string) => string)]

function edited(text: string, path: string, edits: readonly Edit[]): string {
  return edits.reduce((now, [find, replacement]) => {
    const next =
      typeof replacement === 'string' ? now.replace(find, replacement) : now.replace(find, replacement)
    if (next === now)
      throw new Error(`${path} has changed: ${find} is not in it; correct scripts/new-cell.ts`)
    return next
  }, text)
}
