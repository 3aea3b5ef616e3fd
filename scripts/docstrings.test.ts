import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { expect, test } from 'vitest'
import { workspace } from './workspace.js'

const root = fileURLToPath(new URL('..', import.meta.url))

/** The public symbols of an entry that nobody described. */
function undocumented(program: ts.Program, entry: string): string[] {
  const checker = program.getTypeChecker()
  const source = program.getSourceFile(entry)!
  return checker
    .getExportsOfModule(checker.getSymbolAtLocation(source)!)
    .map((symbol) => (symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol))
    .filter((symbol) => !(symbol.flags & ts.SymbolFlags.ValueModule))
    .filter((symbol) => symbol.getDocumentationComment(checker).length === 0)
    .map((symbol) => symbol.name)
}

test('every public symbol has a docstring', { timeout: 120_000 }, () => {
  const entries = workspace(root)
    .filter(({ folder }) => folder.startsWith('packages/'))
    .flatMap(({ folder, exports }) => Object.values(exports).map((file) => join(root, folder, file)))
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), (path) => ts.sys.readFile(path))
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root)
  const program = ts.createProgram(entries, options)
  expect(entries.flatMap((entry) => undocumented(program, entry).map((name) => `${entry}: ${name}`))).toEqual(
    [],
  )
})
