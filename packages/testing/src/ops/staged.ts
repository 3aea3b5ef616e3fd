import * as core from '@tapeloop/core'
import { customJvp, customVjp, scan, tensor, type Tensor } from '@tapeloop/core'
import { untyped, type OpSuite } from './suite.js'

const start = core.zeros([2])
const steps = core.zeros([3, 2])
const identity = (h: Tensor, x: Tensor): [Tensor, Tensor] => [h, x]

/** The ops that hold graphs. Their functions build the graph, so a sample calls those. */
export const stagedSuites = {
  scan: {
    sample(draw) {
      const time = draw.oneOf([2, 0, 1, 4, 5, 7]) // √T blocks with and without steps left over
      const [rows, size] = [draw.integer(1, 2), draw.integer(1, 3)]
      const how = {
        axis: draw.integer(0, 1),
        reverse: draw.boolean(),
        checkpoint: draw.oneOf(['none', 'all', 'sqrt']),
      } as const
      const carry = draw.floats([rows, size])
      const xs = draw.floats(how.axis === 0 ? [time, rows, size] : [rows, time, size])
      const kernel = draw.floats([size, size])
      const f = (...[h, xs, kernel]: Tensor[]) => {
        const init = { h: h!, before: h!, step: core.zeros([], 'int32') }
        const [last, ys] = scan(
          ({ h, before, step }, x: Tensor) => {
            const next = core.tanh(h.matmul(kernel!).add(x))
            // a delay, a counter, and a constant used twice
            const y = before.mul(core.cos(next)).add(kernel!.sum().mul(step.cast(next.dtype)))
            return [{ h: next, before: h, step: step.add(1) }, y]
          },
          init,
          xs!,
          how,
        )
        return [last.h, last.before, ys]
      }
      return { args: [carry, xs, kernel], attrs: how, f }
    },
    refused: [
      {
        call: () => scan(identity, start, tensor(1)),
        says: 'scan: axis 0 does not exist: the tensor is a scalar and has no axes',
      },
      {
        call: () => scan((h: Tensor) => [h, {}], start, {}),
        says: 'scan: there are no sequences to tell the number of steps; pass { length }',
      },
      {
        call: () => scan((h: Tensor) => [h, {}], start, {}, { length: -1 }),
        says: 'scan: length is -1; it must be a whole number from 0',
      },
      {
        call: () => scan((h: Tensor) => [h, {}], start, { a: steps, b: core.zeros([4]) }),
        says: 'scan: xs.b has 4 steps along axis 0 but xs.a has 3; make them equal',
      },
      {
        call: () => scan((h: Tensor, x: Tensor) => [core.concat([h, x]), {}], start, steps),
        says: 'scan: carry enters the step as float32 [2] but leaves it as float32 [4]; a carry keeps its shape and dtype',
      },
      {
        call: () => scan(({ h }: { h: Tensor }) => [untyped({ c: h }), {}], { h: start }, steps),
        says: 'scan: the record lacks carry.h; give the same structure as before',
      },
      {
        call: () => scan((h: Tensor) => [untyped(3), h], start, steps),
        says: 'scan: carry is the number 3, not a tensor or a record of tensors; wrap numbers in tensor(…)',
      },
    ],
  },
  custom: {
    sample(draw) {
      const args = [draw.floats([2]), draw.floats([2])]
      const f = (a: Tensor, b: Tensor) => [core.sin(a).mul(b), a.add(b)]
      const reverse = customVjp(f, ([a, b], _result, [g, k]) => [
        g!.mul(core.cos(a)).mul(b).add(k!),
        g!.mul(core.sin(a)).add(k!),
      ])
      const forward = customJvp(f, ([a, b], [s, t]) => [
        core.cos(a).mul(b).mul(s).add(core.sin(a).mul(t)),
        s.add(t),
      ])
      const rule = draw.oneOf(['customVjp', 'customJvp'])
      const chosen = rule === 'customVjp' ? reverse : forward
      return { args, attrs: { rule }, f: (...[a, b]) => chosen(a!, b!) }
    },
    refused: [
      {
        call: () =>
          core
            .vjp(
              customVjp(
                (x: Tensor) => x,
                () => untyped([]),
              ),
              start,
            )
            .pullback(start),
        says: 'customVjp: the record lacks 0; give the same structure as before',
      },
      {
        call: () =>
          core
            .vjp(
              customVjp(
                (x: Tensor) => x,
                (_args, _y, g) => [g.sum()],
              ),
              start,
            )
            .pullback(start),
        says: 'customVjp: the cotangent of 0 is float32 []; it must be float32 [2]',
      },
      {
        call: () =>
          core.jvp(
            customJvp(
              (x: Tensor) => x,
              (_args, [t]) => t.sum(),
            ),
            [start],
            [start],
          ),
        says: 'customJvp: the tangent of the value is float32 []; it must be float32 [2]',
      },
    ],
  },
} satisfies Record<string, OpSuite>
