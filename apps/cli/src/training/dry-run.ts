import type { Backend } from '@tapeloop/tapeloop'
import type { Origin } from '../config/resolve.js'
import { clock, count, counted, rate } from '../terminal/numbers.js'
import type { Output } from '../terminal/output.js'
import { table } from '../terminal/table.js'
import { optimizerOf } from './optimizer.js'
import type { Planned } from './prepare.js'
import { introduction } from './wording.js'
import { cellNamed } from '@tapeloop/layers'

/** What a training would take. */
interface Estimate {
  readonly secondsPerStep: number
  /** of the whole process, at its largest */
  readonly megabytes: number
}

/** Steps that are made to see how long one takes; the first, in which everything is compiled, does not count. */
const tried = 6

/** Makes a few real steps, of which nothing is kept. */
async function estimate({ learner, config }: Planned, backend: Backend): Promise<Estimate> {
  const seconds: number[] = []
  const events = learner.fit({
    optimizer: optimizerOf(config, config.steps),
    steps: Math.max(tried, config.steps),
    seed: config.seed,
    backend,
    clip: config.clip > 0 ? config.clip : undefined,
  })
  for await (const event of events) {
    if (event.type === 'step') seconds.push(event.seconds)
    if (seconds.length === tried) break
  }
  const counted = seconds.slice(1).toSorted((a, b) => a - b)
  return {
    secondsPerStep: counted[Math.floor(counted.length / 2)] ?? 0,
    megabytes: process.resourceUsage().maxRSS / 1024,
  }
}

/** Shows what `train` would do, with where each setting was given and what it would take; nothing is written. */
export async function dryRun(
  planned: Planned,
  origins: Readonly<Record<string, Origin>>,
  backend: Backend,
  output: Output,
  asJson: boolean,
): Promise<void> {
  const { config, learner, out, guess } = planned
  const { secondsPerStep, megabytes } = await estimate(planned, backend)
  const { found: _, source, task, options, ...settings } = config
  const seconds = secondsPerStep * config.steps
  if (asJson) {
    const { parameters, summary: data } = learner
    const shown = {
      type: 'plan',
      task,
      out,
      source,
      parameters,
      data,
      settings: { ...settings, ...options },
      seconds,
      megabytes,
    }
    return output.write(`${JSON.stringify(shown)}\n`)
  }
  const rows = Object.entries({ ...settings, ...options })
    .filter(([, value]) => value !== undefined && value !== '')
    .map(([name, value]) => [name, String(value), origins[name] ?? ''])
  const title = cellNamed(config.cell).title
  const lines = [
    ...introduction({ out, config, learner, title, backend: backend.name, guess }),
    '',
    ...table(['setting', 'value', 'given by'], rows, { style: output.style }),
    '',
    `${counted(learner.parameters, 'parameter')}, about ${count(megabytes)} MB of memory`,
    `about ${clock(seconds)} for ${counted(config.steps, 'step')}, at ${rate(secondsPerStep * 1000)} ms each, as ${tried - 1} of them took just now; ` +
      'validations come on top',
    `nothing was written; without --dry-run it begins, in ${out}`,
  ]
  return output.write(lines.map((line) => `${line}\n`).join(''))
}
