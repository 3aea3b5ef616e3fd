import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { expect, test } from 'vitest'
import { freshApi } from '../apps/web/build/api/fresh.js'
import { workspace } from './workspace.js'

const root = fileURLToPath(new URL('..', import.meta.url))

const entries = workspace(root)
  .filter(({ folder }) => folder.startsWith('packages/'))
  .flatMap(({ folder, exports }) => Object.values(exports).map((file) => join(root, folder, file)))

/** The public symbols of every entry, with their names there. */
function publicSymbols() {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), (path) => ts.sys.readFile(path))
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root)
  const program = ts.createProgram(entries, options)
  const checker = program.getTypeChecker()
  return entries.flatMap((entry) =>
    checker.getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(entry)!)!).map((symbol) => {
      const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol
      return {
        entry,
        name: symbol.name,
        isModule: (target.flags & ts.SymbolFlags.ValueModule) !== 0,
        isDescribed: target.getDocumentationComment(checker).length > 0,
      }
    }),
  )
}

test(
  'every public symbol has a docstring, and a place with it in the reference',
  { timeout: 120_000 },
  async () => {
    const symbols = publicSymbols().filter(({ isModule }) => !isModule)
    expect(symbols.filter(({ isDescribed }) => !isDescribed)).toEqual([])

    const shown = (await freshApi()).flatMap(({ pages }) => pages.flatMap((page) => page.symbols))
    const described = new Set(shown.filter(({ doc }) => doc !== '').map(({ name }) => name))
    expect(symbols.length).toBeGreaterThan(1000)
    expect(symbols.filter(({ name }) => !described.has(name))).toEqual([])
  },
)
