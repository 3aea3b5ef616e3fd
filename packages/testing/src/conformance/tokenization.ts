import { bpe, bytes, characters, clean, type CleaningStep } from '@tapeloop/data'
import { compareNumbers, type Check } from './compare.js'
import { isRecord } from './format.js'
import { judge, type CaseResult } from './run.js'

/** How texts are taken apart: code points, UTF-8, UTF-16 and normal forms; a vocabulary of characters; merges of bytes. */
export interface TokenizationFile {
  readonly strings: readonly StringCase[]
  readonly char_vocabulary: {
    /** file name of the text, for the merges too */
    readonly corpus: string
    readonly size: number
    /** its characters in the order of their ids */
    readonly chars: string
    readonly first_100_ids: readonly number[]
  }
  readonly bpe: BpeCase
}

interface StringCase {
  readonly text: string
  readonly code_points: readonly number[]
  readonly utf8: readonly number[]
  readonly utf16_units: readonly number[]
  readonly NFC: string
  readonly NFD: string
  readonly NFKC: string
  readonly NFKD: string
}

interface BpeCase {
  /** `first N code points of the corpus` */
  readonly train_text: string
  readonly n_merges: number
  readonly merges: readonly (readonly [number, number])[]
  readonly merge_counts: readonly number[]
  readonly train_tokens_after: number
  readonly first_tokens_of_train: readonly number[]
  /** `code points A..B`, both included */
  readonly held_text: string
  readonly held_bytes: number
  readonly held_tokens: readonly number[]
  readonly last_token_as_text: string
}

export function isTokenization(json: unknown): json is TokenizationFile {
  return (
    isRecord(json) &&
    Array.isArray(json['strings']) &&
    isRecord(json['char_vocabulary']) &&
    isRecord(json['bpe'])
  )
}

/** Runs a file: a result for the strings, one for the characters, one for the merges. */
export function* runTokenization(
  name: string,
  file: TokenizationFile,
  read: (corpus: string) => string | null,
): Generator<CaseResult> {
  const { corpus } = file.char_vocabulary
  const text = (): string => {
    const found = read(corpus)
    if (found === null) throw new Error(`the text ${corpus} was not found; say where by --corpora <folder>`)
    return found
  }
  const parts: Readonly<Record<string, () => Check[]>> = {
    strings: () => file.strings.flatMap(stringChecks),
    char_vocabulary: () => vocabularyChecks(file.char_vocabulary, text()),
    bpe: () => bpeChecks(file.bpe, [...text()]),
  }
  for (const [part, checks] of Object.entries(parts)) {
    const title = `${name.replace(/\.json$/, '')}/${part}`
    try {
      yield { name: title, ...judge(checks(), { tolerance: 0 }) }
    } catch (error) {
      yield { name: title, passed: false, reason: error instanceof Error ? error.message : String(error) }
    }
  }
}

function stringChecks(vector: StringCase, i: number): Check[] {
  const { text } = vector
  const title = `string ${i}`
  const encoded = bytes.train('').encode(text).ids
  const forms = (['NFC', 'NFD', 'NFKC', 'NFKD'] as const).map((form) => {
    const steps: CleaningStep[] = [{ name: 'normal-form', form }]
    return sameText(`${title} as ${form}`, clean(text, steps).text, vector[form])
  })
  return [
    compareNumbers(`${title} as UTF-8`, encoded, vector.utf8),
    sameText(`${title} from UTF-8`, bytes.train('').decode(vector.utf8), text),
    compareNumbers(`${title} as code points`, codePointsOf(text), vector.code_points),
    compareNumbers(`${title} as UTF-16`, unitsOf(bytes.train('').decode(encoded)), vector.utf16_units),
    ...forms,
  ]
}

/** The code points of a text by the tokens that it is encoded to. */
function codePointsOf(text: string): number[] {
  if (text === '') return []
  const tokenizer = characters.train(text)
  return Array.from(tokenizer.encode(text).ids, (id) => String(tokenizer.token(id)).codePointAt(0)!)
}

const unitsOf = (text: string): number[] => text.split('').map((unit) => unit.charCodeAt(0))

function vocabularyChecks(expected: TokenizationFile['char_vocabulary'], text: string): Check[] {
  const tokenizer = characters.train(text)
  const found = Array.from({ length: tokenizer.size }, (_, id) => tokenizer.token(id)).join('')
  const first = tokenizer.encode(text).ids.subarray(0, expected.first_100_ids.length)
  return [
    compareNumbers('size of the vocabulary', [tokenizer.size], [expected.size]),
    sameText('characters', found, expected.chars),
    compareNumbers('first ids', first, expected.first_100_ids),
  ]
}

function bpeChecks(expected: BpeCase, corpus: readonly string[]): Check[] {
  const train = corpus.slice(0, numbersIn(expected.train_text, 1)[0]).join('')
  const [from, to] = numbersIn(expected.held_text, 2)
  const held = corpus.slice(from!, to! + 1).join('')
  // the definition: no split, and an id of its own for every merge
  const size = 256 + expected.n_merges
  const tokenizer = bpe.train(train, { size, split: 'none', sameText: 'new' })
  const merges = tokenizer.toJSON()['merges'] as readonly (readonly [number, number, number])[]
  const encoded = tokenizer.encode(train).ids
  const { tokens, counts } = replay(bytes.train('').encode(train).ids, merges)
  return [
    compareNumbers(
      'merges',
      merges.flatMap(([left, right]) => [left, right]),
      expected.merges.flat(),
    ),
    compareNumbers('counts of the merges', counts, expected.merge_counts),
    compareNumbers('tokens of the training text', [encoded.length], [expected.train_tokens_after]),
    compareNumbers(
      'first tokens of the training text',
      encoded.subarray(0, expected.first_tokens_of_train.length),
      expected.first_tokens_of_train,
    ),
    compareNumbers('encoding of the training text against one merge after the other', encoded, tokens),
    compareNumbers(
      'bytes of the other text',
      [bytes.train('').encode(held).ids.length],
      [expected.held_bytes],
    ),
    compareNumbers('tokens of the other text', tokenizer.encode(held).ids, expected.held_tokens),
    sameText('the other text', tokenizer.decode(expected.held_tokens), held),
    sameText('the last token', tokenizer.decode([tokenizer.size - 1]), expected.last_token_as_text),
  ]
}

/** Applies one merge after the other to all of a text, and counts its pair before. */
function replay(
  ids: ArrayLike<number>,
  merges: readonly (readonly [number, number, number])[],
): { tokens: number[]; counts: number[] } {
  let tokens = Array.from(ids)
  const counts = merges.map(([left, right, id]) => {
    let count = 0
    const next: number[] = []
    for (let i = 0; i < tokens.length; i++) if (tokens[i] === left && tokens[i + 1] === right) count++
    for (let i = 0; i < tokens.length; i++) {
      const isPair = tokens[i] === left && tokens[i + 1] === right
      next.push(isPair ? id : tokens[i]!)
      if (isPair) i++
    }
    tokens = next
    return count
  })
  return { tokens, counts }
}

/** The numbers that a description of a text says. */
function numbersIn(description: string, count: number): number[] {
  const numbers = [...description.matchAll(/\d+/g)].map(Number)
  if (numbers.length !== count) throw new Error(`"${description}" says no such part of the text`)
  return numbers
}

/** Two texts as a check: they are the same or they are not. */
function sameText(what: string, actual: string, expected: string): Check {
  const isSame = actual === expected
  return {
    what,
    difference: isSame ? 0 : Infinity,
    note: isSame ? '' : `${JSON.stringify(actual)} instead of ${JSON.stringify(expected)}`,
  }
}
