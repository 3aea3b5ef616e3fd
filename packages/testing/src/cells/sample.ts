import {
  concat,
  flatten,
  randomKey,
  sliceAxis,
  tensor,
  unflatten,
  zeros,
  type Tensor,
  type Tree,
} from '@tapeloop/core'
import {
  recurrent,
  resolveOptions,
  stack,
  unitsAtOnce,
  type Cell,
  type CellSize,
  type OptionSpec,
  type OptionSpecs,
  type OptionValues,
  type RecurrentOptions,
  type SequenceLayer,
} from '@tapeloop/layers'
import { randomLike } from '../directions.js'
import type { Draw } from '../draw.js'

/** A layer over sequences, whatever its parameters and state. */
export type AnyLayer = SequenceLayer<Tree, Tree>

/** What the suite examines: makes layers of random sizes and options. */
export interface LayerSubject {
  readonly name: string
  draw(draw: Draw): DrawnLayer
}

/** A subject that is a cell: it can be made in any size, and stacked. */
export interface CellSubject extends LayerSubject {
  /** two layers of it: linear recurrences learn little in one */
  stacked(size: CellSize): AnyLayer
}

/** A layer drawn at random, with what it takes to run it. */
export interface DrawnLayer {
  /** what a counterexample shows of the layer: sizes, options */
  readonly shows: object
  /** the layer; `how` is for subjects that are cells */
  make(how?: RecurrentOptions): AnyLayer
  /** what the layer must do, as a plain loop over the steps of its cell; only of subjects that are cells */
  loop?(data: LayerData): LayerResult
}

/** Numbers for a layer. */
export type LayerData = {
  readonly params: Tree
  readonly state: Tree
  /** float64 `[batch, time, inputSize]` */
  readonly x: Tensor
}

/** What a layer returns. */
export type LayerResult = { readonly output: Tensor; readonly state: Tree }

/** One layer with numbers for it. */
export interface LayerSample extends DrawnLayer {
  readonly name: string
  readonly layer: AnyLayer
  readonly data: LayerData
  /** for further choices of the check */
  readonly draw: Draw
}

/** A cell as a subject. Both sizes are the smallest that work to 2 more unless said, and options have every value they can, or some. */
export function cellSubject(
  cell: Cell,
  drawSize: (draw: Draw) => CellSize = (draw) => ({
    inputSize: draw.integer(1, 3),
    hiddenSize: draw.integer(0, 2) + (cell.fewestUnits ?? 1),
  }),
): CellSubject {
  return {
    name: cell.name,
    stacked: (size) => recurrent(stack([cell, cell]), size),
    draw(draw) {
      const { inputSize, hiddenSize } = drawSize(draw)
      const options = Object.fromEntries(
        Object.entries(cell.options).map(([name, spec]) => [name, draw.oneOf(valuesOf(spec))]),
      )
      const size = { inputSize, hiddenSize: hiddenSize * unitsAtOnce(cell.options, options) }
      return {
        shows: { ...size, ...options },
        make: (how) => recurrent(cell, { ...size, ...options }, how),
        loop: (data) => loopOver(cell, resolveOptions(cell.name, cell.options, options), data),
      }
    },
  }
}

/** What a layer does, as a plain loop over the steps of its cell. */
export function loopOver(
  cell: Cell,
  options: OptionValues<OptionSpecs>,
  { params, state, x }: LayerData,
): LayerResult {
  const [batchSize, time, inputSize] = x.shape as [number, number, number]
  const outputs: Tensor[] = []
  let now = state as Parameters<Cell['step']>[1]
  for (let t = 0; t < time; t++) {
    const input = sliceAxis(x, 1, t, t + 1).reshape([batchSize, inputSize])
    const { y, ...next } = cell.step(params as typeof now, now, input, options)
    const output = y ?? (next[cell.output ?? 'h'] as Tensor)
    outputs.push(output.reshape([batchSize, 1, output.shape[1]!]))
    now = next
  }
  const size = outputs[0]?.shape[2] ?? 0
  return { output: concat([zeros([batchSize, 0, size], x.dtype), ...outputs], 1), state: now }
}

/** Values of an option, its default first: all of them, or some numbers. */
export function valuesOf(spec: OptionSpec): readonly (number | boolean | string)[] {
  if (spec.type === 'boolean') return [spec.default, !spec.default]
  if (spec.type === 'choice') return [...new Set([spec.default, ...spec.choices])]
  const { default: usual, min = usual, max = usual + 2, integer } = spec
  const between = [usual, usual + 1, usual + 2, (usual + max) / 2, (usual + min) / 2]
  return [...new Set(between)].filter(
    (value) => value >= min && value <= max && (!integer || Number.isInteger(value)),
  )
}

/** A layer of a subject, with up to 3 rows and up to 4 steps, none and one among them. */
export function drawSample(subject: LayerSubject, draw: Draw): LayerSample {
  const drawn = subject.draw(draw)
  const layer = drawn.make()
  const [batchSize, time, seed] = [draw.integer(1, 3), draw.integer(0, 4), draw.integer(0, 2 ** 31 - 1)]
  return { ...drawn, name: subject.name, layer, draw, data: dataFor(layer, batchSize, time, seed) }
}

/**
 * Numbers for a layer, from a seed. Parameters are random in every element: those of `init` hold zeros, behind which
 * faults could hide.
 */
export function dataFor(layer: AnyLayer, batchSize: number, time: number, seed: number): LayerData {
  const params = layer.init(randomKey(seed), 'float64')
  const state = layer.initialState(batchSize, 'float64')
  const x = tensor(new Float64Array(batchSize * time * layer.inputSize), {
    shape: [batchSize, time, layer.inputSize],
  })
  return randomRecord({ params, state, x }, seed)
}

/** float64 numbers in ±[½, 1], in the structure and shapes of a record. */
export function randomRecord<T extends Tree>(model: T, seed: number): T {
  const { leaves, structure } = flatten(model)
  const numbers = randomLike(leaves, seed)
  return unflatten<T>(
    structure,
    leaves.map(({ shape }, i) => tensor(numbers[i]!, { shape })),
  )
}
