import { TapeloopError } from '@tapeloop/core'
import { dtypes, isDtype } from './dtypes.js'
import {
  elementCount,
  isWholeNumbers,
  largestHeader,
  metadataKey,
  unknownDtype,
  wrongBool,
  type SafetensorsTensor,
} from './safetensors.js'

/**
 * Writes tensors in the safetensors format (Hugging Face): the length of the header in 8 bytes, little-endian; the
 * header, JSON padded with spaces to a multiple of 8; then the data without gaps, larger elements first so that all are
 * aligned. The header keeps the order of `tensors`; equal input gives equal bytes.
 *
 * @param tensors the tensors by name.
 * @param metadata strings to store beside them.
 * @throws one sentence naming the tensor whose name, dtype, shape or data is not right.
 */
export function encodeSafetensors(
  tensors: Readonly<Record<string, SafetensorsTensor>>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  const entries = Object.entries(tensors).map(([name, tensor]) => {
    const size = isDtype(tensor.dtype) ? dtypes[tensor.dtype].size : 0
    return { name, tensor, size, bytes: tensorBytes(name, tensor) }
  })
  const offsets = new Map<string, [begin: number, end: number]>()
  let dataLength = 0
  for (const { name, bytes } of entries.toSorted((a, b) => b.size - a.size)) {
    offsets.set(name, [dataLength, dataLength + bytes.length])
    dataLength += bytes.length
  }

  // written by hand because an object would move names that look like numbers to the front
  const fields = entries.map(({ name, tensor: { dtype, shape } }) =>
    field(name, { dtype, shape, data_offsets: offsets.get(name) }),
  )
  const strings = Object.entries(metadata).map(([key, value]) => metadataField(key, value))
  if (strings.length > 0) fields.unshift(`"${metadataKey}":{${strings.join()}}`)
  const header = new TextEncoder().encode(`{${fields.join()}}`)
  const headerLength = Math.ceil(header.length / 8) * 8
  if (headerLength > largestHeader) {
    throw new TapeloopError(
      `safetensors: names, shapes and metadata take ${headerLength} bytes, but at most ${largestHeader} are allowed; ` +
        `store large metadata elsewhere.`,
    )
  }

  const dataStart = 8 + headerLength
  const file = new Uint8Array(dataStart + dataLength)
  new DataView(file.buffer).setBigUint64(0, BigInt(headerLength), true)
  file.fill(0x20, 8, dataStart).set(header, 8)
  for (const { name, bytes } of entries) file.set(bytes, dataStart + offsets.get(name)![0])
  return file
}

function tensorBytes(name: string, tensor: SafetensorsTensor): Uint8Array {
  const { dtype, shape, data } = tensor
  const where = `safetensors: tensor ${JSON.stringify(name)}`
  if (name === metadataKey) throw new TapeloopError(`${where}: this name is reserved; use another.`)
  if (!isDtype(dtype)) throw new TapeloopError(`${where}: ${unknownDtype(dtype)}`)
  if (!isWholeNumbers(shape)) {
    throw new TapeloopError(`${where}: its shape must be a list of whole numbers, but it is [${shape}].`)
  }
  const { arrays } = dtypes[dtype]
  if (!arrays.some((array) => data instanceof array)) {
    const names = arrays.map((array) => array.name).join(' or ')
    throw new TapeloopError(
      `${where}: ${dtype} is written from a ${names}, but its data is a ${typeName(data)}.`,
    )
  }
  if (data.length !== elementCount(shape)) {
    throw new TapeloopError(
      `${where}: shape [${shape}] has ${elementCount(shape)} elements, but its data has ${data.length}.`,
    )
  }
  const wrong = wrongBool(dtype, data)
  if (wrong !== undefined) throw new TapeloopError(`${where}: ${wrong}`)
  return write(tensor)
}

function write<T extends SafetensorsTensor>({ dtype, data }: T): Uint8Array {
  const rule: { write(data: T['data']): Uint8Array } = dtypes[dtype]
  return rule.write(data)
}

function metadataField(key: string, value: string): string {
  if (typeof value !== 'string') {
    throw new TapeloopError(
      `safetensors: metadata ${JSON.stringify(key)} must be a string, but it is a ${typeof value}; ` +
        `write it as JSON text.`,
    )
  }
  return field(key, value)
}

function field(name: string, value: unknown): string {
  const json = `${JSON.stringify(name)}:${JSON.stringify(value)}`
  // JSON can escape half a surrogate pair, but other readers of the format refuse it
  if (/\\ud[89a-f]/.test(json)) {
    throw new TapeloopError(
      `safetensors: ${JSON.stringify(name)}: the name or its string has half a surrogate pair, which is no text; ` +
        `use another.`,
    )
  }
  return json
}

function typeName(value: unknown): string {
  return Object.prototype.toString.call(value).slice(8, -1)
}
