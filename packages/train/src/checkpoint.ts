import { refuse, TapeloopError } from '@tapeloop/core'
import { parseCursor, type Cursor } from '@tapeloop/data'
import { decodeSafetensors, encodeSafetensors, type SafetensorsTensor, type Storage } from '@tapeloop/formats'
import { fromBase64, toBase64 } from './base64.js'
import { isRecord, show } from './check.js'
import { crc32 } from './crc32.js'
import type { Watched } from './early-stopping.js'

/** Tensors by their names, as a safetensors file holds them. */
export type StoredTensors = Readonly<Record<string, SafetensorsTensor>>

/** What has been measured so far, as far as training goes on from it. */
export interface History {
  /** The losses on the validation data, by the step at which they were measured; null where not finite. */
  readonly validations: readonly { readonly step: number; readonly loss: number | null }[]
  /** The training losses of the epoch under way. */
  readonly epoch: { readonly sum: number; readonly batches: number }
  /** Only where training may stop early. */
  readonly stopping?: Watched
}

/** Everything that training goes on from, apart from the parameters and the optimizer. */
export interface CheckpointState {
  /** How many updates were made. */
  readonly step: number
  /** The next batch. */
  readonly cursor: Cursor
  /** The seed, with the step the whole state of all random numbers. */
  readonly seed: number
  /** What the last batch handed on. */
  readonly carried: StoredTensors
  readonly history: History
  /** How many lines of metrics.jsonl are from before. */
  readonly metricsLines: number
}

/** A checkpoint as it was saved. */
export interface Checkpoint {
  /** The name of its folder: `step-00001200`. */
  readonly name: string
  readonly state: CheckpointState
  /** The parameters to use, by their dotted paths: the best ones or an average, where there are such. */
  readonly model: StoredTensors
  /** The optimizer's state by its dotted paths, and below `trained weights` those that training goes on from, if others. */
  readonly optimizer: StoredTensors
}

const format = 'tapeloop-checkpoint'
const version = 1
/** The folder of all checkpoints, and the file that names the last one. */
export const checkpointsFolder = 'checkpoints'
export const lastFile = 'last'
const tensorFiles = { model: 'model.safetensors', optimizer: 'optimizer.safetensors' } as const
const stateFile = 'state.json'

/** The checkpoints of a run, the oldest first. Not all of them need be whole. */
export async function listCheckpoints(storage: Storage): Promise<string[]> {
  const names = await storage.list(checkpointsFolder)
  return names.filter((name) => stepOf(name) !== null).toSorted((a, b) => stepOf(a)! - stepOf(b)!)
}

/**
 * Saves a checkpoint, whole or not at all, lets `last` name it, and only then deletes old ones.
 *
 * @param keep how many checkpoints stay, this one included
 * @returns its name
 */
export async function writeCheckpoint(
  storage: Storage,
  { state, model, optimizer }: Omit<Checkpoint, 'name'>,
  keep: number,
): Promise<string> {
  const name = `step-${String(state.step).padStart(8, '0')}`
  const tensors = {
    [tensorFiles.model]: encodeSafetensors(model),
    [tensorFiles.optimizer]: encodeSafetensors(optimizer),
  }
  const { step, cursor, seed, carried, history, metricsLines } = state
  const record = {
    format,
    version,
    step,
    epoch: cursor.epoch,
    cursor,
    random: { seed },
    carried: toBase64(encodeSafetensors(carried)),
    history,
    metricsLines,
    files: Object.fromEntries(
      Object.entries(tensors).map(([file, bytes]) => [file, { bytes: bytes.length, crc32: crc32(bytes) }]),
    ),
  }
  const signed = { ...record, crc32: checksumOf(record) }
  const files = { ...tensors, [stateFile]: toBytes(`${JSON.stringify(signed, null, 2)}\n`) }
  // training only gets here again after going back to before this step: what has the name is broken or abandoned
  if ((await storage.list(checkpointsFolder)).includes(name))
    await storage.remove(`${checkpointsFolder}/${name}`)
  await storage.write(`${checkpointsFolder}/${name}`, files)
  await storage.replace(lastFile, toBytes(`${name}\n`))
  const others = (await listCheckpoints(storage)).filter((other) => other !== name)
  const old = others.slice(0, Math.max(0, others.length - (keep - 1)))
  for (const other of old) await storage.remove(`${checkpointsFolder}/${other}`)
  return name
}

/**
 * The checkpoint that `last` names or, where that is broken, the newest whole one; null where none was ever saved.
 *
 * @throws where there are checkpoints but none is whole, and where one was saved by a newer release
 */
export async function readLatestCheckpoint(storage: Storage): Promise<Checkpoint | null> {
  const names = (await listCheckpoints(storage)).toReversed()
  const last = await readLast(storage)
  const inOrder = names.includes(last) ? [last, ...names.filter((name) => name !== last)] : names
  let problem: unknown
  for (const name of inOrder) {
    const result = await tryCheckpoint(storage, name)
    if ('checkpoint' in result) return result.checkpoint
    problem ??= result.problem
  }
  if (problem === undefined) return null
  const reason = problem instanceof Error ? problem.message : String(problem)
  throw new TapeloopError(
    `${storage.name}: none of its ${names.length} checkpoints can be read (${reason.replace(/\.$/, '')}); ` +
      'restore one from a copy, or start a new run in another folder',
    { cause: problem },
  )
}

/**
 * One checkpoint by its name.
 *
 * @throws one sentence where it is not there, is not whole, or was saved by a newer release
 */
export async function readCheckpoint(storage: Storage, name: string): Promise<Checkpoint> {
  const result = await tryCheckpoint(storage, name)
  if ('checkpoint' in result) return result.checkpoint
  throw result.problem
}

/**
 * Makes a checkpoint the last one: mends `last`, and deletes what was saved after it, for training goes through that
 * again. Without a checkpoint, all go.
 */
export async function rewindCheckpoints(
  storage: Storage,
  to: Pick<Checkpoint, 'name' | 'state'> | null,
): Promise<void> {
  if (to !== null && (await readLast(storage)) !== to.name)
    await storage.replace(lastFile, toBytes(`${to.name}\n`))
  for (const name of await listCheckpoints(storage)) {
    if (to === null || stepOf(name)! > to.state.step) await storage.remove(`${checkpointsFolder}/${name}`)
  }
}

/** Refuses a file of another kind or of a version that this release does not read. */
export function checkFormat(
  where: string,
  record: unknown,
  expected: { readonly format: string; readonly version: number },
): asserts record is Readonly<Record<string, unknown>> {
  if (!isRecord(record) || record['format'] !== expected.format) {
    const found = isRecord(record) ? record['format'] : record
    refuse(where, `format is ${show(found)}; it must be "${expected.format}"`)
  }
  if (record['version'] !== expected.version) {
    refuse(
      where,
      `it has format version ${show(record['version'])} but this release reads version ${expected.version}; ` +
        'use the release that wrote it, or a newer one',
    )
  }
}

/** What `last` names; nothing where it cannot be read. */
function readLast(storage: Storage): Promise<string> {
  return readText(storage, lastFile).then(
    (text) => text.trim(),
    () => '',
  )
}

/** The number in a checkpoint's name, or null where it is no such name. */
function stepOf(name: string): number | null {
  const digits = /^step-(\d{8,15})$/.exec(name)?.[1]
  return digits === undefined ? null : Number(digits)
}

type Attempt = { readonly checkpoint: Checkpoint } | { readonly problem: unknown }

/** Reads a checkpoint; what is broken is a result, but another version is an error: nothing of it may be passed over. */
async function tryCheckpoint(storage: Storage, name: string): Promise<Attempt> {
  const where = `${storage.name}/${checkpointsFolder}/${name}`
  let record: unknown
  try {
    record = JSON.parse(await readText(storage, `${checkpointsFolder}/${name}/${stateFile}`))
  } catch (problem) {
    return { problem }
  }
  if (isRecord(record) && record['format'] === format) {
    checkFormat(`${where}/${stateFile}`, record, { format, version })
  }
  try {
    return { checkpoint: await parseCheckpoint(storage, name, where, record) }
  } catch (problem) {
    return { problem }
  }
}

async function parseCheckpoint(
  storage: Storage,
  name: string,
  where: string,
  record: unknown,
): Promise<Checkpoint> {
  const stateName = `${where}/${stateFile}`
  checkFormat(stateName, record, { format, version })
  const { crc32: stated, ...rest } = record
  const { step, cursor, random, carried, history, metricsLines, files } = rest
  const seed = isRecord(random) ? random['seed'] : undefined
  const isWhole = (value: unknown): value is number => Number.isSafeInteger(value)
  const isRight =
    stated === checksumOf(rest) &&
    step === stepOf(name) &&
    isWhole(seed) &&
    isWhole(metricsLines) &&
    typeof carried === 'string'
  if (!isRight || !isHistory(history) || !isRecord(files)) {
    return refuse(stateName, `it is not the state of ${name}; the file was damaged or changed`)
  }
  const tensors = async (file: string) => {
    const bytes = await storage.read(`${checkpointsFolder}/${name}/${file}`)
    const stated = files[file]
    if (!isRecord(stated) || stated['bytes'] !== bytes.length || stated['crc32'] !== crc32(bytes)) {
      refuse(
        `${where}/${file}`,
        `its bytes are not those that ${stateFile} states; the file was damaged or changed`,
      )
    }
    return decodeSafetensors(bytes, { name: `${where}/${file}` }).tensors
  }
  return {
    name,
    state: {
      step: step as number,
      cursor: parseCursor(cursor),
      seed,
      carried: decodeSafetensors(fromBase64(carried), { name: `${stateName}, carried` }).tensors,
      history,
      metricsLines,
    },
    model: await tensors(tensorFiles.model),
    optimizer: await tensors(tensorFiles.optimizer),
  }
}

/** Of the text that a record has without spaces, so that a file may be laid out anew. */
function checksumOf(record: Readonly<Record<string, unknown>>): string {
  return crc32(toBytes(JSON.stringify(record)))
}

function isHistory(value: unknown): value is History {
  if (!isRecord(value) || !isRecord(value['epoch']) || !Array.isArray(value['validations'])) return false
  const { sum, batches } = value['epoch']
  return (
    typeof sum === 'number' &&
    typeof batches === 'number' &&
    value['validations'].every((entry) => isRecord(entry) && Number.isSafeInteger(entry['step']))
  )
}

/** A file as text. */
export async function readText(storage: Storage, path: string): Promise<string> {
  return new TextDecoder().decode(await storage.read(path))
}

/** Text as the bytes of a file. */
export function toBytes(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}
