/** One experiment from its trials to its report. */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { machine } from '../machine.js'
import type { Arguments } from './arguments.js'
import type { Experiment, Trial } from './experiment.js'
import { reproductions } from './experiments/index.js'
import { json, recordInDocs, type Recorded } from './record.js'
import { report } from './report.js'
import { replaceFile, storeOf } from './store.js'
import { localTrainer, pool, processTrainer, type Trainer } from './trainers.js'
import { runTrials } from './trials.js'

/** How a run is told: the report, and what happens until then. */
export interface Output {
  print(text: string): void
  progress(line: string): void
}

/**
 * Makes what trials are missing, and prints the report.
 *
 * @returns the result, which is kept as `NAME.json` and `NAME.md` too
 */
export async function reproduce(
  name: string,
  { isQuick, jobs, out, data, record }: Arguments,
  root: string,
  { print, progress }: Output,
): Promise<Recorded> {
  const experiment = reproductions[name]![isQuick ? 'quick' : 'full']
  const { trainers, end } = await trainersOf(experiment, { name, isQuick, data }, jobs)
  try {
    const results = await runTrials(experiment, pool(trainers), storeOf(out, experiment), (result, isKept) =>
      progress(
        `${name}: ${described(result.trial)}: ${JSON.stringify(result.scores)}${isKept ? ', kept' : ''}`,
      ),
    )
    const [date, ...about] = machine().split('; ')
    const { settings } = experiment
    const recorded = { experiment: name, date: date!, machine: about.join('; '), settings, results }
    const text = `${report(experiment, recorded)}\n`
    await mkdir(out, { recursive: true })
    await replaceFile(join(out, `${name}.json`), json(recorded))
    await replaceFile(join(out, `${name}.md`), text)
    if (record) await recordInDocs(root, experiment, recorded)
    print(
      `\n## ${experiment.title}${isQuick ? ' (quick: too little training to mean anything)' : ''}\n\n${text}`,
    )
    return recorded
  } finally {
    end()
  }
}

async function trainersOf(
  experiment: Experiment,
  job: { readonly name: string; readonly isQuick: boolean; readonly data: string },
  jobs: number,
): Promise<{ readonly trainers: readonly Trainer[]; end(): void }> {
  if (jobs === 1) return { trainers: [await localTrainer(experiment, job.data)], end: () => {} }
  const processes = Array.from({ length: jobs }, () => processTrainer(job))
  return {
    trainers: processes.map(({ train }) => train),
    end: () => processes.forEach((each) => each.end()),
  }
}

function described({ cell, rate, seed, steps }: Trial): string {
  return `${cell}, learning rate ${rate}, seed ${seed}, ${steps} steps`
}
