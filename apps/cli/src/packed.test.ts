import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core'
import { build } from 'esbuild'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import ts from 'typescript'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { workspace } from '../../../scripts/workspace.js'

/** What a user gets: every package built, packed, and the tarballs installed in an empty folder. */
const root = fileURLToPath(new URL('../../..', import.meta.url))
const consumer = mkdtempSync(join(tmpdir(), 'tapeloop-packed-'))
const run = (folder: string, command: string, ...args: string[]) =>
  execFileSync(command, args, {
    cwd: folder,
    encoding: 'utf8',
    stdio: 'pipe',
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1' },
  })

const manifests = workspace(root).filter((manifest) => manifest.private !== true)
const tarball = ({ name, version }: { name: string; version: string }) =>
  join(consumer, `${name.replace('@', '').replace('/', '-')}-${version}.tgz`)
const entries = manifests.flatMap(({ name, exports }) =>
  Object.keys(exports).map((subpath) => name + subpath.slice(1)),
)

const readmeExample = /```ts\n(.*?)```/s.exec(readFileSync(join(root, 'README.md'), 'utf8'))?.[1] ?? ''

beforeAll(() => {
  run(root, 'npm', 'run', '-s', 'build')
  const packages = manifests.flatMap(({ name }) => ['--filter', name])
  run(root, 'npx', 'pnpm', '-r', ...packages, 'pack', '--pack-destination', consumer)
  writeFileSync(join(consumer, 'package.json'), JSON.stringify({ private: true, type: 'module' }))
  run(consumer, 'npm', 'install', '--no-audit', '--no-fund', '--prefer-offline', ...manifests.map(tarball))
  writeFileSync(join(consumer, 'example.ts'), readmeExample)
}, 180_000)
afterAll(() => rmSync(consumer, { recursive: true, force: true }))

describe.each(manifests)('$name', (manifest) => {
  test('publint finds nothing to say', async () => {
    const bytes = Uint8Array.from(readFileSync(tarball(manifest)))
    const { messages, pkg } = await publint({ pack: { tarball: bytes.buffer } })
    expect(messages.map((message) => formatMessage(message, pkg, { color: false }))).toEqual([])
  })

  test('its types resolve for every kind of ESM import', async () => {
    const analysis = await checkPackage(createPackageFromTarballData(readFileSync(tarball(manifest))))
    // ESM only: what CommonJS and the resolution of Node 10 make of the package is not promised
    const problems =
      analysis.types === false
        ? ['no types']
        : analysis.problems.filter(
            (problem) =>
              !('resolutionKind' in problem && ['node10', 'node16-cjs'].includes(problem.resolutionKind)),
          )
    expect(problems).toEqual([])
  })
})

describe.each(entries)('%s', (entry) => {
  test.each([
    ['imported', 'module', `console.log(Object.keys(await import('${entry}')).length)`],
    ['required', 'commonjs', `console.log(Object.keys(require('${entry}')).length)`],
  ])('is %s', (_, kind, script) => {
    expect(Number(run(consumer, 'node', `--input-type=${kind}`, '-e', script))).toBeGreaterThan(0)
  })
})

describe('the README example', () => {
  test('type checks under the strictest settings, without the types of Node', () => {
    const program = ts.createProgram([join(consumer, 'example.ts')], {
      strict: true,
      noEmit: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      target: ts.ScriptTarget.ES2023,
      module: ts.ModuleKind.NodeNext,
      moduleResolution: ts.ModuleResolutionKind.NodeNext,
      types: [],
    })
    expect(ts.getPreEmitDiagnostics(program).map(({ messageText }) => messageText)).toEqual([])
  })

  test('runs in Node', () => {
    const { outputText } = ts.transpileModule(readmeExample, {
      compilerOptions: { target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.ESNext },
    })
    writeFileSync(join(consumer, 'example.js'), outputText)
    expect(run(consumer, 'node', 'example.js')).not.toBe('')
  })

  test('is bundled for browsers, with nothing left to import', async () => {
    const outfile = join(consumer, 'bundle.js')
    await build({
      entryPoints: [join(consumer, 'example.ts')],
      outfile,
      bundle: true,
      format: 'esm',
      logLevel: 'silent',
    })
    expect(run(consumer, 'node', 'bundle.js')).toBe(run(consumer, 'node', 'example.js'))
  })
})

test('importing one cell brings one cell', async () => {
  const { metafile } = await build({
    stdin: { contents: `export { lstm } from '@tapeloop/layers'`, resolveDir: consumer },
    bundle: true,
    format: 'esm',
    metafile: true,
    write: false,
  })
  const bundled = Object.values(metafile.outputs).flatMap(({ inputs }) =>
    Object.entries(inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 0),
  )
  const cells = bundled
    .map(([file]) => /layers\/dist\/cells\/(.*)/.exec(file)?.[1])
    .filter((cell) => cell !== undefined)
  expect(cells).toEqual(['lstm.js'])
})

test('the tapeloop command starts', () => {
  expect(run(consumer, join(consumer, 'node_modules/.bin/tapeloop'), '--help')).toContain('train')
})

test('the tapeloop command takes cells and configurations in TypeScript, on any Node', () => {
  const cell = `
    import { tanh, type Tensor } from '@tapeloop/core'
    import { defineCell, glorotUniform } from '@tapeloop/layers'
    const squash = (x: Tensor): Tensor => tanh(x)
    export const mine = defineCell({
      name: 'my-cell', title: 'Mine', cite: [], equations: '', options: {},
      state: ({ hiddenSize: H }) => ({ h: [H] }),
      params: ({ inputSize: D, hiddenSize: H }) => ({ kernel: glorotUniform([D, H]) }),
      step: ({ kernel }, { h }, x) => ({ h: squash(x.matmul(kernel!).add(h as Tensor)) }),
    })`
  writeFileSync(join(consumer, 'my-cell.ts'), cell)
  writeFileSync(join(consumer, 'text.txt'), 'a rose is a rose is a rose. '.repeat(400))
  writeFileSync(
    join(consumer, 'c.config.ts'),
    'const hidden: number = 7\nexport default { hidden, data: "text.txt" }\n',
  )
  const tapeloop = (...args: string[]) => run(consumer, join(consumer, 'node_modules/.bin/tapeloop'), ...args)
  expect(tapeloop('cells', '--cell', './my-cell.ts')).toContain('my-cell')
  const dry = tapeloop(
    'train',
    '--config',
    'c.config.ts',
    '--cell',
    './my-cell.ts',
    '--out',
    'x',
    '--dry-run',
    '--json',
  )
  expect(JSON.parse(dry)).toMatchObject({ settings: { hidden: 7, cell: 'my-cell' } })
})
