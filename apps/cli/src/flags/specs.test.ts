import { Command } from 'commander'
import { expect, test } from 'vitest'
import { UsageError } from '../errors.js'
import { addFlags, checkValue, flagOf, givenValues, listOf, parseValue } from './specs.js'

const specs = {
  seqLength: { type: 'number', default: 64, min: 1, integer: true, doc: 'steps' },
  rate: { type: 'number', default: 0.5, min: 0, max: 1, doc: 'how much' },
  kind: { type: 'choice', choices: ['red', 'green'], default: 'red', doc: 'the kind' },
  bias: { type: 'boolean', default: true, doc: 'add a bias' },
  extra: { type: 'boolean', default: false, doc: 'add more' },
} as const

function parsed(...args: string[]) {
  const command = new Command().exitOverride().configureOutput({ writeErr: () => undefined })
  addFlags(command, specs)
  return givenValues(specs, command.parse(args, { from: 'user' }).opts())
}

test('flags are written with dashes, lists with a word before the last', () => {
  expect(flagOf('seqLength')).toBe('--seq-length')
  expect(listOf(['a'])).toBe('a')
  expect(listOf(['a', 'b', 'c'], 'and')).toBe('a, b and c')
})

test('what is not given is absent, what is given has its type', () => {
  expect(parsed()).toEqual({})
  expect(parsed('--seq-length', '7', '--rate=2e-1', '--kind', 'green', '--no-bias', '--extra')).toEqual({
    seqLength: 7,
    rate: 0.2,
    kind: 'green',
    bias: false,
    extra: true,
  })
  expect(parsed('--bias', '--no-extra')).toEqual({ bias: true, extra: false })
})

test.each([
  ['--seq-length', '0', '--seq-length is 0; it must be a whole number from 1.'],
  ['--seq-length', '1.5', '--seq-length is 1.5; it must be a whole number from 1.'],
  ['--seq-length', 'many', '--seq-length is "many"; it must be a whole number from 1.'],
  ['--seq-length', '', '--seq-length is ""; it must be a whole number from 1.'],
  [
    '--seq-length',
    'Infinity',
    '--seq-length is Infinity; it must be a whole number from 1 up to 9007199254740991.',
  ],
  ['--seq-length', '1e99', '--seq-length is 1e+99; it must be a whole number from 1 up to 9007199254740991.'],
  ['--rate', '2', '--rate is 2; it must be a number from 0 up to 1.'],
  ['--kind', 'gren', '--kind is "gren"; it must be red or green (did you mean green?).'],
  ['--kind', 'blue', '--kind is "blue"; it must be red or green.'],
])('%s %o is refused', (flag, text, message) => {
  expect(() => parsed(flag, text)).toThrow(message)
  expect(() => parsed(flag, text)).toThrow(UsageError)
})

test('values that come from elsewhere are checked, too', () => {
  expect(checkValue('bias', specs.bias, false)).toBe(false)
  expect(() => checkValue('bias', specs.bias, 'yes')).toThrow('bias is "yes"; it must be true or false.')
  expect(() => checkValue('kind', specs.kind, undefined)).toThrow('kind is undefined')
  expect(parseValue('--rate', specs.rate, ' 1 ')).toBe(1)
})

test('the help names defaults, and of a boolean the form that changes something', () => {
  const command = new Command('x')
  addFlags(command, specs, { defaults: { rate: 'a half' }, notes: { kind: 'of some' } })
  const help = command.helpInformation()
  expect(help).toMatch(/--seq-length <n> +steps \(64\)/)
  expect(help).toMatch(/--rate <n> +how much \(a half\)/)
  expect(help).toMatch(/--kind <name> +the kind: red or green \(red; of some\)/)
  expect(help).toMatch(/--no-bias +do not add a bias/)
  expect(help).not.toMatch(/--bias/)
  expect(help).toMatch(/--extra +add more/)
})
