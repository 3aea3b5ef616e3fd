import { TapeloopError } from '@tapeloop/core'
import type { SpecialIds } from '../special.js'
import type { AddedToken } from '../subwords/added.js'
import type { NormalizeStep } from '../subwords/normalize.js'
import type { SplitName } from '../subwords/splits.js'
import type { Surroundings } from '../subwords/subwords.js'
import { patternOfSplit } from './patterns.js'

/** The character that files have for a space in tokens of text. */
export const spaceMark = '\u2581'

/** How the special tokens are written where the model has no token for them. */
const names = { unknown: '<unk>', start: '<s>', end: '</s>' } as const

/** What the model of a file sees: bytes, printed; texts, with the mark for spaces; words. */
type Units = 'bytes' | 'text' | 'words'

type Part = Readonly<Record<string, unknown>>

/** Everything of a file but the model, whose tokens are `tokens`. */
export function writeAround(around: Surroundings, tokens: readonly (string | null)[], units: Units): Part {
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: writeAdded(around, tokens),
    normalizer: inSequence('normalizers', around.normalize.map(writeNormalizer)),
    pre_tokenizer: inSequence('pretokenizers', writePreTokenizers(around, units)),
    post_processor: writeTemplate(around, tokens),
    decoder: writeDecoder(around, units),
  }
}

/** The text of an id: the model's, an added token's, or the name of a special one. */
export function textOfId(
  id: number,
  tokens: readonly (string | null)[],
  { added, special }: Surroundings,
): string {
  const own = tokens[id] ?? added.find((token) => token.id === id)?.text
  const name = (Object.keys(names) as (keyof SpecialIds)[]).find((one) => special[one] === id)
  return own ?? (name === undefined ? `<${id}>` : names[name])
}

function writeAdded(around: Surroundings, tokens: readonly (string | null)[]): Part[] {
  const { added, special } = around
  const control = Object.values(special).flatMap((id): AddedToken[] => {
    const isKnown = typeof tokens[id] === 'string' || added.some((token) => token.id === id)
    return isKnown ? [] : [{ text: textOfId(id, tokens, around), id, isControl: true }]
  })
  return [...added, ...control]
    .toSorted((a, b) => a.id - b.id)
    .map(({ id, text, stripsBefore = false, stripsAfter = false, isControl = false }) => ({
      id,
      content: text,
      single_word: false,
      lstrip: stripsBefore,
      rstrip: stripsAfter,
      normalized: false,
      special: isControl,
    }))
}

function writeNormalizer(step: NormalizeStep): Part {
  switch (step.name) {
    case 'lower-case':
      return { type: 'Lowercase' }
    case 'strip-accents':
      return { type: 'StripAccents' }
    case 'strip':
      return { type: 'Strip', strip_left: step.left, strip_right: step.right }
    case 'replace':
      return { type: 'Replace', pattern: { String: step.from }, content: step.to }
    case 'prepend':
      return { type: 'Prepend', prepend: step.text }
    default:
      return { type: step.name }
  }
}

function writePreTokenizers({ split: all, prefixSpace }: Surroundings, units: Units): Part[] {
  const split = all.filter((name) => name !== 'none')
  if (units === 'words') return split.map(writeSplit)
  if (units === 'bytes') {
    if (prefixSpace === 'first') {
      throw new TapeloopError(
        'toHuggingFace: a model of bytes has a space before every part of a text or before none, not before the first.',
      )
    }
    const isGpt2 = split.join() === 'gpt2'
    const byteLevel = {
      type: 'ByteLevel',
      add_prefix_space: prefixSpace === 'always',
      trim_offsets: true,
      use_regex: isGpt2,
    }
    return isGpt2 ? [byteLevel] : [...split.map(writeSplit), byteLevel]
  }
  const metaspace = (scheme: Surroundings['prefixSpace'], splits: boolean): Part => ({
    type: 'Metaspace',
    replacement: spaceMark,
    prepend_scheme: scheme,
    split: splits,
  })
  if (split.join() === 'spaces') return [metaspace(prefixSpace, true)]
  if (split.join() === 'spaced-words') return [{ type: 'WhitespaceSplit' }, metaspace('always', true)]
  if (prefixSpace === 'never' || split.length === 0) {
    return [...split.map(writeSplit), metaspace(prefixSpace, false)]
  }
  throw new TapeloopError(
    `toHuggingFace: the split ${split.join(', ')} after a space before the text cannot be written.`,
  )
}

function writeSplit(name: SplitName): Part {
  const pattern = patternOfSplit[name]
  if (pattern !== undefined) return splitPart({ Regex: pattern }, 'Isolated')
  switch (name) {
    case 'spaces':
      return splitPart({ String: ' ' }, 'MergedWithNext')
    case 'digits':
    case 'numbers':
      return { type: 'Digits', individual_digits: name === 'digits' }
    case 'whitespace':
      return { type: 'Whitespace' }
    case 'whitespace-only':
      return { type: 'WhitespaceSplit' }
    case 'bert':
      return { type: 'BertPreTokenizer' }
    default:
      throw new TapeloopError(`toHuggingFace: the split "${name}" cannot be written.`)
  }
}

const splitPart = (pattern: Part, behavior: string): Part => ({
  type: 'Split',
  pattern,
  behavior,
  invert: false,
})

function writeDecoder({ joining: { between, dropsFirstSpace } }: Surroundings, units: Units): Part | null {
  if (between === ' ') return null
  if (units === 'bytes') {
    return { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true }
  }
  const text = [
    { type: 'Replace', pattern: { String: spaceMark }, content: ' ' },
    { type: 'ByteFallback' },
    { type: 'Fuse' },
  ]
  const strip = dropsFirstSpace ? [{ type: 'Strip', content: ' ', start: 1, stop: 0 }] : []
  return inSequence('decoders', units === 'words' ? [{ type: 'Fuse' }] : [...text, ...strip])
}

/** What the file puts around a text: the tokens for its start and end. */
function writeTemplate(around: Surroundings, tokens: readonly (string | null)[]): Part | null {
  const { start, end } = around.special
  if (start === undefined && end === undefined) return null
  const text = (id: number): string => textOfId(id, tokens, around)
  const item = (id: number | undefined, type: number): Part[] =>
    id === undefined ? [] : [{ SpecialToken: { id: text(id), type_id: type } }]
  const sequence = (id: string, type: number): Part[] => [
    ...item(start, type),
    { Sequence: { id, type_id: type } },
    ...item(end, type),
  ]
  const ids = [start, end].filter((id) => id !== undefined)
  return {
    type: 'TemplateProcessing',
    single: sequence('A', 0),
    pair: [...sequence('A', 0), ...sequence('B', 1)],
    special_tokens: Object.fromEntries(
      ids.map((id) => [text(id), { id: text(id), ids: [id], tokens: [text(id)] }]),
    ),
  }
}

/** Parts as files have them: nothing, one, or a sequence of them. */
function inSequence(key: string, parts: readonly Part[]): Part | null {
  return parts.length > 1 ? { type: 'Sequence', [key]: parts } : (parts[0] ?? null)
}
