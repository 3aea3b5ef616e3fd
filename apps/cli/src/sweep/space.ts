import { refuseUsage } from '../errors.js'
import { flagOf } from '../flags/specs.js'

/** The values that a sweep gives to options of `train`, by their names without dashes: `{ lr: '0.003', cell: 'gru' }`. */
export type Values = Readonly<Record<string, string>>

/** One option that a sweep varies. */
export type Dimension = Choice | Range

/** One of a few values. */
interface Choice {
  readonly kind: 'choice'
  readonly name: string
  readonly choices: readonly string[]
}

/** A number between two others. */
interface Range {
  readonly kind: 'range'
  readonly name: string
  readonly low: number
  readonly high: number
  readonly integer: boolean
  /** equal factors, and not equal differences, are equally likely */
  readonly log: boolean
}

/** Ranges whose ends differ by so large a factor are logarithmic unless said otherwise. */
const wideFactor = 100

/** Points that a grid takes from a range. */
const gridPoints = 5

/**
 * Reads `--vary` texts: `cell=lstm,gru`, `hidden=32..256`, `lr=1e-4..1e-1`, `clip=1..10:linear`.
 *
 * @throws one sentence that names the text and what it should look like
 */
export function parseSpace(texts: readonly string[]): Dimension[] {
  const dimensions = texts.map(parseDimension)
  const names = dimensions.map(({ name }) => name)
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  if (twice !== undefined) refuseUsage(`--vary names ${twice} twice; name each option once.`)
  return dimensions
}

function parseDimension(text: string): Dimension {
  const [, name, values] = /^(?:--)?([a-z][\w-]*)=(.+)$/i.exec(text) ?? []
  if (name === undefined || values === undefined) {
    return refuseUsage(`--vary is "${text}"; it must be like lr=1e-4..1e-1, hidden=32..256 or cell=lstm,gru.`)
  }
  const range = /^([^.].*?)\.\.(.+?)(?::(log|linear))?$/.exec(values)
  if (range !== null) return parseRange(text, name, range)
  const choices = values.split(',').map((choice) => choice.trim())
  if (choices.includes('') || new Set(choices).size < choices.length) {
    refuseUsage(`--vary is "${text}"; its values must be there, and different.`)
  }
  return { kind: 'choice', name, choices }
}

function parseRange(text: string, name: string, [, from, to, scale]: RegExpExecArray): Range {
  const [low, high] = [Number(from), Number(to)]
  if (!(Number.isFinite(low) && Number.isFinite(high) && low < high)) {
    refuseUsage(`--vary is "${text}"; a range goes from a number to a larger one, as in ${name}=1..10.`)
  }
  if (scale === 'log' && low <= 0) {
    refuseUsage(`--vary is "${text}"; a logarithmic range begins above 0.`)
  }
  const integer = [from, to].every((end) => /^-?\d+$/.test(end!))
  const log = scale === undefined ? low > 0 && high / low >= wideFactor : scale === 'log'
  return { kind: 'range', name, low, high, integer, log }
}

/** The value at a place between 0 and 1, as it is written in a command: with four digits, or one of the choices. */
export function valueAt(dimension: Dimension, place: number): string {
  if (dimension.kind === 'choice') {
    const { choices } = dimension
    return choices[Math.min(Math.floor(place * choices.length), choices.length - 1)]!
  }
  const { low, high, integer, log } = dimension
  const [from, to] = endsOf(dimension)
  const mixed = mix(from, to, place)
  const value = log ? Math.exp(mixed) : mixed
  const written = integer ? Math.round(value) : Number(value.toPrecision(4))
  return String(Math.min(high, Math.max(low, written)))
}

/** Where a range begins and ends, on its scale. A whole number at its end has as much room as any other. */
function endsOf({ low, high, integer, log }: Range): [number, number] {
  const room = integer ? 0.5 : 0
  const ends = [low - room, high + room] as const
  return log ? [Math.log(ends[0]), Math.log(ends[1])] : [...ends]
}

/** The place of a value: what `valueAt` makes that value of. */
export function placeOf(dimension: Dimension, value: string): number {
  if (dimension.kind === 'choice') {
    const { choices } = dimension
    return (choices.indexOf(value) + 0.5) / choices.length
  }
  const [from, to] = endsOf(dimension)
  const at = dimension.log ? Math.log(Number(value)) : Number(value)
  return (at - from) / (to - from)
}

/** The values of all dimensions at these places. */
export function valuesAt(space: readonly Dimension[], places: readonly number[]): Values {
  return Object.fromEntries(space.map((dimension, i) => [dimension.name, valueAt(dimension, places[i]!)]))
}

/** Every value of a dimension that a grid tries. */
export function gridValues(dimension: Dimension): string[] {
  if (dimension.kind === 'choice') return [...dimension.choices]
  const count = dimension.integer ? Math.min(gridPoints, dimension.high - dimension.low + 1) : gridPoints
  const { low, high, integer, log } = dimension
  return Array.from({ length: count }, (_, i) => {
    const part = i / (count - 1)
    const value = log ? Math.exp(mix(Math.log(low), Math.log(high), part)) : mix(low, high, part)
    return String(integer ? Math.round(value) : Number(value.toPrecision(4)))
  })
}

/** The options of a command line: `--lr 0.003 --cell gru`. */
export function flagsOf(values: Values): string[] {
  return Object.entries(values).flatMap(([name, value]) => [flagOf(name), value])
}

/** What a dimension covers, for people: `lr from 0.0001 to 0.1 (logarithmic)`. */
export function describe(dimension: Dimension): string {
  if (dimension.kind === 'choice') return `${dimension.name} of ${dimension.choices.join(', ')}`
  const { name, low, high, log } = dimension
  return `${name} from ${low} to ${high}${log ? ' (logarithmic)' : ''}`
}

function mix(from: number, to: number, part: number): number {
  return from + (to - from) * part
}
