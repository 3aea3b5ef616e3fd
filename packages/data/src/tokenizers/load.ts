import { TapeloopError } from '@tapeloop/core'
import { isRecord, show } from '../check.js'
import { bpe } from './bpe/bpe.js'
import { bytes } from './bytes.js'
import { characters } from './characters.js'
import { graphemes } from './graphemes.js'
import { fromHuggingFace } from './hugging-face/read.js'
import { tokenizerFormat, tokenizerVersion, type Tokenizer, type TokenizerKind } from './tokenizer.js'
import { unigram } from './unigram/unigram.js'
import { wordLevel } from './word-level.js'
import { words } from './words.js'

/** The kinds of tokenizer that can be loaded, by the `type` they are saved with. A new kind is one line here. */
const kinds: Readonly<Record<string, Pick<TokenizerKind<never>, 'fromJSON'>>> = {
  [characters.type]: characters,
  [graphemes.type]: graphemes,
  [words.type]: words,
  [bytes.type]: bytes,
  [bpe.type]: bpe,
  [unigram.type]: unigram,
  [wordLevel.type]: wordLevel,
}

/**
 * Loads a tokenizer from the text of a `tokenizer.json`: ours, or one of Hugging Face.
 *
 * @throws one sentence that says what is wrong with the file.
 */
export function parseTokenizer(text: string): Tokenizer {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new TapeloopError('tokenizer.json is not valid JSON; restore it, or train the tokenizer again.', {
      cause: error,
    })
  }
  return tokenizerFromJSON(value)
}

/**
 * Rebuilds a tokenizer from its record, the inverse of `toJSON`; a record of Hugging Face is read as `fromHuggingFace` does.
 *
 * @throws one sentence that says what is wrong with the record.
 */
export function tokenizerFromJSON(value: unknown): Tokenizer {
  if (isRecord(value) && value['format'] === undefined && isRecord(value['model']))
    return fromHuggingFace(value)
  if (!isRecord(value) || value['format'] !== tokenizerFormat) {
    const found = isRecord(value) ? value['format'] : value
    throw new TapeloopError(`tokenizer.json: format must be "${tokenizerFormat}", but it is ${show(found)}.`)
  }
  const { version, type } = value
  if (version !== tokenizerVersion) {
    throw new TapeloopError(
      `tokenizer.json: version must be ${tokenizerVersion}, but it is ${show(version)}; ` +
        `use the release that wrote the file, or a newer one.`,
    )
  }
  const kind = typeof type === 'string' && Object.hasOwn(kinds, type) ? kinds[type] : undefined
  if (kind === undefined) {
    throw new TapeloopError(
      `tokenizer.json: unknown type ${show(type)}; this release reads ${Object.keys(kinds).join(', ')}.`,
    )
  }
  return kind.fromJSON(value)
}
