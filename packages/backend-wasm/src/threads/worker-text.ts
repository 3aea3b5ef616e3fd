/** Words of the record by which threads agree, counted from its start. Those that are waited for have cache lines of their own. */
export const control = {
  /** grows by one for each job, and once to end */
  job: 0,
  plan: 1,
  text: 2,
  bytes: 3,
  memory: 4,
  isOver: 5,
  arrived: 16,
  round: 32,
  ready: 48,
  left: 49,
  failed: 50,
} as const
export const controlWords = 64

/** How often a thread looks before it sleeps. */
export const looks = 10_000

/** What a worker is started with. */
export interface WorkerData {
  readonly memory: WebAssembly.Memory
  /** where the record is, in words */
  readonly at: number
  /** number of this thread, from 1, and how many there are, with the one that starts them */
  readonly thread: number
  readonly threads: number
}

/**
 * The program of a worker, which waits for jobs in shared memory. It is text, because no bundler then needs to find a file,
 * and Node 20 could not load TypeScript. A job is JSON: `kernels` as address and length of their modules, and for each
 * thread a list of steps: `0` waits for the others, `[kernel, block]` calls, `[count, words, deltas, steps]` repeats.
 */
export const workerText = `'use strict'
const c = ${JSON.stringify(control)}
const serve = ({ memory, at, thread, threads }) => {
  let words = new Int32Array(memory.buffer)
  const own = words.subarray(at, at + ${controlWords})
  const { sin, cos, pow, atan2 } = Math
  const imports = { env: { memory }, host: { sin, cos, pow, atan2 } }
  const kernels = new Map()
  const plans = new Map()
  const over = {}
  const until = (index, old) => {
    for (let n = 0; n < ${looks}; n++) if (Atomics.load(own, index) !== old) return
    while (Atomics.load(own, index) === old) Atomics.wait(own, index, old)
  }
  const barrier = () => {
    const round = Atomics.load(own, c.round)
    // the round changes when all is over, but perhaps it has already
    if (Atomics.load(own, c.isOver)) throw over
    if (Atomics.add(own, c.arrived, 1) === threads - 1) {
      Atomics.store(own, c.arrived, 0)
      Atomics.add(own, c.round, 1)
      Atomics.notify(own, c.round)
    } else until(c.round, round)
    if (Atomics.load(own, c.isOver)) throw over
  }
  const copied = (address, length) => new Uint8Array(memory.buffer, address, length).slice()
  const load = ([address, length]) => {
    if (!kernels.has(address)) {
      const module = new WebAssembly.Module(copied(address, length))
      kernels.set(address, new WebAssembly.Instance(module, imports).exports.run)
    }
    return kernels.get(address)
  }
  const prepared = (runs, steps) =>
    steps.map((step) =>
      step === 0 ? barrier
      : step.length === 2 ? { run: runs[step[0]], block: step[1] }
      : { count: step[0], moving: step[1], deltas: step[2], steps: prepared(runs, step[3]) })
  const run = (steps) => {
    for (const step of steps) {
      if (step === barrier) barrier()
      else if (step.run) step.run(step.block)
      else {
        const { count, moving, deltas } = step
        for (let round = 0; round < count; round++) {
          run(step.steps)
          for (let i = 0; i < moving.length; i++) words[moving[i]] += deltas[i]
        }
        for (let i = 0; i < moving.length; i++) words[moving[i]] -= count * deltas[i]
      }
    }
  }
  const stepsOf = (plan) => {
    let steps = plans.get(plan)
    if (steps) return steps
    const text = new TextDecoder().decode(copied(own[c.text], own[c.bytes]))
    const job = JSON.parse(text)
    steps = prepared(job.kernels.map(load), job.programs[thread - 1])
    // forgotten plans are read again
    if (plans.size === 32) plans.delete(plans.keys().next().value)
    plans.set(plan, steps)
    return steps
  }
  Atomics.add(own, c.ready, 1)
  try {
    for (let job = 0; ; ) {
      until(c.job, job)
      job = Atomics.load(own, c.job)
      if (Atomics.load(own, c.isOver)) break
      while (memory.buffer.byteLength < own[c.memory] * 65536);
      if (words.buffer !== memory.buffer) words = new Int32Array(memory.buffer)
      run(stepsOf(own[c.plan]))
    }
  } catch (error) {
    if (error !== over) {
      Atomics.store(own, c.failed, 1)
      Atomics.add(own, c.round, 1)
      Atomics.notify(own, c.round)
    }
  }
  Atomics.add(own, c.left, 1)
  Atomics.notify(own, c.left)
}
`
