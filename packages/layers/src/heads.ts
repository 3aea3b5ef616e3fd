import { refuse, type Tensor } from '@tapeloop/core'

/** The option by which a cell has several heads. */
export const headsOption = {
  heads: {
    type: 'number',
    default: 1,
    min: 1,
    integer: true,
    dividesUnits: true,
    doc: 'equal groups of units, each with a memory of its own',
  },
} as const

/**
 * Units of each head.
 *
 * @throws where the heads do not divide the units
 */
export function headSize(where: string, hiddenSize: number, heads: number): number {
  if (hiddenSize % heads !== 0) {
    refuse(
      where,
      `${heads} heads do not divide ${hiddenSize} units evenly; make hiddenSize a multiple of ${heads}`,
    )
  }
  return hiddenSize / heads
}

/**
 * The product of a state with a block-diagonal matrix for each gate. h `[batch, H]`, kernel `[H / heads, gates · H]`, whose
 * columns of a head weigh the units of that head alone.
 */
export function headwise(h: Tensor, kernel: Tensor): Tensor {
  const [batchSize, H] = h.shape as [number, number]
  const [size, columns] = kernel.shape as [number, number]
  const [heads, gates] = [H / size, columns / H]
  if (heads === 1) return h.matmul(kernel)
  const rows = h.reshape([batchSize, heads, size]).transpose([1, 0, 2])
  const blocks = kernel
    .reshape([size, gates, heads, size])
    .transpose([2, 0, 1, 3])
    .reshape([heads, size, gates * size])
  return rows
    .matmul(blocks)
    .reshape([heads, batchSize, gates, size])
    .transpose([1, 2, 0, 3])
    .reshape([batchSize, columns])
}
