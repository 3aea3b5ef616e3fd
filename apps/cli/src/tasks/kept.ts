import { TapeloopError, type Tensor, type Tree } from '@tapeloop/core'
import type { Tokenizer } from '@tapeloop/data'
import { restoreTree, type StoredTensors } from '@tapeloop/train'
import type * as z from 'zod'
import { count, counted } from '../terminal/numbers.js'

/**
 * Reads back what a task wrote into a run's folder.
 *
 * @param where the file, and the part of it
 * @throws one sentence that names the part that cannot be right
 */
export function readBack<T>(where: string, schema: z.ZodType<T>, value: unknown): T {
  const { success, data, error } = schema.safeParse(value)
  if (success) return data
  const { path, message } = error.issues[0]!
  const part = path.length === 0 ? 'it' : path.join('.')
  throw new TapeloopError(
    `${where} is not as the training wrote it: ${part}: ${sentence(message)}; restore the file from a copy.`,
    { cause: error },
  )
}

/** A message without its full stop and in lower case, for the middle of a sentence. */
function sentence(message: string): string {
  return message.replace(/\.$/, '').replace(/^[A-Z]/, (letter) => letter.toLowerCase())
}

/** Reads JSON that a task wrote into a run's folder; see `readBack`. */
export function readBackJson<T>(file: string, schema: z.ZodType<T>, text: string): T {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new TapeloopError(`${file} is not valid JSON; restore it from a copy, or train anew.`, {
      cause: error,
    })
  }
  return readBack(file, schema, value)
}

/** The tokenizer of a run that must have one. */
export function knownTokenizer(tokenizer: Tokenizer | null): Tokenizer {
  if (tokenizer !== null) return tokenizer
  throw new TapeloopError('The run lacks tokenizer.json; restore it from a copy, or train anew.')
}

/**
 * The parameters of a model, from a file.
 *
 * @throws one sentence where the model has other tensors than the file; before any memory is taken where it has more numbers
 */
export function restoreModel<Params extends Tree>(
  { init, parameters }: { init(key: Tensor): Params; readonly parameters: number },
  weights: StoredTensors,
  where: string,
): Params {
  const held = Object.values(weights).reduce((sum, { data }) => sum + data.length, 0)
  if (parameters <= held) return restoreTree(init, weights, where)
  throw new TapeloopError(
    `${where} holds ${counted(held, 'number')}, but the model that run.json describes has ${count(parameters)}; ` +
      'restore both from a copy.',
  )
}
