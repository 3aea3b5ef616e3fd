import { TapeloopError } from '@tapeloop/core'
import { isRecord, show } from '../../check.js'
import { bpeTokenizer } from '../bpe/bpe.js'
import type { Merge } from '../bpe/learn-merges.js'
import { checkId, checkToken, flagAt, listAt, recordAt, refuseField, textAt, type Fields } from '../fields.js'
import type { Tokenizer } from '../tokenizer.js'
import { checkScores, unigramTokenizer } from '../unigram/unigram.js'
import { wordLevelTokenizer } from '../word-level.js'
import { refusePart } from './parts.js'
import { readAround, type ReadSurroundings } from './read-around.js'

/**
 * Reads the record of a Hugging Face `tokenizer.json`: models BPE (of bytes or characters), Unigram and WordLevel with what
 * commonly stands around them. `encode` gives the ids without the tokens that the file puts before and after a text;
 * these are `special.start` and `special.end`. Texts of the file's added tokens are such tokens wherever they stand.
 *
 * @throws one sentence where the file is broken, or says what cannot be read
 */
export function fromHuggingFace(value: unknown): Tokenizer {
  const file = isRecord(value) ? value : refuseField('the file', 'a record', value)
  const model = recordAt(file, 'model')
  const around = readAround(file)
  switch (typeOf(model)) {
    case 'BPE':
      return readBpe(model, around)
    case 'Unigram':
      return readUnigram(model, around)
    case 'WordLevel':
      return readWordLevel(model, around)
    default:
      return refusePart('the model', String(model['type']), 'BPE, Unigram and WordLevel')
  }
}

/** Older files do not say the type of a BPE model. */
function typeOf(model: Fields): unknown {
  return model['type'] ?? (Array.isArray(model['merges']) ? 'BPE' : undefined)
}

function readBpe(model: Fields, around: ReadSurroundings): Tokenizer {
  for (const key of ['dropout', 'continuing_subword_prefix', 'end_of_word_suffix']) {
    const value = model[key] ?? ''
    if (value !== '' && value !== 0) refusePart(`${key} of the model`, show(value), 'models without it')
  }
  const vocabulary = readVocabulary(recordAt(model, 'vocab'), around)
  const { ids, tokens } = vocabulary
  const idOf = (rank: number, text: string): number =>
    ids.get(text) ?? refuseField(`merge ${rank}`, 'one of tokens of the vocabulary', text)
  const merges = listAt(model, 'merges').map((value, rank): Merge => {
    const [left, right, ...more]: unknown[] =
      typeof value === 'string' ? value.split(' ') : Array.isArray(value) ? value : []
    if (typeof left !== 'string' || typeof right !== 'string' || more.length > 0) {
      refuseField(`merge ${rank}`, 'two tokens', value)
    }
    return [idOf(rank, left), idOf(rank, right), idOf(rank, left + right)]
  })
  return bpeTokenizer(
    {
      alphabet: around.isByteLevel ? 'bytes' : 'characters',
      tokens,
      merges,
      byteFallback: flagAt(model, 'byte_fallback'),
      wholeFirst: flagAt(model, 'ignore_merges'),
      joinsUnknown: flagAt(model, 'fuse_unk'),
    },
    surroundingsOf(around, unknownOf(model, ids)),
  )
}

function readUnigram(model: Fields, around: ReadSurroundings): Tokenizer {
  if (around.isByteLevel) refusePart('the model', 'Unigram over ByteLevel', 'Unigram over characters')
  const list = listAt(model, 'vocab')
  const pairs = list.map((entry, id) =>
    Array.isArray(entry) && entry.length === 2
      ? entry
      : refuseField(`token ${id}`, 'a token and its score', entry),
  )
  const texts = pairs.map(([text], id) => checkToken(`token ${id}`, text))
  const unknown = model['unk_id'] ?? undefined
  const id = unknown === undefined ? undefined : checkId('unk_id', unknown)
  if (id !== undefined && id >= texts.length) refuseField('unk_id', `an id of the ${texts.length} tokens`, id)
  return unigramTokenizer(
    {
      tokens: texts.map((text) => spaced(text, around)),
      scores: checkScores(
        pairs.map(([, score]) => score),
        texts.length,
      ),
      byteFallback: flagAt(model, 'byte_fallback'),
    },
    surroundingsOf(around, id),
  )
}

function readWordLevel(model: Fields, around: ReadSurroundings): Tokenizer {
  const { ids, tokens } = readVocabulary(recordAt(model, 'vocab'), around)
  return wordLevelTokenizer({ tokens }, surroundingsOf(around, unknownOf(model, ids)))
}

/** The tokens of a vocabulary by their ids, and the ids by the texts in the file. */
function readVocabulary(
  vocabulary: Fields,
  around: ReadSurroundings,
): { ids: ReadonlyMap<string, number>; tokens: (string | null)[] } {
  const ids = new Map<string, number>()
  const entries = Object.entries(vocabulary)
  const limit = entries.length + around.added.length
  const tokens: (string | null)[] = Array.from({ length: entries.length }, () => null)
  for (const [text, value] of entries) {
    const id = checkId(`id of ${show(text)}`, value)
    if (id >= limit) {
      throw new TapeloopError(
        `tokenizer.json: ${show(text)} has id ${id}, but there are ${limit} tokens, so that ids go to ${limit - 1}.`,
      )
    }
    if (typeof tokens[id] === 'string') {
      throw new TapeloopError(`tokenizer.json: ${show(text)} and ${show(tokens[id])} have the same id ${id}.`)
    }
    while (tokens.length <= id) tokens.push(null)
    tokens[id] = spaced(checkToken(`token ${id}`, text), around)
    ids.set(text, id)
  }
  return { ids, tokens }
}

/** A token with the space itself in place of the mark for it. */
function spaced(token: string, { spaceMark }: ReadSurroundings): string {
  return spaceMark === null ? token : token.replaceAll(spaceMark, ' ')
}

function unknownOf(model: Fields, ids: ReadonlyMap<string, number>): number | undefined {
  const unknown = model['unk_token'] ?? ''
  if (unknown === '') return undefined
  const text = textAt(model, 'unk_token')
  return ids.get(text) ?? refuseField('unk_token', 'a token of the vocabulary', text)
}

function surroundingsOf(
  { normalize, prefixSpace, split, added, special, joining }: ReadSurroundings,
  unknown?: number,
) {
  return {
    normalize,
    prefixSpace,
    split,
    added,
    joining,
    special: { ...special, ...(unknown !== undefined && { unknown }) },
  }
}
