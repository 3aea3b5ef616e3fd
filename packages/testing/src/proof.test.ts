import { wasm } from '@tapeloop/backend-wasm'
import { reference, type Backend } from '@tapeloop/core'
import { rnn, type Cell } from '@tapeloop/layers'
import { expect, test } from 'vitest'
import { cellClaims, goldenClaim, opClaims, prove, type Claim } from './proof.js'

const few = { runs: 2 }
const plain = rnn as unknown as Cell

test('an op and a cell are proved on every backend, and each result says of what it is', async () => {
  const cpu = await wasm()
  const claims = [
    ...opClaims('tanh', { ...few, backends: [cpu] }),
    ...cellClaims(plain, { ...few, backends: [cpu] }),
  ]
  const proofs = [...prove(claims)]
  expect(proofs.filter(({ passed }) => !passed)).toEqual([])
  expect(proofs.map(({ title }) => title)).toEqual(claims.map(({ title }) => title))
  const seen = new Set(proofs.map(({ of, name, backend, kind }) => `${of} ${name} on ${backend}: ${kind}`))
  expect([...seen]).toEqual([
    'op tanh on reference: invariant',
    `op tanh on ${cpu.name}: agreement`,
    'cell rnn on reference: invariant',
    'cell rnn on reference: task',
    `cell rnn on ${cpu.name}: agreement`,
    `cell rnn on ${cpu.name}: task`,
  ])
  expect(proofs.every(({ milliseconds }) => milliseconds > 0)).toBe(true)
})

test('results come one by one, and nothing is computed before it is asked for', () => {
  const done: string[] = []
  const claim = (title: string): Claim => {
    return {
      of: 'op',
      name: 'tanh',
      backend: 'reference',
      kind: 'invariant',
      title,
      check: () => void done.push(title),
    }
  }
  const proofs = prove([claim('first'), claim('second')])
  expect(done).toEqual([])
  expect(proofs.next().value).toMatchObject({ title: 'first', passed: true, said: '' })
  expect(done).toEqual(['first'])
})

test('what does not hold comes with its sentence, and what follows is proved all the same', () => {
  const wrong: Backend = {
    name: 'wrong',
    compile(graph, donated) {
      const { run } = reference.compile(graph, donated)
      return {
        run: (inputs) => run(inputs).map((value) => Float64Array.from(value as Float64Array, (x) => x + 1)),
      }
    },
  }
  const proofs = [
    ...prove([...cellClaims(plain, { ...few, backends: [wrong] }), goldenClaim(plain, undefined)]),
  ]
  const failed = proofs.filter(({ passed }) => !passed)
  expect(failed.map(({ backend, kind, title }) => [backend, kind, title])).toEqual([
    ['wrong', 'agreement', 'trains as it does on the reference'],
    ['wrong', 'task', 'learns to copy three symbols'],
    ['reference', 'golden', 'no cases'],
  ])
  expect(failed.map(({ said }) => said)).toEqual([
    expect.stringMatching(/^rnn on wrong: element 0 of result 0 is/),
    expect.stringMatching(/^rnn: it has \S+ nats after 500 updates/),
    expect.stringMatching(/^rnn: there is no packages\/layers\/golden\/rnn.json/),
  ])
})
