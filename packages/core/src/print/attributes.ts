import { isGraph } from '../graph.js'
import type { Spec } from '../op.js'
import { showShape } from '../shape.js'
import type { Node } from '../tensor.js'

/** `float32 [2, 3]`. */
export function showSpec({ dtype, shape }: Spec): string {
  return `${dtype} ${showShape(shape)}`
}

/** What else parametrises a node, as `axis: 1, reverse`; not what its output says, nor flags that are off. */
export function showAttributes({ attrs, outputs: [output] }: Node): string {
  const isSaid = (name: string, value: unknown) =>
    (name === 'shape' || name === 'dtype') && showValue(value) === showValue(output![name])
  return Object.entries(attrs)
    .filter(
      ([name, value]) =>
        value !== false && typeof value !== 'function' && !isGraph(value) && !isSaid(name, value),
    )
    .map(([name, value]) => (value === true ? name : `${name}: ${showValue(value)}`))
    .join(', ')
}

function showValue(value: unknown): string {
  return Array.isArray(value) ? showShape(value as number[]) : String(value)
}
