import { compile, normal, randomKey, splitKey, Tensor } from '@tapeloop/core'
import { gradientFlow, normOverTime, watched, type States } from '@tapeloop/inspect'
import { cellNamed, lastStep } from '@tapeloop/layers'

/** Which untrained layer is looked at. */
export interface FlowSettings {
  readonly cell: string
  /** options of the cell, by name */
  readonly options?: Readonly<Record<string, string | number | boolean>>
  readonly hiddenSize: number
  readonly length: number
  /** what the recurrent kernel, drawn orthogonal, is multiplied by: all its singular values are this; 1 unless said */
  readonly radius?: number
  /** one entry of the state; all together unless said */
  readonly entry?: string
  readonly seed: number
}

const batchSize = 16

/**
 * The norm of the gradient of the last output in the state after every step, before any training; relative to that in
 * the last step.
 */
export async function* flow(settings: FlowSettings): AsyncGenerator<readonly number[]> {
  const { hiddenSize, length, options = {}, radius = 1, entry, seed } = settings
  const layer = watched(cellNamed(settings.cell), { inputSize: 4, hiddenSize, ...options })
  const [layerKey, inputKey, targetKey] = splitKey(randomKey(seed), 3) as [Tensor, Tensor, Tensor]
  const drawn = layer.init(layerKey)
  const { recurrentKernel } = drawn
  const params =
    recurrentKernel instanceof Tensor ? { ...drawn, recurrentKernel: recurrentKernel.mul(radius) } : drawn
  const norms = compile((params: States) => {
    const x = normal(inputKey, [batchSize, length, 4], { deviation: 0.3 })
    const direction = normal(targetKey, [batchSize, layer.outputSize])
    const { layers } = gradientFlow([layer], [params], x, (output) => lastStep(output).mul(direction).sum())
    const { gradients } = layers[0]!
    return normOverTime(entry === undefined ? gradients : (gradients[entry] as Tensor))
  })
  const values = await norms(params).data()
  yield Array.from(values, (norm) => norm / values.at(-1)!)
}

/** Which cells are looked at, each as {@link flow} does. */
export interface FlowsSettings extends Omit<FlowSettings, 'cell'> {
  readonly cells: readonly string[]
}

/** The norms of every cell, by its name; given after each. */
export async function* flows({
  cells,
  ...settings
}: FlowsSettings): AsyncGenerator<Readonly<Record<string, readonly number[]>>> {
  const all: Record<string, readonly number[]> = {}
  for (const cell of cells) {
    for await (const norms of flow({ ...settings, cell })) yield Object.assign(all, { [cell]: norms })
  }
}
