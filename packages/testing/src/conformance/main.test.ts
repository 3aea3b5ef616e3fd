import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test, vi } from 'vitest'

const folder = mkdtempSync(join(tmpdir(), 'conformance-'))
vi.setConfig({ testTimeout: 60_000 }) // each run starts a process
afterAll(() => rmSync(folder, { recursive: true }))

function conformance(...args: string[]): { code: number | null; output: string } {
  const main = fileURLToPath(new URL('./main.ts', import.meta.url))
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', main, ...args], {
    encoding: 'utf8',
  })
  return { code: status, output: stdout + stderr }
}

const caseOf = (name: string, out: number) => ({
  name,
  config: { op: 'exp' },
  inputs: { x: { shape: [1], data: [0] }, proj_out: { shape: [1], data: [1] } },
  params: {},
  outputs: { out: { shape: [1], data: [out] } },
  loss: out,
  grads: { x: { shape: [1], data: [1] } },
})

test('names what fails, counts, and ends with exit code 1', () => {
  mkdirSync(join(folder, 'deep/test_relu'), { recursive: true })
  writeFileSync(join(folder, 'deep/test_relu/model.onnx'), '')
  writeFileSync(
    join(folder, 'b.json'),
    JSON.stringify({ family: 'ops_unary', cases: [caseOf('right', 1), caseOf('wrong', 2)] }),
  )
  writeFileSync(join(folder, 'a.json'), '{')
  writeFileSync(join(folder, 'index.json'), '[]')
  expect(conformance(folder)).toEqual({
    code: 1,
    output: [
      'FAILED a.json: the file is not JSON',
      'FAILED ops_unary/wrong: output out differs by 5.00e-1: 1 instead of 2 at 0',
      'FAILED deep/test_relu: ONNX is not supported yet',
      '1 passed, 3 failed',
      '',
    ].join('\n'),
  })
})

test.each(['reference', 'wasm'])(
  'a single file whose cases all pass on %s ends with exit code 0',
  (backend) => {
    const path = join(folder, 'right.json')
    writeFileSync(path, JSON.stringify({ family: 'ops_unary', cases: [caseOf('right', 1)] }))
    expect(conformance(path, '--float32', '--backend', backend)).toEqual({
      code: 0,
      output: '1 passed, 0 failed\n',
    })
  },
)

test.each([
  [['nowhere'], 'there is no file or folder nowhere\n'],
  [[join(folder, 'index.json')], `${join(folder, 'index.json')} holds no vectors\n`],
  [[folder, '--steps', '0'], '--steps is 0; it must be a whole number from 1\n'],
  [[folder, '--backend', 'abacus'], '--backend is abacus; it must be reference or wasm\n'],
])('%j is refused with exit code 2', (args, sentence) => {
  expect(conformance(...args)).toEqual({ code: 2, output: sentence })
})
