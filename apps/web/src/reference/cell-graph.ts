import { instance } from '@viz-js/viz'
import { randomKey, toDot, trace, zeros, type Tree } from '@tapeloop/core'
import { drawParams, initialState, resolveOptions, runStep, type Cell } from '@tapeloop/layers'

const size = { inputSize: 3, hiddenSize: 4 }
const batchSize = 2

const viz = instance()

/** The graph of one step as a picture: SVG in the colours of the page. At 3 features, 4 units and 2 rows. */
export async function cellGraph(cell: Cell): Promise<string> {
  const options = resolveOptions(cell.name, cell.options, {})
  const params = drawParams(cell.params(size, options), randomKey(1), 'float32')
  const state = initialState(cell.state(size, options), batchSize, 'float32')
  const key = randomKey(2)
  const step = (params: Tree, state: Tree, x: Tree) => {
    const { next, output } = runStep(cell, params as never, state as never, x as never, { ...options, key })
    return { next: next as Tree, output }
  }
  const dot = toDot(trace(step, params as Tree, state as Tree, zeros([batchSize, size.inputSize])))
  const svg = (await viz).renderString(dot, { format: 'svg' })
  return svg
    .slice(svg.indexOf('<svg'))
    .replaceAll(/(fill|stroke)="(black|white|none|transparent)"/g, (_, property: string, color: string) =>
      color === 'black' ? `${property}="currentColor"` : `${property}="none"`,
    )
    .replace('<svg ', `<svg role="img" aria-label="The graph of one step of ${cell.title}" `)
}
