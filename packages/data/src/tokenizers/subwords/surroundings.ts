import { isRecord } from '../../check.js'
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
import type { AddedToken } from './added.js'
import type { NormalizeStep } from './normalize.js'
import { namedSplits, type SplitName } from './splits.js'
import type { Surroundings } from './subwords.js'

/** Reads what is around a model; the inverse of writing it as JSON. */
export function parseSurroundings(fields: Fields): Surroundings {
  const special: SpecialIds = {}
  for (const [name, id] of Object.entries(recordAt(fields, 'special'))) {
    const known = (['unknown', 'start', 'end'] as const).find((one) => one === name)
    if (known === undefined) refuseField('special', 'a record of unknown, start and end', name)
    special[known] = checkId(`special.${name}`, id)
  }
  const joining = recordAt(fields, 'joining')
  return {
    normalize: listAt(fields, 'normalize').map(parseNormalizeStep),
    prefixSpace: choiceAt(fields, 'prefixSpace', ['never', 'first', 'always']),
    split: listAt(fields, 'split').map(parseSplitName),
    added: listAt(fields, 'added').map(parseAdded),
    special,
    joining: {
      between: textAt(joining, 'between'),
      dropsFirstSpace: flagAt(joining, 'dropsFirstSpace'),
    },
  }
}

function parseSplitName(value: unknown): SplitName {
  const isName = typeof value === 'string' && Object.hasOwn(namedSplits, value)
  const names = Object.keys(namedSplits).join(', ')
  return isName ? (value as SplitName) : refuseField('split', `a list of ${names}`, value)
}

function parseNormalizeStep(value: unknown): NormalizeStep {
  const fields = isRecord(value) ? value : refuseField('normalize', 'a list of steps', value)
  const name = choiceAt(fields, 'name', stepNames)
  switch (name) {
    case 'strip':
      return { name, left: flagAt(fields, 'left'), right: flagAt(fields, 'right') }
    case 'replace':
      return { name, from: checkToken('replace: from', fields['from']), to: textAt(fields, 'to') }
    case 'prepend':
      return { name, text: textAt(fields, 'text') }
    default:
      return { name }
  }
}

const stepNames = [
  'NFC',
  'NFD',
  'NFKC',
  'NFKD',
  'lower-case',
  'strip-accents',
  'strip',
  'replace',
  'prepend',
] as const

function parseAdded(value: unknown, i: number): AddedToken {
  const fields = isRecord(value) ? value : refuseField(`added token ${i}`, 'a record', value)
  return {
    text: checkToken(`text of added token ${i}`, fields['text']),
    id: checkId(`id of added token ${i}`, fields['id']),
    ...(flagAt(fields, 'stripsBefore') && { stripsBefore: true }),
    ...(flagAt(fields, 'stripsAfter') && { stripsAfter: true }),
    ...(flagAt(fields, 'isControl') && { isControl: true }),
  }
}
