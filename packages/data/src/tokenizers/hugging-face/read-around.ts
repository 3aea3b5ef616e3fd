import { TapeloopError } from '@tapeloop/core'
import { isRecord } from '../../check.js'
import type { Joining } from '../decoding.js'
import {
  checkId,
  checkToken,
  choiceAt,
  flagAt,
  listAt,
  recordAt,
  refuseField,
  textAt,
  type Fields,
} from '../fields.js'
import type { SpecialIds } from '../special.js'
import type { AddedToken } from '../subwords/added.js'
import type { NormalizeStep } from '../subwords/normalize.js'
import type { SplitName } from '../subwords/splits.js'
import type { Surroundings } from '../subwords/subwords.js'
import { partsAt, patternAt, refusePart, type Part } from './parts.js'
import { splitOfPattern } from './patterns.js'

/** What a file says around its model. */
export interface ReadSurroundings extends Surroundings {
  /** Its model sees bytes, printed. */
  readonly isByteLevel: boolean
  /** The character that its tokens have for a space; null where they have the space itself. */
  readonly spaceMark: string | null
}

/** Reads everything but the model. Tokens with a mark for the space are read as having the space. */
export function readAround(file: Fields): ReadSurroundings {
  const normalizers = partsAt(file, 'normalizer', 'normalizers')
  const preTokenizers = partsAt(file, 'pre_tokenizer', 'pretokenizers')
  const spaceMark = findSpaceMark(normalizers, preTokenizers)
  const normalize = normalizers.map((part) => readNormalizer(part, spaceMark))
  // the text's own marks become spaces, too: the model cannot tell them apart
  if (spaceMark !== null && !normalize.some((step) => step.name === 'replace' && step.from === spaceMark)) {
    normalize.push({ name: 'replace', from: spaceMark, to: ' ' })
  }
  const added = listAt(file, 'added_tokens').map(readAdded)
  checkAddedOnce(added)
  return {
    normalize,
    prefixSpace: readPrefixSpace(preTokenizers),
    split: readSplits(preTokenizers),
    added,
    special: readEnds(partsAt(file, 'post_processor', 'processors')),
    joining: readJoining(partsAt(file, 'decoder', 'decoders'), spaceMark),
    isByteLevel: preTokenizers.some(({ type }) => type === 'ByteLevel'),
    spaceMark,
  }
}

function findSpaceMark(normalizers: readonly Part[], preTokenizers: readonly Part[]): string | null {
  for (const { type, fields } of normalizers) {
    const mark = fields['content']
    const isSpace = type === 'Replace' && patternAt('the normalizer Replace', fields).text === ' '
    if (isSpace && typeof mark === 'string' && mark.length === 1 && mark !== ' ') return mark
  }
  const metaspace = preTokenizers.find(({ type }) => type === 'Metaspace')
  if (metaspace === undefined) return null
  const mark = metaspace.fields['replacement'] ?? '\u2581'
  return typeof mark === 'string' && mark.length === 1
    ? mark
    : refuseField('replacement of Metaspace', 'one character', mark)
}

function readNormalizer({ type, fields }: Part, spaceMark: string | null): NormalizeStep {
  switch (type) {
    case 'NFC':
    case 'NFD':
    case 'NFKC':
    case 'NFKD':
      return { name: type }
    case 'Lowercase':
      return { name: 'lower-case' }
    case 'StripAccents':
      return { name: 'strip-accents' }
    case 'Strip':
      return { name: 'strip', left: flagAt(fields, 'strip_left'), right: flagAt(fields, 'strip_right') }
    case 'Prepend': {
      const text = textAt(fields, 'prepend')
      return { name: 'prepend', text: spaceMark === null ? text : text.replaceAll(spaceMark, ' ') }
    }
    case 'Replace': {
      const { text } = patternAt('the normalizer Replace', fields)
      if (text === undefined)
        return refusePart('the normalizer', 'Replace with a Regex', 'Replace with a String')
      const to = textAt(fields, 'content')
      return text === ' ' && to === spaceMark
        ? { name: 'replace', from: to, to: ' ' }
        : { name: 'replace', from: checkToken('pattern of Replace', text), to }
    }
    default:
      return refusePart(
        'the normalizer',
        type,
        'NFC, NFD, NFKC, NFKD, Lowercase, StripAccents, Strip, Prepend, Replace and Sequence',
      )
  }
}

function readSplits(parts: readonly Part[]): SplitName[] {
  return parts.flatMap(({ type, fields }, i): SplitName[] => {
    switch (type) {
      case 'ByteLevel':
        return fields['use_regex'] === false ? [] : ['gpt2']
      case 'Metaspace':
        if (fields['split'] === false) return []
        return i > 0 && parts[i - 1]!.type === 'WhitespaceSplit' ? ['spaced-words'] : ['spaces']
      case 'Split':
        return [readSplit(fields)]
      case 'Whitespace':
        return ['whitespace']
      case 'WhitespaceSplit':
        // together with Metaspace it is one split
        return parts[i + 1]?.type === 'Metaspace' ? [] : ['whitespace-only']
      case 'BertPreTokenizer':
        return ['bert']
      case 'Digits':
        return [flagAt(fields, 'individual_digits') ? 'digits' : 'numbers']
      default:
        return refusePart(
          'the pre-tokenizer',
          type,
          'ByteLevel, Metaspace, Split, Whitespace, WhitespaceSplit, BertPreTokenizer, Digits and Sequence',
        )
    }
  })
}

function readSplit(fields: Fields): SplitName {
  const { text, regex } = patternAt('the pre-tokenizer Split', fields)
  const behavior = textAt(fields, 'behavior')
  const isInverted = flagAt(fields, 'invert')
  if (text === ' ' && behavior === 'MergedWithNext' && !isInverted) return 'spaces'
  const name = regex === undefined ? undefined : splitOfPattern(regex)
  const keepsAll = (behavior === 'Isolated' && !isInverted) || (behavior === 'Removed' && isInverted)
  if (name !== undefined && keepsAll) return name
  return refusePart(
    'the pre-tokenizer Split with the pattern',
    regex ?? text ?? '',
    'the patterns of GPT-2, cl100k, o200k, Llama 3 and Qwen 2, and runs no other, for it might never end',
  )
}

function readPrefixSpace(parts: readonly Part[]): Surroundings['prefixSpace'] {
  const schemes = parts.map(({ type, fields }): Surroundings['prefixSpace'] => {
    if (type === 'ByteLevel') return flagAt(fields, 'add_prefix_space') ? 'always' : 'never'
    if (type !== 'Metaspace') return 'never'
    if (fields['prepend_scheme'] !== undefined) {
      return choiceAt(fields, 'prepend_scheme', ['always', 'first', 'never'])
    }
    return fields['add_prefix_space'] === false ? 'never' : 'always'
  })
  const at = schemes.findIndex((scheme) => scheme !== 'never')
  if (at <= 0) return schemes[0] ?? 'never'
  // each word has its space then
  if (at === 1 && parts[0]!.type === 'WhitespaceSplit' && parts[1]!.type === 'Metaspace') return 'never'
  throw new TapeloopError(
    `tokenizer.json: ${parts[at]!.type} puts a space before every piece that ${parts[at - 1]!.type} makes, which cannot be ` +
      `read; only the first of a sequence may do so.`,
  )
}

function readJoining(parts: readonly Part[], spaceMark: string | null): Joining {
  const first = parts[0]
  if (first === undefined) return { between: ' ', dropsFirstSpace: false }
  let dropsFirstSpace = false
  for (const { type, fields } of parts) {
    switch (type) {
      case 'ByteLevel':
      case 'ByteFallback':
      case 'Fuse':
        break
      case 'Metaspace':
        dropsFirstSpace = fields['prepend_scheme'] !== 'never' && fields['add_prefix_space'] !== false
        break
      case 'Strip':
        if (fields['content'] !== ' ' || fields['start'] !== 1 || fields['stop'] !== 0) {
          refusePart('the decoder', 'Strip', 'a Strip of one space at the start')
        }
        dropsFirstSpace = true
        break
      case 'Replace':
        if (patternAt('the decoder Replace', fields).text !== spaceMark || fields['content'] !== ' ') {
          refusePart('the decoder', 'Replace', 'a Replace of the mark for spaces by a space')
        }
        break
      default:
        refusePart(
          'the decoder',
          type,
          'ByteLevel, Metaspace, ByteFallback, Fuse, Strip, Replace and Sequence',
        )
    }
  }
  return { between: '', dropsFirstSpace }
}

/** The tokens that the file puts before and after a text. */
function readEnds(parts: readonly Part[]): SpecialIds {
  const special: SpecialIds = {}
  for (const { type, fields } of parts) {
    if (type === 'TemplateProcessing') Object.assign(special, readTemplate(fields))
    else if (type === 'BertProcessing' || type === 'RobertaProcessing') {
      special.start = checkId(`cls of ${type}`, listAt(fields, 'cls')[1])
      special.end = checkId(`sep of ${type}`, listAt(fields, 'sep')[1])
    } else if (type !== 'ByteLevel') {
      refusePart(
        'the post-processor',
        type,
        'TemplateProcessing, BertProcessing, RobertaProcessing, ByteLevel and Sequence',
      )
    }
  }
  return special
}

function readTemplate(fields: Fields): SpecialIds {
  const special: SpecialIds = {}
  const tokens = recordAt(fields, 'special_tokens')
  let isBefore = true
  for (const item of listAt(fields, 'single')) {
    const token = isRecord(item) ? item['SpecialToken'] : undefined
    if (!isRecord(token)) {
      isBefore = false
      continue
    }
    const id = checkId('SpecialToken', listAt(recordAt(tokens, textAt(token, 'id')), 'ids')[0])
    // the ones next to the text
    if (isBefore) special.start = id
    else special.end ??= id
  }
  return special
}

function readAdded(value: unknown, i: number): AddedToken {
  const fields = isRecord(value) ? value : refuseField(`added token ${i}`, 'a record', value)
  if (flagAt(fields, 'single_word')) {
    refusePart('the added token', String(fields['content']), 'those that need not be single words')
  }
  return {
    text: checkToken(`content of added token ${i}`, fields['content']),
    id: checkId(`id of added token ${i}`, fields['id']),
    ...(flagAt(fields, 'lstrip') && { stripsBefore: true }),
    ...(flagAt(fields, 'rstrip') && { stripsAfter: true }),
    ...(flagAt(fields, 'special') && { isControl: true }),
  }
}

function checkAddedOnce(added: readonly AddedToken[]): void {
  const seen = new Set<number>()
  for (const { id } of added) {
    if (seen.has(id)) throw new TapeloopError(`tokenizer.json: two added tokens have id ${id}.`)
    seen.add(id)
  }
}
