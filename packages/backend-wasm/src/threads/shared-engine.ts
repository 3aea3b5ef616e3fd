import { createEngine, type Engine } from '../engine.js'
import { createHeap } from '../heap.js'
import type { Level } from '../kernels/kernel.js'
import { canShare } from './start.js'
import { createTeam, type Team } from './team.js'

/** Threads end when nobody holds their engine. */
const abandoned = new FinalizationRegistry((team: Team) => team.end())

/** How long to wait for threads, in milliseconds; those that come later still help. */
const patience = 2000

/** An engine with threads over one memory; null where memory cannot be shared, or threads started. */
export async function sharedEngine(level: Level, threads: number): Promise<Engine | null> {
  const shared = canShare() ? sharedMemory() : null
  if (shared === null) return null
  const heap = createHeap(shared.memory, shared.mostPages)
  const team = createTeam(heap, threads)
  const deadline = performance.now() + patience
  while (team.state === 'starting' && performance.now() < deadline)
    await new Promise((go) => setTimeout(go, 1))
  if (team.state === 'over') return null
  const engine = createEngine(level, heap, team)
  abandoned.register(engine, team)
  return engine
}

/** Shared memory says in advance how far it may grow, and small machines refuse the most there can be. */
function sharedMemory(): { memory: WebAssembly.Memory; mostPages: number } | null {
  for (let mostPages = 65536; mostPages >= 4096; mostPages /= 2) {
    try {
      return {
        memory: new WebAssembly.Memory({ initial: 16, maximum: mostPages, shared: true }),
        mostPages,
      }
    } catch {
      continue
    }
  }
  return null
}
