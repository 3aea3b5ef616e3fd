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
  [
    { name: 'html-entities' },
    'a &lt; b &amp;amp; &#233;&#xE9; &nope; ?x=1&copy=2',
    'a < b &amp; éé &nope; ?x=1&copy=2',
    4,
  ],
  [{ name: 'duplicates', of: 'lines' }, 'a\n\nb\r\na\n\nb', 'a\n\nb\r\n\n', 2],
  [{ name: 'duplicates', of: 'paragraphs' }, 'a\nb\n\nb\n\n\na\nb\n', 'a\nb\n\nb\n\n\n', 1],
  [{ name: 'length', of: 'lines', minimum: 2, maximum: 3 }, 'a\nab\n\n👍👍👍\nabcd', 'ab\n\n👍👍👍\n', 2],
  [{ name: 'length', of: 'paragraphs', minimum: 3 }, '\n\na\nb\n\nc\n', '\n\na\nb\n\n', 1],
  [
    { name: 'scripts', of: 'lines', scripts: ['Latin'] },
    'hello\n你好 a\n12:30\nпривет\nok 好',
    'hello\n12:30\nok 好',
    2,
  ],
  [
    { name: 'scripts', of: 'lines', scripts: ['Han', 'Hiragana'], share: 1 },
    '漢字かな\n漢字 a\n',
    '漢字かな\n',
    1,
  ],
])('%j', (step, text, expected, changed) => {
  const result = clean(text, [step])
  expect(result.text).toBe(expected)
  expect(result.changes).toEqual([
    { step: step.name, changed, unit: expect.any(String), examples: expect.any(Array) },
  ])
})

const step = fc.constantFrom<CleaningStep>(
  { name: 'line-ends' },
  { name: 'normal-form', form: 'NFKD' },
  { name: 'control-characters' },
  { name: 'trailing-space' },
  { name: 'duplicates', of: 'lines' },
  { name: 'duplicates', of: 'paragraphs' },
  { name: 'length', of: 'lines', minimum: 2 },
  { name: 'length', of: 'paragraphs', maximum: 4 },
  { name: 'scripts', of: 'lines', scripts: ['Latin'] },
)
const text = fc.string({ unit: fc.constantFrom('a', ' ', '\t', '\r', '\n', '\0', 'é', 'e\u0301', '\ud800') })

test('a step done again changes nothing, and reports a change exactly when there is one', () => {
  fc.assert(
    fc.property(text, step, (before, one) => {
      const once = clean(before, [one])
      expect(once.changes[0]!.changed > 0).toBe(once.text !== before)
      expect(clean(once.text, [one])).toEqual({
        text: once.text,
        changes: [{ step: one.name, changed: 0, unit: once.changes[0]!.unit }],
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

test('the first places are shown, cut short', () => {
  const line = 'x'.repeat(100)
  const { changes } = clean(`a&amp;&lt;&lt;&lt;&lt;\n${line}\n${line}`, [
    { name: 'html-entities' },
    { name: 'duplicates', of: 'lines' },
  ])
  expect(changes).toEqual([
    {
      step: 'html-entities',
      changed: 5,
      unit: 'entities',
      examples: [
        { before: '&amp;', after: '&' },
        { before: '&lt;', after: '<' },
        { before: '&lt;', after: '<' },
      ],
    },
    {
      step: 'duplicates',
      changed: 1,
      unit: 'parts left out',
      examples: [{ before: `${'x'.repeat(57)}...`, after: '' }],
    },
  ])
})

test('recorded steps come back', () => {
  const steps: CleaningStep[] = [
    { name: 'line-ends' },
    { name: 'normal-form', form: 'NFC' },
    { name: 'html-entities' },
    { name: 'duplicates', of: 'lines' },
    { name: 'length', of: 'paragraphs', minimum: 3, maximum: 9 },
    { name: 'scripts', of: 'lines', scripts: ['Latin', 'Han'], share: 0.8 },
  ]
  expect(parseCleaningSteps(JSON.parse(JSON.stringify(steps)))).toEqual(steps)
})

test.each([
  [{}, 'Cleaning steps must be a list, but they are {}.'],
  [
    [{ name: 'polish' }],
    'Unknown cleaning step "polish"; there are line-ends, normal-form, control-characters, trailing-space, html-entities, ' +
      'duplicates, length, scripts.',
  ],
  [[3], 'Unknown cleaning step 3; there are'],
  [[{ name: 'toString' }], 'Unknown cleaning step "toString"; there are'],
  [
    [{ name: 'normal-form', form: 'NFX' }],
    'Cleaning step normal-form: form must be one of NFC, NFD, NFKC, NFKD, but it is "NFX".',
  ],
  [
    [{ name: 'duplicates' }],
    'Cleaning step duplicates: of must be one of lines, paragraphs, but it is undefined.',
  ],
  [
    [{ name: 'length', of: 'lines', minimum: -1 }],
    'Cleaning step length: minimum must be a whole number of at least 0, but it is -1.',
  ],
  [
    [{ name: 'scripts', of: 'lines', scripts: [] }],
    'Cleaning step scripts: scripts must be a list of names, but it is [].',
  ],
  [
    [{ name: 'scripts', of: 'lines', scripts: ['Elvish'] }],
    'Cleaning step scripts: scripts must be names of Unicode, but it is "Elvish".',
  ],
  [
    [{ name: 'scripts', of: 'lines', scripts: ['Latin'], share: 2 }],
    'Cleaning step scripts: share must be a number above 0 and at most 1, but it is 2.',
  ],
])('%j is refused', (value, message) => {
  expect(() => parseCleaningSteps(value)).toThrow(message)
})
