import fc from 'fast-check'
import { expect, test } from 'vitest'
import { kernel } from '../kernels/kernel.js'
import { arrange } from './arena.js'
import type { Buffer } from './place.js'
import { addressesOf, type Call, type Instruction } from './plan.js'

const still = new Map<never, never>()
const anyKernel = kernel('any', [], () => {})

/** A call that touches these buffers. */
function touching(...buffers: readonly Buffer[]): Instruction {
  const words = buffers.map((buffer) => ({ buffer, offset: 0, moves: still }))
  return { kind: 'call', kernel: anyKernel, words }
}

const buffer = (bytes: number): Buffer => ({ bytes, kind: 'arena' })

test('buffers needed at the same time never share bytes, others may', () => {
  const [a, b, c] = [buffer(100), buffer(200), buffer(100)]
  const { offsets, bytes } = arrange([touching(a, b), touching(b, c), touching(c)], [])
  expect(offsets.get(a)).toBe(offsets.get(c))
  expect(bytes).toBe(256 + 128)
})

test('what one round of a loop leaves for the next, or for after the loop, lives through all of it', () => {
  const [carry, early, late, stack] = [buffer(64), buffer(64), buffer(64), buffer(64)]
  const loop: Instruction = {
    kind: 'loop',
    count: 3,
    body: [touching(early), touching(carry), touching(late), touching(stack)],
  }
  const { offsets, bytes } = arrange([touching(carry), loop, touching(stack)], [])
  expect(offsets.get(early)).toBe(offsets.get(late))
  expect(new Set([carry, early, stack].map((one) => offsets.get(one))).size).toBe(3)
  expect(bytes).toBe(192)
})

test('kept buffers live to the end', () => {
  const [output, scratch] = [buffer(64), buffer(64)]
  const { offsets } = arrange([touching(output), touching(scratch)], [output])
  expect(offsets.get(output)).not.toBe(offsets.get(scratch))
})

interface Tree {
  readonly touched: readonly number[]
  readonly body: readonly Tree[] | null
}

const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.record({
    touched: fc.array(fc.nat(7), { maxLength: 3 }),
    body: fc.option(fc.array(tie('tree'), { maxLength: 4 }), { depthSize: 'small' }),
  }),
}))

test('no buffer is overwritten between two instructions that need it', () => {
  fc.assert(
    fc.property(fc.array(tree, { maxLength: 6 }), (program) => {
      const buffers = Array.from({ length: 8 }, (_, i) => buffer(64 * (1 + (i % 3))))
      const lower = ({ touched, body }: Tree): Instruction =>
        body === null
          ? touching(...touched.map((i) => buffers[i]!))
          : { kind: 'loop', count: 2, body: body.map(lower) }
      const instructions = program.map(lower)
      const { offsets, bytes } = arrange(instructions, [])
      /** who touched each 64 bytes last */
      const owners = new Array<Buffer | undefined>(bytes / 64)
      const touched = new Set<Buffer>()
      const lost: Buffer[] = []
      const run = (list: readonly Instruction[]) => {
        for (const instruction of list) {
          if (instruction.kind === 'loop') {
            for (let round = 0; round < instruction.count; round++) run(instruction.body)
          } else for (const { buffer } of addressesOf(instruction as Call)) touch(buffer)
        }
      }
      const touch = (buffer: Buffer) => {
        const first = offsets.get(buffer)! / 64
        const blocks = Array.from({ length: buffer.bytes / 64 }, (_, i) => first + i)
        const keeps = touched.has(buffer) && isKept(program, buffers.indexOf(buffer))
        if (keeps && blocks.some((block) => owners[block] !== buffer)) lost.push(buffer)
        for (const block of blocks) owners[block] = buffer
        touched.add(buffer)
      }
      run(instructions)
      expect(lost).toEqual([])
    }),
    { numRuns: 300 },
  )
})

/** Whether a buffer is touched by more than one part of the program, and so must keep its numbers between them. */
function isKept(program: readonly Tree[], i: number): boolean {
  const touches = ({ touched, body }: Tree): boolean => (body ? body.some(touches) : touched.includes(i))
  return program.filter(touches).length > 1
}
