import { TapeloopError } from '@tapeloop/core'
import { show } from '../../check.js'
import type { BpeRecord } from '../bpe/bpe-model.js'
import { bpe, parseBpe } from '../bpe/bpe.js'
import { bytes } from '../bytes.js'
import { characters } from '../characters.js'
import { listAt } from '../fields.js'
import { printBytes } from '../subwords/byte-alphabet.js'
import { plainSurroundings, type Surroundings } from '../subwords/subwords.js'
import { parseSurroundings } from '../subwords/surroundings.js'
import type { Tokenizer } from '../tokenizer.js'
import { parseUnigram, unigram } from '../unigram/unigram.js'
import type { UnigramRecord } from '../unigram/unigram-model.js'
import { parseWordLevel, wordLevel, type WordLevelRecord } from '../word-level.js'
import { spaceMark, textOfId, writeAround } from './write-around.js'

/** A Hugging Face `tokenizer.json`: plain JSON. */
export type HuggingFaceRecord = Readonly<Record<string, unknown>>

/**
 * Writes a tokenizer as the record of a Hugging Face `tokenizer.json`, which gives the same ids. Three things differ, for
 * the format has no room for them: lone surrogates are not text there; the texts `<s>`, `</s>` and `<unk>` stand for the special
 * tokens, also where a writer wrote them; and where tokens are texts, U+2581 is a space.
 *
 * @throws where the kind of tokenizer, or a token, cannot be written
 * @example writeFileSync('tokenizer.json', JSON.stringify(toHuggingFace(tokenizer)))
 */
export function toHuggingFace(tokenizer: Tokenizer): HuggingFaceRecord {
  const record = tokenizer.toJSON()
  switch (record.type) {
    case bpe.type:
      return writeBpe(parseBpe(record), parseSurroundings(record))
    case unigram.type:
      return writeUnigram(parseUnigram(record), parseSurroundings(record))
    case wordLevel.type:
      return writeWordLevel(parseWordLevel(record), parseSurroundings(record))
    case bytes.type:
      return writeBpe(
        {
          ...noMerges,
          alphabet: 'bytes',
          tokens: Array.from({ length: 256 }, (_, byte) => printBytes(Uint8Array.of(byte))),
        },
        { ...plainSurroundings, special: tokenizer.special },
      )
    case characters.type:
      return writeBpe(
        { ...noMerges, alphabet: 'characters', tokens: listAt(record, 'characters').map(String) },
        { ...plainSurroundings, special: tokenizer.special },
      )
    default:
      throw new TapeloopError(
        `toHuggingFace: a tokenizer of type ${show(record.type)} cannot be written, for the format has no such way to split ` +
          'a text; train one of type bpe, unigram, word-level, bytes or characters.',
      )
  }
}

const noMerges = { merges: [], byteFallback: false, wholeFirst: false, joinsUnknown: false } as const

function writeBpe(record: BpeRecord, around: Surroundings): HuggingFaceRecord {
  const isBytes = record.alphabet === 'bytes'
  const write = isBytes ? (token: string) => token : marked
  const tokens = record.tokens.map((token) => token && write(token))
  return {
    ...writeAround(around, tokens, isBytes ? 'bytes' : 'text'),
    model: {
      type: 'BPE',
      dropout: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: record.joinsUnknown,
      byte_fallback: record.byteFallback,
      ignore_merges: record.wholeFirst,
      ...vocabularyOf(tokens, around),
      merges: record.merges.map(([left, right]) => [tokens[left], tokens[right]]),
    },
  }
}

function writeWordLevel({ tokens }: WordLevelRecord, around: Surroundings): HuggingFaceRecord {
  return {
    ...writeAround(around, tokens, 'words'),
    model: { type: 'WordLevel', ...vocabularyOf(tokens, around) },
  }
}

function writeUnigram(
  { tokens: plain, scores, byteFallback }: UnigramRecord,
  around: Surroundings,
): HuggingFaceRecord {
  const tokens = plain.map((token) => token && marked(token))
  const lowest = scores.reduce((a, b) => Math.min(a, b), 0)
  const length = sizeOf(tokens, around)
  const vocab = Array.from({ length }, (_, id) => [textOfId(id, tokens, around), scores[id] ?? lowest])
  return {
    ...writeAround(around, tokens, 'text'),
    model: { type: 'Unigram', unk_id: around.special.unknown ?? null, byte_fallback: byteFallback, vocab },
  }
}

/** The vocabulary of a model by texts; added and special tokens are in it, or programs would give them other ids. */
function vocabularyOf(
  tokens: readonly (string | null)[],
  around: Surroundings,
): { unk_token: string | null; vocab: Record<string, number> } {
  const ids = new Map<string, number>()
  for (let id = 0; id < sizeOf(tokens, around); id++) {
    const text = textOfId(id, tokens, around)
    const twin = ids.get(text)
    if (twin !== undefined) {
      throw new TapeloopError(
        `toHuggingFace: tokens ${twin} and ${id} have the same text ${show(text)}, which the format has no room for; ` +
          "train with sameText: 'share'.",
      )
    }
    ids.set(text, id)
  }
  const { unknown } = around.special
  return {
    unk_token: unknown === undefined ? null : textOfId(unknown, tokens, around),
    vocab: Object.fromEntries(ids),
  }
}

/** How many ids there are. */
function sizeOf(tokens: readonly unknown[], { added, special }: Surroundings): number {
  const others = [...added.map(({ id }) => id), ...Object.values(special)]
  return others.reduce((size, id) => Math.max(size, id + 1), tokens.length)
}

/** A token with the mark for spaces. */
function marked(token: string): string {
  if (token.includes(spaceMark)) {
    throw new TapeloopError(
      `toHuggingFace: the token ${show(token)} has the character that the format writes for a space; ` +
        'replace it in the text before training.',
    )
  }
  if (/\p{Cs}/u.test(token)) {
    throw new TapeloopError(
      `toHuggingFace: the token ${show(token)} is half of a surrogate pair, which is no text there.`,
    )
  }
  return token.replaceAll(' ', spaceMark)
}
