import { join, relative } from 'node:path'
import ts from 'typescript'
import { expect, test } from 'vitest'
import { workspace } from '../scripts/workspace.js'
import { root, snippets, type Snippet } from './snippets.js'

/**
 * What every `ts` snippet of the documents would be told by TypeScript, as strict as the packages are, in one program:
 * `docs/guides/text.md:12: …`. Only what is not used may stay so: a snippet shows, it is not finished.
 */
function complaintsAbout(shown: readonly Snippet[]): readonly string[] {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), (path) => ts.sys.readFile(path))
  const { options: base } = ts.parseJsonConfigFileContent(config, ts.sys, root)
  const options: ts.CompilerOptions = {
    ...base,
    incremental: false,
    noUnusedLocals: false,
    moduleDetection: ts.ModuleDetectionKind.Force,
    paths: Object.fromEntries(
      workspace(root).flatMap(({ folder, name, exports }) =>
        Object.entries(exports).map(([subpath, file]) => [
          name + subpath.slice(1),
          [`./${join(folder, file)}`],
        ]),
      ),
    ),
  }
  const files = new Map(
    shown.map((snippet, index) => [join(root, 'docs', `snippet-${index}.ts`), snippet] as const),
  )
  const host = ts.createCompilerHost(options)
  const { fileExists, readFile, getSourceFile } = host
  Object.assign(host, {
    fileExists: (name: string) => files.has(name) || fileExists(name),
    readFile: (name: string) => files.get(name)?.code ?? readFile(name),
    getSourceFile(name: string, ...rest: [ts.ScriptTarget]) {
      const snippet = files.get(name)
      return snippet ? ts.createSourceFile(name, snippet.code, ...rest) : getSourceFile(name, ...rest)
    },
  } satisfies Partial<ts.CompilerHost>)
  const program = ts.createProgram([...files.keys()], options, host)
  return [...files].flatMap(([name, { document, line }]) => {
    const source = program.getSourceFile(name)!
    return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map(
      ({ start = 0, messageText }) => {
        const at = line + source.getLineAndCharacterOfPosition(start).line
        return `${relative(root, join(root, document))}:${at}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`
      },
    )
  })
}

const shown = snippets.filter(({ language }) => language === 'ts')

test('TypeScript has nothing to say about any snippet', { timeout: 120_000 }, () => {
  expect(shown.length).toBeGreaterThan(50)
  const wrong = {
    language: 'ts',
    code: "import { tensor } from '@tapeloop/core'\ntensor('no')",
    document: 'docs/wrong.md',
    line: 7,
    title: '',
  }
  const complaints = complaintsAbout([...shown, wrong])
  // a check that cannot fail proves nothing
  expect(complaints.at(-1)).toMatch(/^docs\/wrong\.md:8: Argument of type/)
  expect(complaints.slice(0, -1)).toEqual([])
})
