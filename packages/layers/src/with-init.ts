import { refuse, type Shape } from '@tapeloop/core'
import type { Cell, ParamSpecs, StateRecord } from './cell.js'
import { sameShape, showShape } from './check.js'
import type { Initializer } from './initializer.js'
import type { OptionSpecs } from './options.js'
import { isInitializer } from './params.js'

/**
 * The same cell with other starts: for the name of a parameter, at any depth, the initialiser of the shape that it has
 * there, as in `withInit(rnn, { recurrentKernel: identityInit, kernel: heNormal })`. A layer refuses names that are no
 * parameter, and initialisers of other shapes, when it draws its parameters.
 */
export function withInit<Options extends OptionSpecs, Shapes extends StateRecord, Specs extends ParamSpecs>(
  cell: Cell<Options, Shapes, Specs>,
  starts: Readonly<Record<string, (shape: Shape) => Initializer>>,
): Cell<Options, Shapes, Specs> {
  return {
    ...cell,
    params(size, options) {
      const unused = new Set(Object.keys(starts))
      const replace = (spec: unknown, name = ''): unknown => {
        if (isInitializer(spec)) {
          const start = Object.hasOwn(starts, name) ? starts[name] : undefined
          if (start === undefined) return spec
          unused.delete(name)
          return checked(name, start(spec.shape), spec.shape)
        }
        if (Array.isArray(spec)) return spec.map((part) => replace(part))
        return Object.fromEntries(
          Object.entries(spec ?? {}).map(([name, part]) => [name, part && replace(part, name)]),
        )
      }
      const replaced = replace(cell.params(size, options)) as Specs
      for (const name of unused)
        refuse('withInit', `${cell.name} has no parameter ${name} with these options`)
      return replaced
    },
  }
}

function checked(name: string, start: Initializer, shape: Shape): Initializer {
  if (!sameShape(start.shape, shape)) {
    refuse(
      'withInit',
      `the initialiser of ${name} has shape ${showShape(start.shape)}; it must be ${showShape(shape)}`,
    )
  }
  return start
}
