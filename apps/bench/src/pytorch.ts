import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { blasCandidates, mklFolder, processorFeatures, type Candidate } from './blas.js'
import type { Command } from './subject.js'

const program = fileURLToPath(new URL('../peers/pytorch/peer.py', import.meta.url))

/** What `peer.py --probe` says. */
interface Probe {
  readonly version: string
  /** the library that was loaded, by its own account */
  readonly blas: string
  /** of a product of an LSTM's shape, on one thread */
  readonly gflops: number
}

/** A PyTorch with the fastest BLAS there is. */
export interface Pytorch {
  readonly python: string
  readonly env: Candidate['env']
  /** versions, and the speed of every BLAS tried, for the head of a report */
  readonly account: string
}

/** The command that serves PyTorch's side on so many threads. */
export function pytorchCommand({ python, env }: Pytorch, threads: number): Command {
  return { file: python, args: [program], env: { ...env, ...threadsOf(threads) } }
}

/** The first Python that has PyTorch, with the BLAS that is fastest in a short trial; null where there is none. */
export function findPytorch(): Pytorch | null {
  const pythons = [process.env['PYTHON'] ?? '', 'python3', '/usr/bin/python3'].filter((name) => name !== '')
  const python = pythons.find((name) => spawnSync(name, ['-c', 'import torch']).status === 0)
  if (python === undefined) return null
  const tried = blasCandidates(processorFeatures(), mklFolder()).flatMap((candidate) => {
    const probe = probed(python, candidate)
    return probe ? [{ ...candidate, ...probe }] : []
  })
  const best = fastest(tried)
  if (best === undefined) return null
  const [chosen, ...others] = [best, ...tried.filter((each) => each !== best)].map(
    ({ blas, with: how, gflops }) => `${blas} (${how}) ${gflops.toFixed(0)} GFLOP/s`,
  )
  const passedOver = others.length > 0 ? `; passed over: ${others.join(', ')}` : ''
  const account = `PyTorch ${best.version} on ${chosen}${passedOver}`
  return { python, env: best.env, account }
}

function fastest<Tried extends Probe>(tried: readonly Tried[]): Tried | undefined {
  return tried.toSorted((a, b) => b.gflops - a.gflops)[0]
}

function probed(python: string, { env }: Candidate): Probe | null {
  const { status, stdout } = spawnSync(python, [program, '--probe'], {
    env: { ...process.env, ...env, ...threadsOf(1) },
    encoding: 'utf8',
  })
  return status === 0 ? JSON.parse(stdout) : null // a library that cannot be loaded is no candidate
}

const threadsOf = (threads: number) => ({
  OMP_NUM_THREADS: String(threads),
  MKL_NUM_THREADS: String(threads),
  OPENBLAS_NUM_THREADS: String(threads),
})
