import { expect, test } from 'vitest'
import { custom } from './benchmarks/custom.js'
import { step } from './benchmarks/step.js'
import { casesOf } from './cases.js'
import type { Case, WorkloadName } from './protocol.js'
import { findPytorch, pytorchCommand } from './pytorch.js'
import { startSubject } from './subject.js'

const pytorch = findPytorch()
const small = { hidden: [6], batch: [3], time: [5] }
const cases = [
  ...casesOf(step, small),
  ...casesOf(custom, small).flatMap((of) => custom.opponents(of).map((opponent) => opponent.case)),
].filter((of) => of['threads'] === 1)

test('PyTorch trains every case, samples and multiplies', { timeout: 120_000 }, async (context) => {
  if (pytorch === null) return context.skip('python3-torch is not installed')
  const subject = startSubject(pytorchCommand(pytorch, 1))
  const open = (workload: WorkloadName, of: Case) =>
    subject.ask({ do: 'open', workload, case: of, level: 'portable' })
  try {
    for (const of of cases) {
      const opened = await open('step', of)
      if (!('opened' in opened)) throw new Error(`${JSON.stringify(of)}: ${JSON.stringify(opened)}`)
      const measured = await subject.ask({ do: 'measure', seconds: 0, least: 5 })
      if (!('samples' in measured)) throw new Error(`${JSON.stringify(of)}: ${JSON.stringify(measured)}`)
      expect(measured.samples).toHaveLength(5)
      expect(measured.result).toBeLessThan(opened.opened.result)
    }
    for (const product of ['recurrent', 'input', 'input-gradient', 'weight-gradient', 'vector']) {
      expect(await open('product', { product, hidden: 4, batch: 2, time: 3 })).toHaveProperty('opened')
    }
    expect(await open('sample', cases[0]!)).toHaveProperty('opened')
    expect(await open('step', { ...cases[0], cell: 'residual-lstm' })).toEqual({
      cannot: 'torch.nn has no residual-lstm',
    })
  } finally {
    await subject.close()
  }
})

test('the account names the BLAS that was taken', (context) => {
  if (pytorch === null) return context.skip('python3-torch is not installed')
  expect(pytorch.account).toMatch(/^PyTorch \S+ on .+ \(.+\) \d+ GFLOP\/s/)
})
