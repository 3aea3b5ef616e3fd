import type { Level } from '@tapeloop/backend-wasm'
import { compile, reference, tensor, type Backend, type Tensor } from '@tapeloop/tapeloop'
import { describe, expect, test } from 'vitest'
import { recorded, scratch, foxText, tapeloop, tiny } from '../fixtures/shell.js'
import { chooseBackend, firstRight, isRight } from './backend.js'

const major = Number(process.versions.node.split('.')[0])
const hasWide = major >= 24 && process.arch === 'x64'

/** A backend with one number of one result changed, as a miscompiled kernel does. */
function faulty(name: string, result: number, change: (value: number) => number): Backend {
  return {
    name,
    compile(graph, donated) {
      const { run } = reference.compile(graph, donated)
      return {
        run(inputs) {
          const results = run(inputs)
          const numbers = results[result] as Float32Array
          numbers[numbers.length - 1] = change(numbers.at(-1)!)
          return results
        },
      }
    },
  }
}

describe('the check of the numbers', () => {
  test('passes what is right', () => {
    expect(isRight(reference)).toBe(true)
  })

  test.each([0, 1, 2, 3, 4, 5])('sees one wrong number in result %d, and one that is none', (result) => {
    expect(isRight(faulty('near', result, (x) => x + 1e-7 * x))).toBe(true)
    expect(isRight(faulty('off', result, (x) => x + 1e-3))).toBe(false)
    expect(isRight(faulty('nan', result, () => NaN))).toBe(false)
  })

  test('sees a backend that breaks off', () => {
    const broken = { ...reference, compile: () => ({ run: () => [].at(0)! }) }
    expect(isRight(broken)).toBe(false)
  })
})

describe('which level is chosen', () => {
  const wrong = (level: Level) => faulty(level, 0, (x) => x + 1)
  const right = (level: Level): Backend => ({ ...reference, name: level })
  const choose = async (levels: readonly Level[], make: (level: Level) => Backend) => {
    const output = recorded()
    const { name } = await firstRight(levels, async (level) => make(level), output)
    return { name, err: output.err() }
  }

  test('the first that computes right, and what does not is named in one line', async () => {
    expect(await choose(['relaxed', 'simd'], right)).toEqual({ name: 'relaxed', err: '' })
    expect(
      await choose(['relaxed', 'simd'], (level) => (level === 'simd' ? right(level) : wrong(level))),
    ).toEqual({
      name: 'simd',
      err: 'warning: level relaxed of WebAssembly computes wrong on this machine; simd is used instead\n',
    })
  })

  test('the reference where there is no WebAssembly', async () => {
    const refuses = () => {
      throw new Error('no WebAssembly')
    }
    expect(await choose(['relaxed', 'simd'], refuses)).toEqual({ name: 'reference', err: '' })
  })

  test('the best that this Node has, in the end', async () => {
    const output = recorded()
    const { name } = await chooseBackend(output, false)
    expect({ name, err: output.err() }).toEqual({ name: 'wasm relaxed', err: '' })
    const double = compile((x: Tensor) => x.mul(2))
    expect([...double(tensor([1, 2])).dataSync()]).toEqual([2, 4])
  })

  test('is said by train, and --no-wide is kept in the run', async () => {
    const folder = scratch({ 'fox.txt': foxText })
    const train = async (...args: string[]) => (await tapeloop('train', ...args)).out
    const [out, plain] = [`${folder}/a`, `${folder}/b`]
    expect(await train(`${folder}/fox.txt`, '--out', plain, ...tiny, '--no-wide')).toContain(
      '; on wasm relaxed\n',
    )
    expect(await train(`${folder}/fox.txt`, '--out', out, ...tiny)).toContain(
      `; on wasm ${hasWide ? 'wide' : 'relaxed'}\n`,
    )
    // to the same bits, it must be the same level
    expect(await train('--out', plain, '--resume')).toContain('; on wasm relaxed\n')
    const { code, err } = await tapeloop('train', '--out', plain, '--resume', '--wide')
    expect(code).toBe(2)
    expect(err).toMatch(/--wide true \(it is false\)/)
    for (const command of [
      ['sample', out, '--length', '3', '--no-wide'],
      ['eval', out, `${folder}/fox.txt`, '--no-wide'],
    ])
      expect(await tapeloop(...command)).toMatchObject({ code: 0, err: '' })
  })

  test('comes to the same numbers on any number of threads', async () => {
    const folder = scratch({ 'fox.txt': foxText.repeat(20) })
    const sizes = ['--hidden', '96', '--batch-size', '16', '--seq-length', '16', '--steps', '3', '--json']
    const lossesWith = async (threads: string) => {
      const out = `${folder}/${threads}`
      const run = await tapeloop('train', `${folder}/fox.txt`, '--out', out, ...sizes, '--threads', threads)
      expect(run).toMatchObject({ code: 0, err: '' })
      return [...run.out.matchAll(/"loss":[^,]+/g)].map(String)
    }
    const [alone, shared] = [await lossesWith('1'), await lossesWith('2')]
    expect(alone.length).toBeGreaterThan(0)
    expect(shared).toEqual(alone)
  })
})
