import {
  flatten,
  randomKey,
  refuse,
  TapeloopError,
  tensor,
  trace,
  unflatten,
  type Shape,
  type Tensor,
  type Tree,
  type TypedArray,
} from '@tapeloop/core'
import type { SafetensorsTensor } from '@tapeloop/formats'
import { dtypeOf, safetensorsDtype } from './arrays.js'

/** What a record of tensors that is itself one tensor calls it in a file. */
export const loneName = 'value'

/** The tensors of a record by their dotted paths, as a safetensors file holds them. */
export async function treeToSafetensors(tree: Tree): Promise<Record<string, SafetensorsTensor>> {
  const { leaves, paths } = flatten(tree, 'treeToSafetensors', '')
  const entries = await Promise.all(
    leaves.map(async (leaf, i) => {
      const { dtype, shape } = leaf
      // the table of dtypes pairs each with its array, which the type of a lookup by a union cannot say
      const stored = { dtype: safetensorsDtype(dtype), shape, data: await leaf.data() } as SafetensorsTensor
      return [paths[i] || loneName, stored] as const
    }),
  )
  const record = Object.fromEntries(entries)
  if (Object.keys(record).length !== entries.length) {
    const twice = entries.map(([name]) => name).find((name, i, names) => names.indexOf(name) !== i)
    refuse('treeToSafetensors', `two tensors have the path ${twice}; use keys without dots`)
  }
  return record
}

/**
 * Tensors of a file put into the structure of a record that is like the one they were saved from. Only structure, shapes
 * and dtypes are looked at: numbers are not drawn, unless the function that draws them reads some.
 *
 * @param like that record, or a function that draws it from a key
 * @param what the file, as errors call it
 * @throws one sentence naming the tensor that is missing, unexpected, or of another shape or dtype
 */
export function restoreTree<T extends Tree>(
  like: T | ((key: Tensor) => T),
  stored: Readonly<Record<string, SafetensorsTensor>>,
  what: string,
): T {
  const { leaves, paths, structure } = flatten(
    typeof like === 'function' ? withoutNumbers(like) : like,
    'restoreTree',
    '',
  )
  const names = paths.map((path) => path || loneName)
  const remedy = 'load it with the options that it was saved with'
  const unexpected = Object.keys(stored).find((name) => !names.includes(name))
  const values = leaves.map((leaf, i) => {
    const found = Object.hasOwn(stored, names[i]!) ? stored[names[i]!] : undefined
    if (found === undefined) return refuse(what, `there is no tensor ${names[i]}; ${remedy}`)
    if (found.dtype !== safetensorsDtype(leaf.dtype) || found.shape.join() !== leaf.shape.join()) {
      const expected = show(safetensorsDtype(leaf.dtype), leaf.shape)
      return refuse(
        what,
        `${names[i]} is ${show(found.dtype, found.shape)} but ${expected} is expected; ${remedy}`,
      )
    }
    return toTensor(found)
  })
  if (unexpected !== undefined)
    refuse(what, `the tensor ${unexpected} is not a part of what is loaded; ${remedy}`)
  return unflatten<T>(structure, values)
}

/** What a function draws from a key, as tensors that only have shapes and dtypes. */
function withoutNumbers<T extends Tree>(draw: (key: Tensor) => T): T {
  let drawn: T | undefined
  try {
    trace((key: Tensor) => (drawn = draw(key)), randomKey(0))
  } catch (error) {
    if (!(error instanceof TapeloopError)) throw error
  }
  return drawn ?? draw(randomKey(0))
}

function toTensor({ dtype, shape, data }: SafetensorsTensor): Tensor {
  const own = dtypeOf(dtype)!
  return tensor(data as TypedArray, { shape, dtype: own })
}

function show(dtype: string, shape: Shape): string {
  return `${dtype} [${shape.join(', ')}]`
}
