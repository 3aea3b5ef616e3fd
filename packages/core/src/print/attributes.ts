import type { Graph } from '../graph.js'
import type { Spec } from '../op.js'
import { showShape } from '../shape.js'
import type { Node } from '../tensor.js'

/** `float32 [2, 3]`. */
export function showSpec({ dtype, shape }: Spec): string {
  return `${dtype} ${showShape(shape)}`
}

/** The programs that a node holds, such as the body of a loop, by name. */
export function bodiesOf({ attrs }: Node): readonly (readonly [name: string, body: Graph])[] {
  return Object.entries(attrs).filter((entry): entry is [string, Graph] => isGraph(entry[1]))
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

function isGraph(value: unknown): value is Graph {
  return typeof value === 'object' && value !== null && 'inputs' in value && 'outputs' in value
}
