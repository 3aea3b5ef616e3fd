import { i32, type V128 } from '../emit/code.js'
import type { FunctionWriter, Local } from '../emit/function.js'
import { i32x4, shuffleWords, v128 } from '../emit/simd.js'
import { kernel } from './kernel.js'

/** Threefry-2x32 with 20 rounds (Salmon et al., SC 2011), four counters at a time; bits as `core` defines them. */

const rotations = [
  [13, 15, 26, 6],
  [17, 29, 16, 24],
] as const

/** Scrambles the two words of each lane's counter, in place, by the two words of its key. */
function threefry(
  f: FunctionWriter,
  keys: readonly [V128, V128],
  x0: Local<'v128'>,
  x1: Local<'v128'>,
): void {
  const parity = v128.xor(v128.xor(keys[0], keys[1]), i32x4.const(0x1bd11bda))
  const schedule = [f.let('v128', keys[0]), f.let('v128', keys[1]), f.let('v128', parity)]
  const add = (x: Local<'v128'>, y: V128) => f.set(x, i32x4.add(x, y))
  add(x0, schedule[0]!)
  add(x1, schedule[1]!)
  for (let group = 0; group < 5; group++) {
    for (const rotation of rotations[group % 2]!) {
      add(x0, x1)
      const turned = v128.or(i32x4.shl(x1, rotation), i32x4.shrUnsigned(x1, 32 - rotation))
      f.set(x1, v128.xor(turned, x0))
    }
    add(x0, schedule[(group + 1) % 3]!)
    add(x1, i32x4.add(schedule[(group + 2) % 3]!, i32x4.const(group + 1)))
  }
}

/** For each of `keys` keys, `count` words of bits, from word `first` on, a multiple of 8. */
export const randomBits = kernel(
  'random bits',
  ['keys', 'count', 'first', 'key', 'y'],
  ({ f }, p) => {
    f.count(p.keys, 1, () => {
      const keys = [
        f.let('v128', v128.load32Splat(p.key)),
        f.let('v128', v128.load32Splat(p.key, 4)),
      ] as const
      f.count(p.count, 8, (at) => {
        const x0 = f.let('v128', i32x4.const(0))
        const counter = i32.shr(i32.add(p.first, at), 1)
        const x1 = f.let('v128', i32x4.add(i32x4.splat(counter), i32x4.lanes([0, 1, 2, 3])))
        threefry(f, keys, x0, x1)
        const to = f.let('i32', i32.add(p.y, i32.shl(at, 2)))
        const left = f.let('i32', i32.sub(p.count, at))
        const halves = [
          [0, 4, 1, 5],
          [2, 6, 3, 7],
        ].map((words) => f.let('v128', shuffleWords(x0, x1, words)))
        f.if(
          i32.ge(left, 8),
          () => halves.forEach((bits, half) => f.do(v128.store(to, bits, 16 * half))),
          () => {
            for (let i = 0; i < 7; i++) {
              const store = v128.store32Lane(to, halves[i >> 2]!, i & 3, 4 * i)
              f.if(i32.gt(left, i), () => f.do(store))
            }
          },
        )
      })
      f.advance(p.y, i32.shl(p.count, 2))
      f.advance(p.key, 8)
    })
  },
  {
    sharing: {
      writes: ['y'],
      work: (of) => 5 * of('keys') * of('count'),
      cuts: (of) =>
        of('keys') > 1
          ? [{ count: 'keys', grain: 1, steps: { key: 8, y: 4 * of('count') } }]
          : [{ count: 'count', grain: 8, steps: { first: 8, y: 32 } }],
    },
  },
)

/** For each of `keys` keys and numbers, a new key. */
export const foldIn = kernel(
  'fold in',
  ['keys', 'key', 'number', 'y'],
  ({ f }, p) => {
    f.count(p.keys, 1, () => {
      const x0 = f.let('v128', i32x4.const(1))
      const x1 = f.let('v128', v128.load32Splat(p.number))
      threefry(f, [v128.load32Splat(p.key), v128.load32Splat(p.key, 4)], x0, x1)
      f.do(v128.store64Lane(p.y, f.let('v128', shuffleWords(x0, x1, [0, 4, 1, 5])), 0))
      f.advance(p.key, 8)
      f.advance(p.number, 4)
      f.advance(p.y, 8)
    })
  },
  {
    sharing: {
      writes: ['y'],
      work: (of) => 20 * of('keys'),
      cuts: () => [{ count: 'keys', grain: 1, steps: { key: 8, number: 4, y: 8 } }],
    },
  },
)
