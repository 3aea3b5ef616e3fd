import { existsSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { fileStorage } from '@tapeloop/formats/node'
import type { OptionSpecs } from '@tapeloop/layers'
import type { Command } from 'commander'
import { commandLine } from '../command-line.js'
import { configSettings } from '../config/config-file.js'
import { refuseUsage } from '../errors.js'
import { addFlags, listOf, valuesOf, whole } from '../flags/specs.js'
import { listenForInterruption } from '../interruption.js'
import type { Shell } from '../shell.js'
import { sweepPage } from '../sweep/report-html.js'
import { jsonReporter } from '../sweep/report-json.js'
import { ranked, textReporter } from '../sweep/report-text.js'
import { rungsOf } from '../sweep/halving.js'
import { gridSize, searches, type Search } from '../sweep/search.js'
import { parseSpace, flagsOf } from '../sweep/space.js'
import { createStore, openStore, type SweepPlan, type SweepStore } from '../sweep/store.js'
import { runSweep, type SweepOptions } from '../sweep/sweep.js'
import type { Output } from '../terminal/output.js'
import { lockFolder } from '../training/lock.js'
import { reopenRun } from '../training/run-folder.js'
import { addExamples } from './examples.js'

const sweepSettings = {
  search: {
    type: 'choice',
    choices: searches,
    default: 'tpe',
    doc: 'how values are chosen',
  },
  trials: whole(1, 30, 'how many trainings'),
  jobs: { ...whole(1, Math.min(8, availableParallelism()), 'trainings at the same time'), max: 256 },
  eta: { ...whole(2, 3, 'of how many trials one goes on to the next rung of asha'), max: 100 },
  searchSeed: whole(0, 1, 'what is random in the search follows from it'),
} as const satisfies OptionSpecs

const defaults = {
  trials: '30; grid: all of it',
  jobs: 'as many as there are processors, up to 8',
}

const files = { store: 'results.sqlite', page: 'report.html', best: 'best.config.json' }

interface SweepFlags extends Readonly<Record<string, unknown>> {
  readonly out: string
  readonly vary: readonly string[]
  readonly resume?: true
  readonly json?: true
}

/** `tapeloop sweep`: many trainings with other options each, in search of the best. */
export function addSweep(program: Command, { output, exitWith }: Shell): void {
  const command = program
    .command('sweep')
    .summary('search for good options of train')
    .description(
      'Trains many times with other options, several at a time, in search of what is best on the validation data. Whatever is ' +
        `not an option of sweep is handed to train. The folder holds each trial's run, ${files.store}, ${files.page} and ${files.best}; ` +
        'Ctrl-C saves, and --resume goes on, as it does after a kill.',
    )
    .argument('[data...]', 'what train learns from, and its options')
    .requiredOption('-o, --out <folder>', 'the folder for the results')
    .option(
      '--vary <name=values>',
      'an option of train, as in lr=1e-4..1e-1, hidden=32..256, cell=lstm,gru; may be given again',
      (text: string, before: readonly string[]) => [...before, text],
      [],
    )
    .option('--resume', 'go on with the sweep in --out')
    .option('--json', 'write events, one JSON object a line')
    .allowUnknownOption()
    .allowExcessArguments()
  addFlags(command, sweepSettings, { defaults })
  addExamples(command, [
    ['sweep book.txt --out sweeps/book --vary lr=1e-4..1e-1 --vary cell=lstm,gru', '30 trainings'],
    ['sweep --out sweeps/book --resume', 'go on after Ctrl-C or a kill'],
  ])
  command.action(async (_: readonly string[], flags: SweepFlags) => {
    const { out, resume = false } = flags
    if (out === '') refuseUsage('--out is empty; name a folder.')
    const settings = valuesOf(sweepSettings, flags)
    const file = join(out, files.store)
    // what is wrong is told before the folder is made
    const plan = resume ? null : planOf(flags, settings, command.args)
    if (plan === null) checkResumed(out, file, flags, command.args)
    else await checkNew(out, file)
    const interruption = listenForInterruption(() => undefined)
    const signal = AbortSignal.any([interruption.signal, output.closed])
    const unlock = await lockFolder(out)
    try {
      const store = plan === null ? openStore(file) : createStore(file, plan)
      const reporter = (flags.json ? jsonReporter : textReporter)(output)
      let leavesNothing = false
      try {
        reporter.begin(store, resume)
        await runSweep(store, reporter, howIn(out, settings.jobs, signal))
        await conclude(out, store, flags.json ? null : output)
      } catch (error) {
        leavesNothing = store.scorings().length === 0
        throw error
      } finally {
        store.close()
        // what never began is not in the way of another attempt
        if (leavesNothing) await rm(file)
      }
    } finally {
      await unlock()
      interruption.release()
    }
    exitWith(interruption.exitCode())
  })
}

const trialFolder = (out: string, id: number) => join(out, 'trials', String(id).padStart(4, '0'))

function howIn(out: string, jobs: number, signal: AbortSignal): SweepOptions {
  return {
    jobs,
    threads: Math.max(1, Math.floor(availableParallelism() / jobs)),
    folderOf: (id) => trialFolder(out, id),
    hasRun: (id) => existsSync(join(trialFolder(out, id), 'run.json')),
    signal,
  }
}

/** Writes what the sweep came to, and tells people of the best. */
async function conclude(out: string, store: SweepStore, output: Output | null): Promise<void> {
  const { plan } = store
  const trials = store.trials()
  const page = sweepPage(plan, trials, store.scorings())
  await fileStorage(out).replace(files.page, new TextEncoder().encode(page))
  const best = ranked(trials)[0]
  if (best === undefined) return
  const folder = trialFolder(out, best.id)
  await writeBest(out, folder)
  output?.write(
    `\nTrial ${best.id} is the best; its model is in ${folder}. It was made by\n` +
      `${commandLine('train', ...plan.args, ...flagsOf(best.values))}\n` +
      `${join(out, files.page)} shows them all.\n`,
  )
}

function planOf(
  { vary }: SweepFlags,
  { search, trials, eta, searchSeed }: ReturnType<typeof valuesOf<typeof sweepSettings>>,
  args: readonly string[],
): SweepPlan {
  if (vary.length === 0)
    refuseUsage('--vary is missing; name at least one option, as in --vary lr=1e-4..1e-1.')
  const space = parseSpace(vary)
  const reserved = ['out', 'resume', 'json', 'threads', 'dry-run'].find((name) =>
    [...args.map((arg) => arg.split('=')[0]), ...space.map((one) => `--${one.name}`)].includes(`--${name}`),
  )
  if (reserved !== undefined) refuseUsage(`--${reserved} cannot be set for the trials; leave it out.`)
  return {
    space,
    search: search as Search,
    trials: search === 'grid' ? gridSize(space) : trials,
    seed: searchSeed,
    eta,
    ...(search === 'asha' ? halvingOf(args, eta) : { args, rungs: [null] }),
  }
}

/** Trials that are compared while they run must tell their scores at the same steps. */
function halvingOf(args: readonly string[], eta: number): Pick<SweepPlan, 'args' | 'rungs'> {
  const joined = args.find((arg) => arg.startsWith('--steps='))?.slice(8)
  const steps = Number(joined ?? args[args.indexOf('--steps') + 1])
  const says = args.includes('--steps') || joined !== undefined
  if (!says || !Number.isInteger(steps) || steps < 1) {
    return refuseUsage('--search asha compares trials on their way, so it needs --steps; say how many.')
  }
  const rungs = rungsOf(steps, eta)
  return { args: [...args, '--valid-every', String(rungs[0] ?? steps)], rungs }
}

/** Writes the settings of the best trial, for `train --config`. */
async function writeBest(out: string, folder: string): Promise<void> {
  const { config } = await reopenRun(folder)
  const { epochs: _, ...settings } = config
  const kept = Object.entries(settings).filter(
    ([name]) => Object.hasOwn(configSettings, name) || name === 'task' || name === 'options',
  )
  const text = `${JSON.stringify(Object.fromEntries(kept), null, 2)}\n`
  await fileStorage(out).replace(files.best, new TextEncoder().encode(text))
}

async function checkNew(out: string, file: string): Promise<void> {
  if (existsSync(file)) {
    refuseUsage(`"${out}" holds a sweep already; go on with it by --resume, or choose another --out.`)
  }
  await mkdir(out, { recursive: true })
}

function checkResumed(out: string, file: string, { vary }: SweepFlags, args: readonly string[]): void {
  if (!existsSync(file)) refuseUsage(`There is no sweep in "${out}"; name a folder that was swept in.`)
  const given = [...vary.map((text) => `--vary ${text}`), ...args]
  if (given.length > 0) {
    refuseUsage(`--resume goes on with what "${out}" was begun with; leave out ${listOf(given, 'and')}.`)
  }
}
