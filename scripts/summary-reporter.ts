import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import type { Reporter, TestCase, TestModule } from 'vitest/node'
import { chromiumPath } from './chromium.js'
import { sharedFolder } from './shared.js'

/** What a machine may lack: a test is skipped by `context.skip(reason)` with one of these in the reason. */
const excuses = [
  { reason: 'python3-torch', holds: () => spawnSync('python3', ['-c', 'import torch']).status !== 0 },
  { reason: 'CHROMIUM_PATH', holds: () => chromiumPath() === null },
  { reason: 'TAPELOOP_SHARED', holds: () => !existsSync(sharedFolder) },
]

/**
 * Ends a test run with every skip and its reason and one plain line, `N passed, N failed, N skipped`.
 * With CI set, a skip without one of the excuses above fails the run.
 */
export default class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()])
    const skipped = tests.filter((test) => test.result().state === 'skipped')
    const refused = process.env['CI'] === undefined ? [] : skipped.filter((test) => !isExcused(test))
    const passed = tests.filter((test) => test.result().state === 'passed').length
    // a file that fails outside its tests (a wrong import, a failing hook) counts as one failure
    const brokenFiles = modules.filter(
      (module) => !module.ok() && [...module.children.allTests('failed')].length === 0,
    )
    const failed =
      tests.filter((test) => test.result().state === 'failed').length +
      brokenFiles.length +
      refused.length +
      unhandledErrors.length
    if (failed > 0 || passed === 0) process.exitCode = 1

    const lines = skipped.map((test) => {
      const mark = refused.includes(test) ? 'skipped without an excuse' : 'skipped'
      return `${mark}: ${test.module.relativeModuleId} > ${test.fullName}: ${reasonOf(test)}`
    })
    const excused = skipped.length - refused.length
    const ending = excused > 0 ? `, ${excused} skipped` : ''
    process.stdout.write([...lines, `${passed} passed, ${failed} failed${ending}`, ''].join('\n'))
  }
}

const reasonOf = (test: TestCase) => {
  const result = test.result()
  return (result.state === 'skipped' ? result.note : undefined) ?? 'no reason given'
}

const isExcused = (test: TestCase) =>
  excuses.some(({ reason, holds }) => reasonOf(test).includes(reason) && holds())
