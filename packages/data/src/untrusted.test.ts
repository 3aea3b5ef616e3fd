import { TapeloopError } from '@tapeloop/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseLabelledSequences } from './datasets/labelled.js'
import { readIdx } from './datasets/idx.js'
import { parseRecipe } from './series/parse-recipe.js'
import { fitSeries } from './series/recipe.js'
import { fitScaler, parseScaler } from './series/scalers.js'
import { memorySource } from './sources/byte-source.js'
import { inferSchema, parseSchema } from './tables/schema.js'
import { readTable } from './tables/table.js'

const source = memorySource(
  't,y,k\n2024-01-01,1,a\n2024-01-02,3,b\n2024-01-03,2,a\n2024-01-04,NA,b\n',
  'a.csv',
)
const schema = await inferSchema(source)
const table = await readTable(source, schema)
const files: readonly [string, unknown, (value: unknown) => unknown][] = [
  ['schema', schema, parseSchema],
  ['recipe', fitSeries(table, { targets: ['y'], time: 't', calendar: ['dayOfYear'] }), parseRecipe],
  ['scaler', fitScaler('robust', Float64Array.of(1, 2, 3), 1), parseScaler],
  [
    'sequences',
    {
      train: [
        {
          label: 1,
          group: 'a',
          seq: [
            [1, 2],
            [3, 4],
          ],
        },
      ],
      test: [{ label: 0, seq: [[5, 6]] }],
    },
    (value) => parseLabelledSequences(value, 'a.json'),
  ],
]

/** A JSON value with one of the values in it replaced or left out. */
function mutated(value: unknown, path: readonly number[], replaced: unknown): unknown {
  const [step, ...rest] = path
  if (step === undefined || typeof value !== 'object' || value === null) return replaced
  const keys = Object.keys(value)
  if (keys.length === 0) return replaced
  const key = keys[step % keys.length]!
  const change = ([name, inner]: [string, unknown]): [string, unknown][] => {
    if (name !== key) return [[name, inner]]
    const other = mutated(inner, rest, replaced)
    return other === undefined ? [] : [[name, other]]
  }
  const entries = Object.entries(value).flatMap(change)
  return Array.isArray(value) ? entries.map(([, inner]) => inner) : Object.fromEntries(entries)
}

/** What is said where something is refused; null where it is read. Any other failure is passed on. */
async function refusalOf(read: () => unknown): Promise<string | null> {
  try {
    await read()
    return null
  } catch (error) {
    if (error instanceof TapeloopError) return error.message
    throw error
  }
}
const isSentence = (message: string | null) => message === null || /^[^\n]{20,400}\.$/.test(message)

test.each(files)('broken: %s', async (_, whole, parse) => {
  const replaced = fc.oneof(fc.jsonValue(), fc.constant(undefined))
  const plain = JSON.parse(JSON.stringify(whole))
  expect(parse(plain)).toBeDefined()
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(20), { maxLength: 5 }), replaced, async (path, replaced) => {
      const message = await refusalOf(() => parse(mutated(plain, path, replaced)))
      expect(message).toSatisfy(isSentence)
    }),
    { numRuns: 500 },
  )
})

test('broken: images', async () => {
  const whole = Uint8Array.of(0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6)
  const change = fc.record({ at: fc.nat(17), value: fc.nat(255), length: fc.nat(18) })
  await fc.assert(
    fc.asyncProperty(change, async ({ at, value, length }) => {
      const bytes = whole.with(at, value).subarray(0, length)
      const message = await refusalOf(async () => {
        const { shape, values } = await readIdx(memorySource(bytes, 'a.idx'))
        expect(values.length).toBe(shape.reduce((a, b) => a * b))
      })
      expect(message).toSatisfy(isSentence)
    }),
    { numRuns: 500 },
  )
})
