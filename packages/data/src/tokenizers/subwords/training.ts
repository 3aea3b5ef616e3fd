import { TapeloopError } from '@tapeloop/core'
import { show } from '../../check.js'
import type { SpecialToken } from '../tokenizer.js'
import { addedTokens, type AddedToken } from './added.js'
import { normalize, type NormalizeStep } from './normalize.js'
import { namedSplits, type SplitName } from './splits.js'

/** What all tokenizers of parts of words are trained with. */
export interface SubwordOptions {
  /** How many ids at most, added and special tokens included; 8192 unless said. */
  readonly size?: number
  /** Into what the text is split first: no token lies across two pieces. `gpt2` unless said. */
  readonly split?: SplitName
  /** Bring the text to a normal form first; then that form comes back, and not the text. None unless said. */
  readonly normalForm?: 'NFC' | 'NFD' | 'NFKC' | 'NFKD'
  /** Texts that are one token wherever they stand, such as `<|endoftext|>`; none unless said. */
  readonly added?: readonly string[]
  /** Special tokens, which stand for no text; their ids are the last. None unless said. */
  readonly special?: readonly SpecialToken[]
  /** Is told from 0 to 1 how much is done. */
  readonly onProgress?: (done: number) => void
}

/** The different pieces of texts with how often each comes, and what the tokenizer will do before looking for tokens. */
export function countSubwordPieces(
  where: string,
  texts: string | Iterable<string>,
  { split = 'gpt2', normalForm, added = [] }: SubwordOptions,
): {
  around: { readonly normalize: readonly NormalizeStep[]; readonly split: readonly SplitName[] }
  pieces: [piece: string, count: number][]
} {
  if (!Object.hasOwn(namedSplits, split)) {
    const names = Object.keys(namedSplits).join(', ')
    throw new TapeloopError(`${where}: split must be one of ${names}, but it is ${show(split)}.`)
  }
  checkAdded(where, added)
  const steps: NormalizeStep[] = normalForm === undefined ? [] : [{ name: normalForm }]
  const splitter = namedSplits[split]
  const { sections } = addedTokens(added.map((text, id): AddedToken => ({ text, id })))
  const counts = new Map<string, number>()
  for (const text of typeof texts === 'string' ? [texts] : texts) {
    for (const section of sections(text)) {
      if (section.token !== undefined) continue
      for (const piece of splitter.pieces(normalize(section.text, steps))) {
        counts.set(piece, (counts.get(piece) ?? 0) + 1)
      }
    }
  }
  return { around: { normalize: steps, split: [split] }, pieces: [...counts] }
}

function checkAdded(where: string, added: readonly string[]): void {
  if (added.includes('')) throw new TapeloopError(`${where}: an added token must not be empty.`)
  const twice = added.find((text, i) => added.indexOf(text) < i)
  if (twice !== undefined)
    throw new TapeloopError(`${where}: the added token ${show(twice)} is listed twice.`)
}
