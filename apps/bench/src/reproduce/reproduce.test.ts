import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sharedFolder } from '../../../../scripts/shared.js'
import { reproductions } from './experiments/index.js'
import { blockIn, pageFile, recordFile, type Recorded } from './record.js'
import { report } from './report.js'
import { reproduce } from './reproduce.js'

const root = fileURLToPath(new URL('../../../..', import.meta.url))
const data = join(sharedFolder, 'data')
const names = Object.keys(reproductions)

let folder = ''
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'tapeloop-reproduce-'))))
afterAll(() => rm(folder, { recursive: true }))

async function quickly(name: string, { jobs = 1, out = folder } = {}) {
  const lines: string[] = []
  let printed = ''
  const given = { help: false, names: [name], isQuick: true, jobs, out, data, record: false }
  const recorded = await reproduce(name, given, root, {
    print: (text) => (printed += text),
    progress: (line) => lines.push(line),
  })
  return { recorded, printed, lines }
}

test.for(names)(
  '%s: every trial runs, the table stands beside what was published, and all is kept',
  async (name, { skip }) => {
    skip(
      !existsSync(data) && ['jsb', 'shakespeare'].includes(name),
      `no data in ${data}; set TAPELOOP_SHARED`,
    )
    const { contenders, measures, settings, passLines } = reproductions[name]!.quick
    const { recorded, printed, lines } = await quickly(name)
    const searched = settings.rates.length > 1 ? settings.rates.length : 0
    expect(lines).toHaveLength(contenders.length * (searched + settings.seeds.length))
    for (const { name: cell, published = '' } of contenders) {
      const row = printed.split('\n').find((line) => line.startsWith(`| ${cell} `))
      expect(row).toContain(published)
    }
    for (const { title } of measures) expect(printed).toContain(title)
    expect(printed.match(/PASS|not met/g)).toHaveLength(passLines.length)
    const scores = recorded.results.flatMap((result) => result.scores)
    for (const { key } of measures)
      expect(scores.every((each) => each[key] === null || Number.isFinite(each[key]))).toBe(true)
    expect(JSON.parse(await readFile(join(folder, `${name}.json`), 'utf8'))).toEqual(recorded)

    const again = await quickly(name)
    expect(again.lines.every((line) => line.endsWith(', kept'))).toBe(true)
    expect(again.recorded).toEqual(recorded)
  },
)

test('processes side by side find the same numbers', async () => {
  const alone = await quickly('adding')
  const { recorded } = await quickly('adding', { jobs: 2, out: join(folder, 'two') })
  expect(recorded.results).toEqual(alone.recorded.results)
})

describe('the page of the docs', () => {
  test.each(names)('%s: shows what the recorded numbers say', (name) => {
    const experiment = reproductions[name]!.full
    const recorded = JSON.parse(readFileSync(recordFile(root, name), 'utf8')) as Recorded
    expect(recorded.settings).toEqual(experiment.settings)
    expect(recorded.results.map(({ cell }) => cell)).toEqual(experiment.contenders.map((each) => each.name))
    expect(blockIn(readFileSync(pageFile(root), 'utf8'), name)).toBe(report(experiment, recorded))
  })
})
