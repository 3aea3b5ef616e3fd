import { expectTypeOf, test } from 'vitest'
import { split, type Tensor } from '../index.js'

declare const x: Tensor
declare const count: number

test('split', () => {
  expectTypeOf(split(x, 4)).toEqualTypeOf<[Tensor, Tensor, Tensor, Tensor]>()
  expectTypeOf(split(x, 2, 0)).toEqualTypeOf<[Tensor, Tensor]>()
  expectTypeOf(split(x, 100)).toEqualTypeOf<Tensor[]>()
  expectTypeOf(split(x, count)).toEqualTypeOf<Tensor[]>()
  expectTypeOf(split(x, [1, 2])).toEqualTypeOf<Tensor[]>()
})
