import { expect, test } from 'vitest'
import { pretender } from '../fixtures/pretender.js'
import type { Case, Request } from './protocol.js'
import { startSubject } from './subject.js'

const open = (of: Case): Request => ({ do: 'open', workload: 'step', case: of, level: 'portable' })

test('a process answers one request after the other; what is no answer is left out', async () => {
  const subject = startSubject(pretender('someone', 2))
  expect(await subject.ask(open({}))).toEqual({ opened: { program: 'someone 1.0', first: 20, result: 4 } })
  expect(await subject.ask({ do: 'measure', seconds: 0, least: 1 })).toEqual({ samples: [2], result: 3 })
  await subject.close()
  await expect(subject.ask({ do: 'memory' })).rejects.toThrow('it ended with code 0')
})

test('a process that ends says why', async () => {
  const subject = startSubject(pretender('someone', 2))
  await expect(subject.ask(open({ crash: 1 }))).rejects.toThrow(/something broke|Node\.js/)
  await subject.close()
})

test('a program that is not there is an error, not an end', async () => {
  const subject = startSubject({ file: 'no-such-program', args: [] })
  await expect(subject.ask({ do: 'memory' })).rejects.toThrow(/ENOENT/)
  await subject.close()
})
