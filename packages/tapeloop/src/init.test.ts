import { compile, reference, setDefaultBackend, tensor, type Tensor } from '@tapeloop/core'
import { afterEach, expect, test, vi } from 'vitest'
import { init } from './init.js'

afterEach(() => {
  vi.restoreAllMocks()
  setDefaultBackend(reference)
})

const squares = () => [...compile((x: Tensor) => x.mul(x))(tensor([1, 2, 3])).dataSync()]

test('init chooses the fastest backend, with which compile then works', async () => {
  const warn = vi.fn<(sentence: string) => void>()
  expect((await init({ warn })).name).toMatch(/^wasm/)
  expect(squares()).toEqual([1, 4, 9])
  expect(warn).not.toHaveBeenCalled()
})

test.each([
  [
    'there is no SIMD',
    () => vi.spyOn(WebAssembly, 'validate').mockReturnValue(false),
    'init: the slow reference backend is used: wasm: this engine has no WebAssembly SIMD; use the reference backend',
  ],
  [
    'a policy forbids to compile',
    () =>
      vi.spyOn(WebAssembly, 'Module').mockImplementation(function () {
        throw new WebAssembly.CompileError('Wasm code generation disallowed by embedder')
      }),
    expect.stringMatching(
      /^init: the slow reference backend is used: wasm: .*add 'wasm-unsafe-eval' to script-src of the content/,
    ),
  ],
  [
    'there is no WebAssembly',
    () => vi.stubGlobal('WebAssembly', undefined),
    expect.stringMatching(/^init: the slow reference backend is used: wasm: /),
  ],
])('where %s, it says so and chooses the reference', async (_what, forbid, sentence) => {
  forbid()
  const warn = vi.fn<(sentence: string) => void>()
  const backend = await init({ warn }).finally(() => vi.unstubAllGlobals())
  expect(backend).toBe(reference)
  expect(warn.mock.calls).toEqual([[sentence]])
  expect(squares()).toEqual([1, 4, 9])
})

test('it warns in the console unless told otherwise', async () => {
  const console = vi.spyOn(globalThis.console, 'warn').mockReturnValue()
  vi.spyOn(WebAssembly, 'validate').mockReturnValue(false)
  await init()
  expect(console).toHaveBeenCalledExactlyOnceWith(expect.stringContaining('no WebAssembly SIMD'))
})
