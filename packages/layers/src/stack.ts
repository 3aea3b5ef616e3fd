import { foldIn, refuse, type Tensor } from '@tapeloop/core'
import { defineCell, type Cell } from './cell.js'
import { checkSizes } from './check.js'
import { resolveOptions } from './options.js'
import { outputSizeOf, runStep } from './output.js'

/**
 * Cells on top of each other as one cell: each reads the output of the one below. All have `hiddenSize` units, or each
 * the number `sizes` gives it. State and parameters are `{ layers: […] }`, the lowest first.
 *
 * @throws where there are no cells, or not one size for each
 */
export function stack(cells: readonly Cell[], { sizes }: { readonly sizes?: readonly number[] } = {}) {
  if (cells.length === 0) refuse('stack', 'there are no cells; give at least one')
  if (sizes && sizes.length !== cells.length) {
    refuse('stack', `there are ${cells.length} cells but ${sizes.length} sizes; give one size for each cell`)
  }
  checkSizes('stack', Object.fromEntries((sizes ?? []).map((size, i) => [`size ${i}`, size])))
  const layersFor = (inputSize: number, hiddenSize: number) => {
    let below = inputSize
    return cells.map((cell, i) => {
      const size = { inputSize: below, hiddenSize: sizes?.[i] ?? hiddenSize }
      const options = resolveOptions(cell.name, cell.options, {})
      below = outputSizeOf(cell, size, options)
      return { cell, size, options, outputSize: below }
    })
  }
  return defineCell({
    name: `stack(${cells.map((cell) => cell.name).join(', ')})`,
    title: `${cells.length} layers in a stack`,
    cite: [...new Set(cells.flatMap((cell) => cell.cite))],
    equations: String.raw`x^{(l+1)}_t = y^{(l)}_t`,
    options: {},
    outputSize: ({ inputSize, hiddenSize }) => layersFor(inputSize, hiddenSize).at(-1)!.outputSize,
    state: ({ inputSize, hiddenSize }) => ({
      layers: layersFor(inputSize, hiddenSize).map(({ cell, size, options }) => cell.state(size, options)),
    }),
    params: ({ inputSize, hiddenSize }) => ({
      layers: layersFor(inputSize, hiddenSize).map(({ cell, size, options }) => cell.params(size, options)),
    }),
    step({ layers: params }, { layers: states }, x, { key, step }) {
      let below: Tensor = x
      const layers = cells.map((cell, i) => {
        const random = { ...(key && { key: foldIn(key, i) }), ...(step && { step }) }
        const context = { ...resolveOptions(cell.name, cell.options, {}), ...random }
        const { next, output } = runStep(cell, params[i]!, states[i]!, below, context)
        below = output
        return next
      })
      return { layers: layers as never, y: below }
    },
  })
}
