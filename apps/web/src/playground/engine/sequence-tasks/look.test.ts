import { expect, test } from 'vitest'
import { parseLook, printLook } from './look.js'

test('a look is given back by its address, beside the setup', () => {
  const look = { plane: 'probe', entry: 'c', string: 3, time: 7 } as const
  const address = printLook('task=parity', look)
  expect(address).toBe('task=parity&plane=probe&entry=c&string=3&time=7')
  expect(parseLook(address)).toEqual(look)
})

test.each(['plane=nonsense', 'string=-1', 'time=1.5', 'string=many'])('%s is as usual', (address) => {
  expect(printLook('', parseLook(address))).toBe('')
})
