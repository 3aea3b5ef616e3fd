import { TapeloopError } from '@tapeloop/core'
import { parseTokenizer, type Tokenizer } from '@tapeloop/data'
import type { Storage } from '@tapeloop/formats'
import {
  checkFormat,
  checkpointsFolder,
  lastFile,
  listCheckpoints,
  readCheckpoint,
  readLatestCheckpoint,
  readText,
  rewindCheckpoints,
  toBytes,
  writeCheckpoint,
  type Checkpoint,
} from './checkpoint.js'
import { isRecord, show } from './check.js'

/** How a run was made: what `run.json` holds, and what continuing it needs. */
export interface RunRecord {
  /** The options of the model and of the training: plain JSON. */
  readonly config: Readonly<Record<string, unknown>>
  /** The command that started it, as the user gave it. */
  readonly command: string
  readonly seed: number
  /** The versions of what made it, by name. */
  readonly versions: Readonly<Record<string, string>>
}

/** One line of `metrics.jsonl`: an event of training, without what differs from run to run (times). */
export type MetricsLine = Readonly<Record<string, unknown>> & { readonly type: string; readonly step: number }

/**
 * A run folder: `run.json`, `tokenizer.json`, `metrics.jsonl`, `checkpoints/` and `last`. One program at a time may train
 * in it; others may read.
 */
export interface Run {
  readonly storage: Storage
  readonly record: RunRecord
  /** The tokenizer saved with the run; null where there is none. */
  tokenizer(): Promise<Tokenizer | null>
  /** The names of the checkpoints, the oldest first. */
  checkpoints(): Promise<string[]>
  /**
   * The last checkpoint or, where it is broken, the newest whole one; null before the first is saved.
   *
   * @throws where there are checkpoints but none is whole, and where one was saved by a newer release
   */
  latest(): Promise<Checkpoint | null>
  /** One checkpoint by its name; throws where it is not there or not whole. */
  checkpoint(name: string): Promise<Checkpoint>
  /** The lines of `metrics.jsonl`; a last one that a kill cut off is left out. Throws where one is no event. */
  metrics(): Promise<MetricsLine[]>
  /** Saves a checkpoint, whole or not at all, and keeps `keep` of them; gives its name. */
  save(content: Omit<Checkpoint, 'name'>, keep: number): Promise<string>
  /** Appends lines to `metrics.jsonl`. */
  log(lines: readonly MetricsLine[]): Promise<void>
  /**
   * Goes back to a checkpoint, or to the start: drops later lines of metrics and later checkpoints.
   *
   * @returns how many lines of metrics are left
   */
  rewind(to: Checkpoint | null): Promise<number>
}

const format = 'tapeloop-run'
const version = 1
const runFile = 'run.json'
const tokenizerFile = 'tokenizer.json'
const metricsFile = 'metrics.jsonl'

/**
 * Begins a run in a folder that holds none.
 *
 * @throws where the folder already holds a run
 */
export async function createRun(
  storage: Storage,
  record: RunRecord,
  { tokenizer }: { readonly tokenizer?: Tokenizer } = {},
): Promise<Run> {
  const present = await storage.list('')
  if ([runFile, metricsFile, checkpointsFolder, lastFile].some((name) => present.includes(name))) {
    throw new TapeloopError(
      `${storage.name}: the folder already holds a run; continue that one, or choose another folder`,
    )
  }
  // run.json comes last: a folder that has one is a whole run
  if (tokenizer !== undefined) await storage.replace(tokenizerFile, json(tokenizer))
  const { config, command, seed, versions } = record
  await storage.write(runFile, json({ format, version, command, seed, versions, config }))
  return runIn(storage, record)
}

/**
 * Opens the run of a folder.
 *
 * @throws one sentence where there is none, or its record is damaged or of a newer release
 */
export async function openRun(storage: Storage): Promise<Run> {
  const where = `${storage.name}/${runFile}`
  if (!(await storage.list('')).includes(runFile)) {
    throw new TapeloopError(
      `${storage.name}: there is no run here, for ${runFile} is missing; name a folder that was trained in`,
    )
  }
  let value: unknown
  try {
    value = JSON.parse(await readText(storage, runFile))
  } catch (error) {
    throw new TapeloopError(`${where}: the file is not valid JSON; restore it from a copy`, { cause: error })
  }
  checkFormat(where, value, { format, version })
  const { config, command, seed, versions } = value
  const isRight =
    isRecord(config) && typeof command === 'string' && Number.isSafeInteger(seed) && isRecord(versions)
  if (!isRight) {
    const parts = show({ command, seed, versions })
    throw new TapeloopError(
      `${where}: it lacks config, command, seed or versions (${parts}); restore it from a copy`,
    )
  }
  return runIn(storage, {
    config,
    command,
    seed: seed as number,
    versions: versions as Record<string, string>,
  })
}

function runIn(storage: Storage, record: RunRecord): Run {
  const has = async (file: string) => (await storage.list('')).includes(file)
  /** The lines of metrics.jsonl that are whole. */
  const readLines = async () => {
    if (!(await has(metricsFile))) return { text: '', lines: [] }
    const text = await readText(storage, metricsFile)
    return { text, lines: text.split('\n').slice(0, -1) }
  }
  return {
    storage,
    record,
    tokenizer: async () =>
      (await has(tokenizerFile)) ? parseTokenizer(await readText(storage, tokenizerFile)) : null,
    checkpoints: () => listCheckpoints(storage),
    latest: () => readLatestCheckpoint(storage),
    checkpoint: (name) => readCheckpoint(storage, name),
    metrics: async () =>
      (await readLines()).lines.map((line, i) =>
        parseMetrics(`${storage.name}/${metricsFile}, line ${i + 1}`, line),
      ),
    save: (content, keep) => writeCheckpoint(storage, content, keep),
    log: (lines) =>
      storage.append(metricsFile, toBytes(lines.map((line) => `${JSON.stringify(line)}\n`).join(''))),
    async rewind(to) {
      const { text, lines } = await readLines()
      const kept = lines.slice(0, to?.state.metricsLines ?? 0)
      const before = kept.map((line) => `${line}\n`).join('')
      if (text !== before) await storage.replace(metricsFile, toBytes(before))
      await rewindCheckpoints(storage, to)
      return kept.length
    },
  }
}

function parseMetrics(where: string, line: string): MetricsLine {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    // what is no JSON is no event either
  }
  if (isRecord(value) && typeof value['type'] === 'string' && typeof value['step'] === 'number')
    return value as MetricsLine
  throw new TapeloopError(
    `${where}: it is no event of a training (${show(line)}); restore the file from a copy`,
  )
}

function json(value: unknown): Uint8Array {
  return toBytes(`${JSON.stringify(value, null, 2)}\n`)
}
