import { TapeloopError } from '@tapeloop/core'
import { decodeAll, idDecoder, plainJoining, tokenOf, type Joining } from '../decoding.js'
import { idList, type IdList } from '../ids.js'
import { textOfSpecial, type SpecialIds } from '../special.js'
import { lastPlace } from '../splitters.js'
import type { Tokenizer, TokenizerRecord } from '../tokenizer.js'
import { addedTokens, type AddedToken } from './added.js'
import { isLocal, normalize, type NormalizeStep } from './normalize.js'
import { splitBy, type SplitName } from './splits.js'

/** What a tokenizer of parts of words does around its model: plain JSON. */
export interface Surroundings {
  /** What is done to the text first; nothing, where all of the text is to come back. */
  readonly normalize: readonly NormalizeStep[]
  /** Whether a space is put before a text that begins with none: `first` does it for what no added token precedes. */
  readonly prefixSpace: 'never' | 'first' | 'always'
  readonly split: readonly SplitName[]
  readonly added: readonly AddedToken[]
  readonly special: Readonly<SpecialIds>
  readonly joining: Joining
}

/** The surroundings that change nothing. */
export const plainSurroundings: Surroundings = {
  normalize: [],
  prefixSpace: 'never',
  split: [],
  added: [],
  special: {},
  joining: plainJoining,
}

/** What finds tokens in a piece of text. */
export interface SubwordModel {
  /** What each id stands for; undefined where only an added or a special token has it. */
  readonly tokens: readonly (string | Uint8Array | undefined)[]
  /** Appends the ids of a piece. */
  encode(piece: string, ids: IdList): void
}

/** Pieces longer than this are rare, and would fill the memory. */
const longestKept = 64
const mostKept = 1 << 16

/** The tokenizer of a model and what is around it. `toJSON` writes what `record` gives. */
export function subwordTokenizer(
  type: string,
  model: SubwordModel,
  around: Surroundings,
  toJSON: () => TokenizerRecord,
): Tokenizer {
  const tokens = allTokens(model, around)
  const splitter = splitBy(around.split)
  const added = addedTokens(around.added)
  const kept = new Map<string, Int32Array>()

  function encodePiece(piece: string, ids: IdList): void {
    const known = kept.get(piece)
    if (known !== undefined) {
      for (const id of known) ids.push(id)
      return
    }
    const own = idList(undefined, { skipUnknown: true })
    model.encode(piece, own)
    const { ids: found, unknown } = own.finish('', 0)
    if (unknown > 0) return model.encode(piece, ids)
    for (const id of found) ids.push(id)
    if (piece.length > longestKept) return
    // a text of ever new words: forgetting all of them now and then costs less than keeping account of their use
    if (kept.size === mostKept) kept.clear()
    kept.set(piece, found)
  }

  function encodeText(text: string, isFirst: boolean, ids: IdList): void {
    const normal = normalize(text, around.normalize)
    const isPrefixed = around.prefixSpace === 'always' || (around.prefixSpace === 'first' && isFirst)
    const prefixed = isPrefixed && normal !== '' && !normal.startsWith(' ') ? ` ${normal}` : normal
    for (const piece of splitter.pieces(prefixed)) encodePiece(piece, ids)
  }

  const isStreamed = around.prefixSpace === 'never' && isLocal(around.normalize)
  const isNormalized = around.normalize.length > 0

  function lastCut(text: string): number {
    if (!isStreamed) return 0
    return lastPlace(
      text,
      (before, after, place) =>
        splitter.isCut(before, after) &&
        (!isNormalized || isPlain(before, after)) &&
        added.allowsCut(text, place),
    )
  }

  return {
    type,
    size: tokens.length,
    special: around.special,
    encode(text, options) {
      const ids = idList(around.special.unknown, options)
      added.sections(text).forEach((section, i) => {
        if (section.token === undefined) encodeText(section.text, i === 0, ids)
        else ids.push(section.token.id)
      })
      return ids.finish('characters', tokens.length)
    },
    decode: (ids) => decodeAll(idDecoder(tokens, around.joining), ids),
    decoder: () => idDecoder(tokens, around.joining),
    token: (id) => tokenOf(tokens, id),
    lastCut,
    toJSON,
  }
}

/** Whether normal forms and cases on one side do not depend on the other side. */
function isPlain(before: string, after: string): boolean {
  return /[A-Za-z\p{Script=Han}]/u.test(before) && /[ \n\t，。、！？]/.test(after)
}

/** What all ids stand for; refuses an id without anything. */
function allTokens(model: SubwordModel, { added, special }: Surroundings): (string | Uint8Array)[] {
  const tokens = [...model.tokens]
  for (const { id, text } of added) tokens[id] = text
  for (const [name, id] of Object.entries(special)) tokens[id] ??= textOfSpecial(name)
  return Array.from(tokens, (token, id) => {
    if (token !== undefined) return token
    throw new TapeloopError(
      `Id ${id} of the vocabulary has no token, but there are ${tokens.length} ids; ` +
        `number the tokens from 0 on without a gap.`,
    )
  })
}
