import * as core from '@tapeloop/core'
import { broadcastTo, isFloat, scan, where, type ScanOptions, type Tensor, type Tree } from '@tapeloop/core'
import { environment, fitsInto, floatLike, type Environment } from './environment.js'
import type { Choices } from './steps.js'

/** Builds what stands inside a loop. */
export type Build = (env: Environment) => void

/** Ways in which a carry goes on: from those that compilers get wrong to those that they do not. */
const kinds = ['delay', 'accumulate', 'mask', 'recur', 'delay', 'accumulate', 'swap', 'decay'] as const

/**
 * A loop around a body: up to two sequences (any values with as many entries along the time axis), up to three carries of
 * different kinds and a counter, everything outside within reach of the body, forward or reversed, checkpointed or not.
 */
export function addLoop(
  env: Environment,
  choices: Choices,
  checkpoint: ScanOptions['checkpoint'],
  body: Build,
): void {
  const [form = 0, first = 0, second = 0, carrying = 0, kind = 0, how = 0, more = 0] = choices
  const axis = form % 5 === 0 ? 1 : 0
  const sequence = env.float(first, ({ rank }) => rank > axis)
  const time = form % 7 === 0 || !sequence ? 1 + (form % 4) : sequence.shape[axis]!
  const hasTime = ({ rank, shape }: Tensor) => rank > axis && shape[axis] === time
  const xs: Record<string, Tensor> = {}
  const add = (key: string, value: Tensor | null) => value && (xs[key] = value)
  if (form % 7 !== 0) {
    add('x', env.float(first, hasTime))
    if (form % 3 === 0) add('z', env.float(second, hasTime))
    if (form % 2 === 0) add('index', env.int(second, hasTime))
    if (form % 4 === 1) add('mask', env.bool(second, hasTime))
  }
  const start: Record<string, Tensor> = {}
  for (let i = 0; i <= carrying % 3; i++) start[`c${i}`] = env.float(carrying + i)!
  const counts = more % 2 === 0
  const init = counts ? { ...start, step: core.full(more % 3, [], 'int32') } : start
  const [last, ys] = scan(
    (carry: Record<string, Tensor>, slices: Record<string, Tensor>) => {
      const inner = environment(
        [...env.values, ...Object.values(slices), ...Object.values(carry)],
        env.depth + 1,
      )
      body(inner)
      return [nextCarry(carry, inner, kind, more), outputsOf(carry, inner, how)]
    },
    init as Record<string, Tensor>,
    xs,
    {
      axis,
      reverse: how % 2 === 1,
      length: time,
      checkpoint: checkpoint ?? (['none', 'none', 'all', 'sqrt'] as const)[how % 4]!,
    },
  )
  for (const value of [...Object.values(last), ...Object.values(ys)]) env.add(value)
}

function nextCarry(
  carry: Record<string, Tensor>,
  inner: Environment,
  kind: number,
  more: number,
): Record<string, Tensor> {
  const floats = Object.keys(carry).filter((name) => isFloat(carry[name]!.dtype))
  const next: Record<string, Tensor> = {}
  floats.forEach((name, i) => {
    const value = carry[name]!
    const fresh = floatLike(inner, more + i, value.shape)!
    const other = carry[floats[(i + 1) % floats.length]!]!
    switch (kinds[(kind + i) % kinds.length]!) {
      case 'delay':
        next[name] = fresh
        break
      case 'accumulate':
        next[name] = value.add(fresh)
        break
      case 'mask': {
        const mask =
          inner.bool(more, fitsInto(value.shape)) ?? inner.int(more, ({ rank }) => rank === 0)?.less(2)
        next[name] = mask ? where(broadcastTo(mask, value.shape), fresh, value) : fresh
        break
      }
      case 'swap':
        next[name] = other.shape.join() === value.shape.join() ? other : fresh
        break
      case 'decay':
        next[name] = value.mul(core.sigmoid(fresh)).add(fresh.mul(0.5))
        break
      case 'recur':
        next[name] = core.tanh(value.add(fresh))
        break
    }
  })
  // in the order of the carry
  return Object.fromEntries(Object.keys(carry).map((name) => [name, next[name] ?? carry[name]!.add(1)]))
}

/** What the loop stacks: new values, the old carry, an integer. */
function outputsOf(carry: Record<string, Tensor>, inner: Environment, how: number): Record<string, Tensor> {
  const outputs: Record<string, Tree> = { y: inner.float(how)! }
  if (how % 3 === 0) outputs['before'] = carry['c0']!
  if (how % 5 === 0) outputs['index'] = inner.int(how) ?? core.zeros([], 'int32')
  return outputs as Record<string, Tensor>
}
