import fc from 'fast-check'
import { expect, test } from 'vitest'
import { clean, parseCleaningSteps, type CleaningStep } from './cleaning.js'

test.each<[CleaningStep, string, string, number]>([
  [{ name: 'line-ends' }, 'a\r\nb\rc\n', 'a\nb\nc\n', 2],
  [{ name: 'normal-form', form: 'NFC' }, 'e\u0301\nx\ne\u0301e\u0301', 'é\nx\néé', 2],
  [{ name: 'normal-form', form: 'NFD' }, 'é', 'e\u0301', 1],
  [{ name: 'normal-form', form: 'NFKC' }, 'ﬁ', 'fi', 1],
  [{ name: 'control-characters' }, 'a\u0000\tb\u0007\r\n\u009f\u200d', 'a\tb\r\n\u200d', 3],
  [{ name: 'trailing-space' }, 'a \t\n b  \r\nc ', 'a\n b\r\nc', 3],
])('%j', (step, text, expected, changed) => {
  const result = clean(text, [step])
  expect(result.text).toBe(expected)
  expect(result.changes).toEqual([{ step: step.name, changed, unit: expect.any(String) }])
})

const step = fc.constantFrom<CleaningStep>(
  { name: 'line-ends' },
  { name: 'normal-form', form: 'NFKD' },
  { name: 'control-characters' },
  { name: 'trailing-space' },
)
const text = fc.string({ unit: fc.constantFrom('a', ' ', '\t', '\r', '\n', '\0', 'é', 'e\u0301', '\ud800') })

test('a step done again changes nothing, and reports a change exactly when there is one', () => {
  fc.assert(
    fc.property(text, step, (before, one) => {
      const once = clean(before, [one])
      expect(once.changes[0]!.changed > 0).toBe(once.text !== before)
      expect(clean(once.text, [one])).toEqual({
        text: once.text,
        changes: [{ ...once.changes[0]!, changed: 0 }],
      })
    }),
  )
})

test('steps are applied and reported in the order given', () => {
  fc.assert(
    fc.property(text, fc.array(step, { maxLength: 4 }), (before, steps) => {
      let after = before
      for (const one of steps) after = clean(after, [one]).text
      const result = clean(before, steps)
      expect(result.text).toBe(after)
      expect(result.changes.map((change) => change.step)).toEqual(steps.map((one) => one.name))
    }),
  )
})

test('a long run of spaces is cleaned in linear time', () => {
  const spaces = ' '.repeat(200_000)
  expect(clean(`${spaces}x`, [{ name: 'trailing-space' }]).text).toBe(`${spaces}x`)
})

test('recorded steps come back', () => {
  const steps: CleaningStep[] = [{ name: 'line-ends' }, { name: 'normal-form', form: 'NFC' }]
  expect(parseCleaningSteps(JSON.parse(JSON.stringify(steps)))).toEqual(steps)
})

test.each([
  [{}, 'Cleaning steps must be a list, but they are {}.'],
  [
    [{ name: 'polish' }],
    'Unknown cleaning step "polish"; there are line-ends, normal-form, control-characters, trailing-space.',
  ],
  [[3], 'Unknown cleaning step 3; there are'],
  [[{ name: 'toString' }], 'Unknown cleaning step "toString"; there are'],
  [
    [{ name: 'normal-form', form: 'NFX' }],
    'Cleaning step normal-form: form must be one of NFC, NFD, NFKC, NFKD, but it is "NFX".',
  ],
])('%j is refused', (value, message) => {
  expect(() => parseCleaningSteps(value)).toThrow(message)
})
