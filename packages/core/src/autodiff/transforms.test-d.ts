import { expectTypeOf, test } from 'vitest'
import {
  compile,
  customJvp,
  customVjp,
  grad,
  jvp,
  scan,
  split,
  valueAndGrad,
  valueAuxAndGrad,
  vjp,
  vmap,
  zeros,
  type Tensor,
} from '../index.js'

// a record is a type: interfaces lack the index signature that TypeScript looks for
type Params = {
  readonly kernel: Tensor
  readonly biases: readonly [Tensor, Tensor]
}

declare const params: Params
declare const x: Tensor
const loss = (params: Params, x: Tensor): Tensor => x.matmul(params.kernel).add(params.biases[0]).sum()

test('grad returns the type of the argument it differentiates', () => {
  expectTypeOf(grad(loss)(params, x)).toEqualTypeOf<Params>()
  expectTypeOf(grad(loss, { argument: 1 })(params, x)).toEqualTypeOf<Tensor>()
  expectTypeOf(valueAndGrad(loss)(params, x)).toEqualTypeOf<[Tensor, Params]>()
  const withAux = valueAuxAndGrad((p: Params, x: Tensor) => [loss(p, x), { x }])
  expectTypeOf(withAux(params, x)).toEqualTypeOf<[Tensor, { x: Tensor }, Params]>()
})

test('grad takes the arguments of the function, no others', () => {
  // @ts-expect-error the function takes two arguments
  void (() => grad(loss)(params))
  // @ts-expect-error biases are missing
  void (() => grad(loss)({ kernel: x }, x))
  // @ts-expect-error the function returns a record, not a scalar
  void (() => grad((p: Params) => p))
  expectTypeOf(grad(loss)).parameters.toEqualTypeOf<[params: Params, x: Tensor]>()
})

test('vjp maps the type of the result back to that of the arguments', () => {
  const { value, pullback } = vjp((p: Params, x: Tensor) => ({ y: x.matmul(p.kernel) }), params, x)
  expectTypeOf(value).toEqualTypeOf<{ y: Tensor }>()
  expectTypeOf(pullback).toEqualTypeOf<(cotangent: { y: Tensor }) => [p: Params, x: Tensor]>()
})

test('jvp gives a tangent of the type of the value, and infers from the arguments', () => {
  const { value, tangent } = jvp((p: Params) => ({ y: p.kernel }), [params], [params])
  expectTypeOf(tangent).toEqualTypeOf<typeof value>()
  expectTypeOf(tangent).toEqualTypeOf<{ y: Tensor }>()
  expectTypeOf(jvp((a, b) => [a.add(b)] as const, [x, x], [x, x]).value).toEqualTypeOf<readonly [Tensor]>()
  // @ts-expect-error a tangent is missing
  void (() => jvp((a: Tensor, b: Tensor) => a.add(b), [x, x], [x]))
})

test('vmap, compile and custom derivatives keep the type of the function', () => {
  type Loss = (params: Params, x: Tensor) => Tensor
  expectTypeOf(vmap(loss, { in: [null, 0] })).toEqualTypeOf<Loss>()
  expectTypeOf(compile(loss)).toExtend<Loss>()
  expectTypeOf(compile(loss).traces).toEqualTypeOf<number>()
  expectTypeOf(customVjp(loss, ([p, x], _y, g) => [p, x.mul(g)])).toEqualTypeOf<Loss>()
  expectTypeOf(customJvp(loss, ([, x], [, dx]) => x.mul(dx).sum())).toEqualTypeOf<Loss>()
  // @ts-expect-error the rule forgets the second argument
  customVjp(loss, ([p]) => [p])
  // @ts-expect-error the tangent of the result is a tensor
  customJvp(loss, ([p]) => p)
})

test('scan knows carry, slices and outputs', () => {
  const [last, ys] = scan(
    ({ h, n }, { x }) => {
      expectTypeOf(h).toEqualTypeOf<Tensor>()
      expectTypeOf(x).toEqualTypeOf<Tensor>()
      return [
        { h: h.add(x), n },
        { y: h, both: [h, n] as const },
      ]
    },
    { h: x, n: x },
    { x },
  )
  expectTypeOf(last).toEqualTypeOf<{ h: Tensor; n: Tensor }>()
  expectTypeOf(ys).toEqualTypeOf<{ y: Tensor; both: readonly [Tensor, Tensor] }>()
  // @ts-expect-error the step drops a part of the carry
  void (() => scan(({ h }) => [{ h }, {}], { h: x, n: x }, x))
  // @ts-expect-error there is no such checkpointing
  void (() => scan((h: Tensor) => [h, {}], x, {}, { checkpoint: 'some' }))
})

test('split by a literal count is a tuple', () => {
  expectTypeOf(split(x, 3)).toEqualTypeOf<[Tensor, Tensor, Tensor]>()
  expectTypeOf(split(x, [1, 2])).toEqualTypeOf<Tensor[]>()
  const count: number = 3
  expectTypeOf(split(x, count)).toEqualTypeOf<Tensor[]>()
})

test('what is no record of tensors is an error before it runs', () => {
  // @ts-expect-error a number is not a tensor
  void (() => grad((x: Tensor) => x)(1))
  // @ts-expect-error a string is not a tensor
  void (() => compile((x: { name: string; x: Tensor }) => x.x))
  // @ts-expect-error there is no such dtype
  void (() => zeros([1], 'float16'))
  expectTypeOf(zeros([1], 'float64')).toEqualTypeOf<Tensor>()
})
