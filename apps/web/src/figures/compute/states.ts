import { compile, oneHot, randomKey, splitKey, tensor, type Tensor } from '@tapeloop/core'
import { watched } from '@tapeloop/inspect'
import { cellNamed } from '@tapeloop/layers'

/** A text, and the untrained layer that reads it. */
export interface StatesSettings {
  readonly cell: string
  readonly hiddenSize: number
  readonly text: string
  readonly seed: number
}

/** How many characters there are: those of ASCII, everything else counts as one of them. */
const characters = 128

/** `[length][units]`: the output of every unit after each character. */
export async function* states({
  cell,
  hiddenSize,
  text,
  seed,
}: StatesSettings): AsyncGenerator<readonly (readonly number[])[]> {
  const layer = watched(cellNamed(cell), { inputSize: characters, hiddenSize })
  const [key] = splitKey(randomKey(seed), 1) as [Tensor]
  const tokens = tensor(Int32Array.from(text, (character) => character.codePointAt(0)! % characters))
  const run = compile((params: ReturnType<typeof layer.init>, tokens: Tensor) => {
    // one of 128 in says little against a state of many units: it is said louder
    const x = oneHot(tokens, characters).mul(4).reshape([1, -1, characters])
    return layer.apply(params, x).output
  })
  const values = await run(layer.init(key), tokens).data()
  yield Array.from({ length: text.length }, (_, t) =>
    Array.from(values.slice(t * hiddenSize, (t + 1) * hiddenSize)),
  )
}
