import { refuse, type ArrayOf, type DType, type TypedArray } from '@tapeloop/core'
import { bytesOf } from './kernels/memory.js'

/** Memory by address. What is allocated stays where it is until it is freed. */
export interface Heap {
  readonly memory: WebAssembly.Memory
  /** The address of fresh bytes, a multiple of 64. Their contents are old numbers. */
  allocate(bytes: number): number
  free(address: number): void
  /** The numbers at an address. A view is good until the next allocation. */
  view<D extends DType>(dtype: D, address: number, length: number): ArrayOf[D]
  /** A copy of the numbers at an address. */
  read(dtype: DType, address: number, length: number): TypedArray
  /** Copies numbers of this dtype to an address. */
  write(dtype: DType, address: number, numbers: TypedArray): void
  /** The whole memory as int32; good until the next allocation. */
  readonly words: Int32Array
  /** Bytes in use, and the most there ever were. */
  readonly used: number
  readonly peak: number
}

const alignment = 64
const pageBytes = 65536
/** Nothing lies at address 0, so that a wrong address of 0 meets no numbers. */
const start = alignment
/** Bytes at the end that nothing uses: kernels read a little beyond the ends of their operands. */
const guard = 1024

const constructors = { float64: Float64Array, float32: Float32Array, int32: Int32Array, bool: Uint8Array }

/** A heap over a memory that nobody else allocates from, and that grows when needed, to at most so many pages. */
export function createHeap(memory: WebAssembly.Memory, mostPages = 65536): Heap {
  /** free stretches by address, ascending; no two touch */
  const gaps: { from: number; to: number }[] = [{ from: start, to: memory.buffer.byteLength - guard }]
  const sizes = new Map<number, number>()
  let used = 0
  let peak = 0
  const grow = (bytes: number) => {
    const before = memory.buffer.byteLength
    // by a quarter more than asked for, so that many small requests grow it rarely
    const pages = Math.ceil(Math.max(bytes, before / 4) / pageBytes)
    const most = mostPages - before / pageBytes
    if (Math.ceil(bytes / pageBytes) > most) refuseSize(bytes, used)
    try {
      memory.grow(Math.min(pages, most))
    } catch {
      refuseSize(bytes, used)
    }
    give(before - guard, memory.buffer.byteLength - guard)
  }
  let whole = wholeOf(memory)
  /** the whole memory as every dtype; made again when the memory has grown */
  const look = () => {
    if (whole.bool.length !== memory.buffer.byteLength) whole = wholeOf(memory)
    return whole
  }
  const give = (from: number, to: number) => {
    const after = gaps.findIndex((gap) => gap.from > from)
    const at = after < 0 ? gaps.length : after
    const [left, right] = [gaps[at - 1], gaps[at]]
    const joinsLeft = left !== undefined && left.to === from
    const joinsRight = right !== undefined && right.from === to
    if (joinsLeft && joinsRight) {
      left.to = right.to
      gaps.splice(at, 1)
    } else if (joinsLeft) left.to = to
    else if (joinsRight) right.from = from
    else gaps.splice(at, 0, { from, to })
  }
  return {
    memory,
    allocate(bytes) {
      const size = Math.max(alignment, Math.ceil(bytes / alignment) * alignment)
      let gap = gaps.find(({ from, to }) => to - from >= size)
      if (gap === undefined) {
        grow(size)
        gap = gaps.at(-1)!
      }
      const address = gap.from
      gap.from += size
      if (gap.from === gap.to) gaps.splice(gaps.indexOf(gap), 1)
      sizes.set(address, size)
      used += size
      peak = Math.max(peak, used)
      return address
    },
    free(address) {
      const size = sizes.get(address)
      if (size === undefined) return refuse('wasm', `no memory was allocated at ${address}; free it once`)
      sizes.delete(address)
      used -= size
      give(address, address + size)
    },
    view: (dtype, address, length) => viewOf(memory, dtype, address, length),
    read(dtype, address, length) {
      const from = address / bytesOf[dtype]
      return look()[dtype].slice(from, from + length)
    },
    write: (dtype, address, numbers) => look()[dtype].set(numbers, address / bytesOf[dtype]),
    get words() {
      return look().int32
    },
    get used() {
      return used
    },
    get peak() {
      return peak
    },
  }
}

function wholeOf({ buffer }: WebAssembly.Memory): ArrayOf {
  return {
    float64: new Float64Array(buffer),
    float32: new Float32Array(buffer),
    int32: new Int32Array(buffer),
    bool: new Uint8Array(buffer),
  }
}

/** The numbers at an address of a memory. */
export function viewOf<D extends DType>(
  memory: WebAssembly.Memory,
  dtype: D,
  address: number,
  length: number,
): ArrayOf[D] {
  const view: TypedArray = new constructors[dtype](memory.buffer, address, length)
  return view as ArrayOf[D]
}

function refuseSize(bytes: number, used: number): never {
  const megabytes = (n: number) => Math.ceil(n / 2 ** 20)
  refuse(
    'wasm',
    `${megabytes(bytes)} MB are needed beside the ${megabytes(used)} MB in use, and the memory cannot grow so far; ` +
      'use a smaller batch, a shorter sequence, or checkpoint the scan',
  )
}
