import { TapeloopError } from '@tapeloop/core'
import { dtypes, isDtype, type SafetensorsDtype } from './dtypes.js'
import { findDuplicateKey } from './json-keys.js'
import {
  elementCount,
  isWholeNumbers,
  largestHeader,
  metadataKey,
  unknownDtype,
  wrongBool,
  type SafetensorsTensor,
} from './safetensors.js'

/** Everything in a safetensors file. */
export interface SafetensorsFile {
  /** The tensors by name, in the order of the header. */
  readonly tensors: Record<string, SafetensorsTensor>
  /** The strings under `__metadata__`; empty where there are none. */
  readonly metadata: Record<string, string>
}

/** How a safetensors file is read. */
export interface DecodeSafetensorsOptions {
  /** `int32` (the default) refuses 64-bit integers that do not fit; `bigint` reads all I64 tensors as bigint. */
  readonly int64?: 'int32' | 'bigint'
  /** What errors call the file; `safetensors` unless said. */
  readonly name?: string
}

/**
 * Reads a safetensors file and checks all of it: every byte belongs to exactly one tensor, or the file is refused.
 *
 * @param bytes the whole file; the result shares no memory with it.
 * @throws one sentence naming the tensor and what is wrong: a length, offsets, an overlap, a dtype, a name given twice.
 */
export function decodeSafetensors(
  bytes: Uint8Array,
  { int64 = 'int32', name: file = 'safetensors' }: DecodeSafetensorsOptions = {},
): SafetensorsFile {
  const { header, dataStart } = readHeader(file, bytes)
  const metadata = header[metadataKey] ?? {}
  if (!isRecord(metadata) || !Object.values(metadata).every((value) => typeof value === 'string')) {
    throw new TapeloopError(`${file}: ${metadataKey} must be a record of strings.`)
  }
  const infos = Object.entries(header)
    .filter(([name]) => name !== metadataKey)
    .map(([name, info]) => parseInfo(file, name, info))
  checkCoverage(infos, bytes.length - dataStart, file)
  const tensors = infos.map((info) => {
    // not `slice`, which on a Buffer of Node is a view
    const copy = new Uint8Array(info.end - info.begin)
    copy.set(bytes.subarray(dataStart + info.begin, dataStart + info.end))
    return [info.name, readTensor(info, copy.buffer, int64)] as const
  })
  return { tensors: Object.fromEntries(tensors), metadata: metadata as Record<string, string> }
}

interface TensorInfo {
  readonly name: string
  /** How errors begin: the file and the tensor. */
  readonly where: string
  readonly dtype: SafetensorsDtype
  readonly shape: readonly number[]
  /** The range of its bytes, counted from the start of the data. */
  readonly begin: number
  readonly end: number
}

function readHeader(
  file: string,
  bytes: Uint8Array,
): { header: Readonly<Record<string, unknown>>; dataStart: number } {
  if (bytes.length < 8) {
    throw new TapeloopError(
      `${file}: the file has ${bytes.length} bytes, but at least 8 are needed; it is cut off.`,
    )
  }
  const length = new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true)
  if (length > largestHeader) {
    throw new TapeloopError(
      `${file}: the header claims ${length} bytes, more than the ${largestHeader} allowed; ` +
        `this is no safetensors file.`,
    )
  }
  const dataStart = 8 + Number(length)
  if (dataStart > bytes.length) {
    throw new TapeloopError(
      `${file}: the header ends at byte ${dataStart}, but the file has ${bytes.length}; it is cut off.`,
    )
  }
  const { json, header } = parseHeader(file, bytes.subarray(8, dataStart))
  const twice = findDuplicateKey(json)
  if (twice !== undefined)
    throw new TapeloopError(`${file}: the header has the name ${JSON.stringify(twice)} twice.`)
  return { header, dataStart }
}

function parseHeader(
  file: string,
  bytes: Uint8Array,
): { json: string; header: Readonly<Record<string, unknown>> } {
  let header: unknown
  let json: string
  try {
    json = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    header = JSON.parse(json)
  } catch (error) {
    throw new TapeloopError(
      `${file}: the header is not valid JSON; the file is damaged or no safetensors file.`,
      {
        cause: error,
      },
    )
  }
  if (!isRecord(header)) throw new TapeloopError(`${file}: the header must be a JSON object.`)
  return { json, header }
}

function parseInfo(file: string, name: string, info: unknown): TensorInfo {
  const where = `${file}: tensor ${JSON.stringify(name)}`
  if (!isRecord(info)) throw new TapeloopError(`${where}: its entry in the header must be an object.`)
  const { dtype, shape, data_offsets: offsets } = info
  if (!isDtype(dtype)) throw new TapeloopError(`${where}: ${unknownDtype(dtype)}`)
  if (!isWholeNumbers(shape)) throw new TapeloopError(`${where}: its shape must be a list of whole numbers.`)
  if (!isWholeNumbers(offsets) || offsets.length !== 2) {
    throw new TapeloopError(`${where}: its data_offsets must be two whole numbers.`)
  }
  const [begin, end] = offsets as [number, number]
  const expected = elementCount(shape) * dtypes[dtype].size
  if (end - begin !== expected) {
    throw new TapeloopError(
      `${where}: ${dtype} of shape [${shape}] takes ${expected} bytes, but its data_offsets ` +
        `[${begin}, ${end}] hold ${end - begin}.`,
    )
  }
  return { name, where, dtype, shape, begin, end }
}

/** The ranges of the tensors, put in order, must cover the data: no overlap, no gap, nothing left over. */
function checkCoverage(infos: readonly TensorInfo[], dataLength: number, file: string): void {
  let covered = 0
  for (const { where, begin, end } of infos.toSorted((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (end > dataLength) {
      throw new TapeloopError(
        `${where}: it ends at byte ${end} of the data, which has ${dataLength}; it is cut off.`,
      )
    }
    if (begin < covered) {
      throw new TapeloopError(
        `${where}: it begins at byte ${begin} of the data, in a tensor that ends at ${covered}.`,
      )
    }
    if (begin > covered) {
      throw new TapeloopError(
        `${where}: it begins at byte ${begin} of the data, but those from ${covered} are unused.`,
      )
    }
    covered = end
  }
  if (covered !== dataLength) {
    throw new TapeloopError(
      `${file}: the tensors end at byte ${covered} of the data, but it has ${dataLength}.`,
    )
  }
}

function readTensor(
  { where, dtype, shape }: TensorInfo,
  buffer: ArrayBuffer,
  int64: 'int32' | 'bigint',
): SafetensorsTensor {
  const wide = dtypes[dtype].read(buffer)
  const data = wide instanceof BigInt64Array && int64 === 'int32' ? narrow(where, wide) : wide
  const wrong = wrongBool(dtype, data)
  if (wrong !== undefined) throw new TapeloopError(`${where}: ${wrong}`)
  // the table pairs each dtype with its array, which the type of a lookup by a union cannot say
  return { dtype, shape, data } as SafetensorsTensor
}

function narrow(where: string, wide: BigInt64Array): Int32Array {
  const i = wide.findIndex((value) => value !== BigInt.asIntN(32, value))
  if (i < 0) return Int32Array.from(wide, Number)
  throw new TapeloopError(
    `${where}: element ${i} is ${wide[i]}, which does not fit in int32; ` +
      `pass { int64: 'bigint' } to read 64-bit integers as they are.`,
  )
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
