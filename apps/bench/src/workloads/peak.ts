/** How fast this machine multiplies and adds vectors at a level: the limit of every product. */
import { enableLevel, type Level } from '../level.js'
import type { Workload } from '../serve.js'

/** Independent sums: enough to hide the latency of two units, few enough for V8's 16 registers. */
const sums = { reference: 12, simd: 12, portable: 12, wide: 24 } satisfies Record<Level, number>

/** A run takes a fraction of a millisecond, so that what else the machine does seldom falls into it. */
const turns = 150_000

/** As long as so many operations take when nothing but registers limits them. */
export function peakOf(operations: number, level: Level): Workload {
  if (level !== 'reference') enableLevel(level)
  const isFused = level === 'portable' || level === 'wide'
  const module = new WebAssembly.Module(peakModule(sums[level], isFused))
  const { run, memory } = new WebAssembly.Instance(module).exports as {
    run: (turns: number) => void
    memory: WebAssembly.Memory
  }
  const numbers = new Float32Array(memory.buffer)
  const perRun = turns * sums[level] * 8 // 4 lanes, a product and a sum
  return {
    program: `${isFused ? 'fused' : 'separate'} multiply and add in registers`,
    run() {
      numbers.fill(0.5)
      run(turns)
      return numbers[0]!
    },
    scale: operations / perRun,
  }
}

/**
 * A module `run(turns)` over its memory: sum i, at 16·i, becomes sum·x + y again and again, with the pair of vectors y at
 * 1024 and the number x at 2048. Sums stand side by side in pairs, which is what revectorisation looks for.
 */
function peakModule(sums: number, isFused: boolean): Uint8Array<ArrayBuffer> {
  const [turnsLeft, x, y, firstSum] = [0, 1, 2, 4]
  const each = (write: (i: number) => number[]) => Array.from({ length: sums }, (_, i) => write(i)).flat()
  const sum = (i: number) => firstSum + i
  const step = (i: number) =>
    isFused
      ? [...get(sum(i)), ...get(x), ...get(y + (i % 2)), ...relaxedMadd, ...set(sum(i))]
      : [...get(sum(i)), ...get(x), ...mul, ...get(y + (i % 2)), ...add, ...set(sum(i))]
  const setUp = [
    [zero, loadSplat(2048), set(x)],
    [zero, load(1024), set(y), zero, load(1040), set(y + 1)],
    each((i) => [...zero, ...load(16 * i), ...set(sum(i))]),
  ].flat(2)
  const countDown = [get(turnsLeft), one, subtract, tee(turnsLeft)].flat()
  const loop = [0x03, 0x40, ...each(step), ...countDown, 0x0d, 0, end]
  const keep = each((i) => [...zero, ...get(sum(i)), ...store(16 * i)])
  const locals = [1, ...leb(sums + 3), 0x7b] // v128
  const code = sized([...locals, ...setUp, ...loop, ...keep, end])
  const magic = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]
  return Uint8Array.from(
    [
      magic,
      section(1, [1, 0x60, 1, 0x7f, 0]), // (i32) -> ()
      section(3, [1, 0]),
      section(5, [1, 0, 1]), // one page of memory
      section(7, [2, ...name('run'), 0, 0, ...name('memory'), 2, 0]),
      section(10, [1, ...code]),
    ].flat(),
  )
}

const leb = (n: number): number[] => (n < 128 ? [n] : [(n & 127) | 128, ...leb(n >>> 7)])
const sized = (bytes: readonly number[]) => [...leb(bytes.length), ...bytes]
const section = (id: number, bytes: readonly number[]) => [id, ...sized(bytes)]
const name = (text: string) => sized([...new TextEncoder().encode(text)])
const get = (local: number) => [0x20, local]
const set = (local: number) => [0x21, local]
const simd = (code: number) => [0xfd, ...leb(code)]
const at = (align: number, address: number) => [align, ...leb(address)]
const tee = (local: number) => [0x22, local]
const zero = [0x41, 0]
const one = [0x41, 1]
const subtract = [0x6b]
const end = 0x0b
const load = (address: number) => [...simd(0), ...at(4, address)]
const loadSplat = (address: number) => [...simd(9), ...at(2, address)]
const store = (address: number) => [...simd(11), ...at(4, address)]
const mul = simd(0xe6)
const add = simd(0xe4)
const relaxedMadd = simd(0x105)
