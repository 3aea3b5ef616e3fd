import { compile, full, jvp, stack, tensor, type Tensor } from '@tapeloop/core'
import { lstm } from '@tapeloop/layers'

/** One LSTM unit at one step: what its gates and its candidate are told, and what it remembers. */
export interface UnitSettings {
  /** sums before the nonlinearity, in the order i, f, g, o */
  readonly sums: readonly [number, number, number, number]
  readonly cell: number
}

/** What the unit does, and how it answers to small changes. */
export interface UnitPicture {
  readonly c: number
  readonly h: number
  /** derivatives of the new cell and of the output in the old cell and in the four sums */
  readonly slopes: readonly { readonly of: string; readonly c: number; readonly h: number }[]
}

/** Runs the step of the LSTM on numbers that come in as its bias; the derivatives are those of the step itself. */
export async function* unit({ sums, cell }: UnitSettings): AsyncGenerator<UnitPicture> {
  const zero = full(0, [1, 1], 'float32')
  const kernel = full(0, [1, 4], 'float32')
  const step = (bias: Tensor, c: Tensor) => {
    const next = lstm.step({ kernel, recurrentKernel: kernel, bias } as never, { h: zero, c }, zero, {
      forgetBias: 0,
    } as never)
    return stack([next.c.reshape([]), next.h.reshape([])])
  }
  const names = ['i', 'f', 'g', 'o', 'c']
  const look = compile((bias: Tensor, c: Tensor) =>
    names.map((_, index) => {
      const dBias = tensor(Float32Array.from({ length: 4 }, (_, k) => (k === index ? 1 : 0)))
      return jvp(step, [bias, c], [dBias, full(index === 4 ? 1 : 0, [1, 1], 'float32')])
    }),
  )
  const found = look(tensor(Float32Array.from(sums)), full(cell, [1, 1], 'float32'))
  const slopes = await Promise.all(
    found.map(async ({ tangent }, index) => {
      const [c = 0, h = 0] = await tangent.data()
      return { of: names[index]!, c, h }
    }),
  )
  const [c = 0, h = 0] = await found[0]!.value.data()
  yield { c, h, slopes }
}
