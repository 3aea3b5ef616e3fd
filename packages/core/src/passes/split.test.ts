import { describe, expect, test } from 'vitest'
import { grad, scan, sigmoid, tanh, trace, verify, zeros, type Tensor, type Tree } from '../index.js'
import { concat, sliceAxis } from '../ops/functions.js'
import { distribute } from './distribute.js'
import { simplify } from './simplify.js'
import { split } from './split.js'
import { showProducts, survey } from './survey.js'

const [T, B, D, H] = [7, 2, 3, 5]

/** Products of the program after split, and after distribute too. */
function products(f: (...args: Tensor[]) => Tree, ...args: readonly number[][]) {
  const cut = simplify(split(simplify(trace(f, ...args.map((shape) => zeros(shape))))))
  const apart = simplify(distribute(cut))
  verify(cut)
  verify(apart)
  return [cut, apart].map((graph) => showProducts(survey(graph)))
}

const packed =
  (w: Tensor, alter = (joined: Tensor) => joined) =>
  (h: Tensor, x: Tensor) => {
    const next = tanh(alter(concat([x, h], 1)).matmul(w))
    return [next, next] as const
  }

describe('split', () => {
  test('cuts [x h]·W where x is not in the cycle', () => {
    const f = (w: Tensor, x: Tensor) => scan(packed(w), zeros([B, H]), x)[1]
    expect(products(f, [D + H, H], [T, B, D])).toEqual([
      `(${B}×${D}×${H} ${B}×${H}×${H})`,
      `${T * B}×${D}×${H} (${B}×${H}×${H})`,
    ])
  })

  test('cuts it through elementwise ops too, forward and backward', () => {
    const f = (w: Tensor, x: Tensor, mask: Tensor) =>
      scan(
        packed(w, (joined) => sigmoid(joined).mul(mask)),
        zeros([B, H]),
        x,
      )[1].sum()
    const both = (w: Tensor, x: Tensor, mask: Tensor) =>
      grad(([w, x]: readonly Tensor[]) => f(w!, x!, mask))([w, x])
    const [, apart] = products(both, [D + H, H], [T, B, D], [B, D + H])
    // in the loops only h·R and dh, [B, H] by [H, H]; for all steps x·W, dx and dW
    expect(apart!.match(/\([^)]*\)/g)).toEqual([`(${B}×${H}×${H})`, `(${B}×${H}×${H})`])
  })

  test('cuts columns that only an output needs', () => {
    const f = (w: Tensor, x: Tensor) =>
      scan(
        (h: Tensor, x: Tensor) => {
          const all = h.matmul(w)
          return [tanh(sliceAxis(all, 1, 0, H).add(x)), sliceAxis(all, 1, H, H + D)]
        },
        zeros([B, H]),
        x,
      )[1]
    expect(products(f, [H, H + D], [T, B, H])).toEqual([
      `(${B}×${H}×${H} ${B}×${H}×${D})`,
      `${T * B}×${H}×${D} (${B}×${H}×${H})`,
    ])
  })

  test('leaves products alone that are in the cycle as a whole', () => {
    const f = (w: Tensor, x: Tensor) =>
      scan(
        (h: Tensor, x: Tensor) => {
          const all = concat([h, tanh(h)], 1).matmul(w)
          return [
            sliceAxis(all, 1, 0, H)
              .mul(sliceAxis(all, 1, H, 2 * H))
              .add(x),
            h,
          ]
        },
        zeros([B, H]),
        x,
      )[1]
    expect(products(f, [2 * H, 2 * H], [T, B, H])[1]).toBe(`(${B}×${2 * H}×${2 * H})`)
  })
})
