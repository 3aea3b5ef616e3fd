import { availableParallelism, cpus, freemem, totalmem } from 'node:os'
import type { Command } from 'commander'
import { chooseBackend } from '../backend.js'
import type { Shell } from '../shell.js'
import { count, counted } from '../terminal/numbers.js'
import { table } from '../terminal/table.js'

/** Something that a machine offers, and what to do about it. */
interface Finding {
  readonly what: string
  readonly found: string
  readonly advice: string
}

/** `tapeloop doctor`: what this machine offers. */
export function addDoctor(program: Command, { output }: Shell): void {
  program
    .command('doctor')
    .summary('say what this machine offers')
    .description('Looks at what training can use on this machine, and gives a line of advice for each.')
    .option('--json', 'write one JSON array')
    .action(async ({ json }: { readonly json?: true }) => {
      // the levels are tried and checked, as train does it
      const backend = await chooseBackend(output, true, 1)
      const findings = [node(), wasm(backend.name), threads(), memory(), gpu(), terminal(output.isTerminal)]
      if (json) return output.write(`${JSON.stringify(findings)}\n`)
      const rows = findings.map(({ what, found, advice }) => [what, found, advice])
      const lines = table(['', 'found', 'advice'], rows, { style: output.style })
      return output.write(lines.map((line) => `${line}\n`).join(''))
    })
}

function node(): Finding {
  const { node: version } = process.versions
  const major = Number(version.split('.')[0])
  return {
    what: 'Node',
    found: version,
    advice:
      major >= 24 ? 'as fast as it gets' : 'Node 24 or later computes with vectors twice as long on x64',
  }
}

function wasm(name: string): Finding {
  const level = name.replace(/^wasm /, '')
  const advice: Readonly<Record<string, string>> = {
    wide: 'the fastest level, and its numbers were checked here',
    relaxed: 'checked here; wide needs Node 24 or later on x64',
    simd: 'relaxed failed its check or is missing here; a newer Node may have it',
  }
  return {
    what: 'WebAssembly',
    found: level,
    advice: advice[level] ?? 'without WebAssembly training is many times slower; use a Node that has it',
  }
}

function threads(): Finding {
  const available = availableParallelism()
  return {
    what: 'threads',
    found: `${available} of ${cpus()[0]?.model.trim() ?? 'an unknown processor'}`,
    advice:
      available === 1
        ? 'one, so nothing is shared'
        : `train uses ${Math.min(4, available)}; another number by --threads`,
  }
}

function memory(): Finding {
  const gigabytes = (bytes: number) => `${(bytes / 2 ** 30).toFixed(1)} GB`
  const most = Math.floor(freemem() / 16)
  return {
    what: 'memory',
    found: `${gigabytes(freemem())} free of ${gigabytes(totalmem())}`,
    advice: `room for a model of some ${counted(Number(most.toPrecision(1)), 'parameter')} (16 bytes each, and the batch)`,
  }
}

function gpu(): Finding {
  const hasWebGpu = 'navigator' in globalThis && 'gpu' in globalThis.navigator
  return {
    what: 'GPU',
    found: hasWebGpu ? 'WebGPU' : 'none that Node can use',
    advice: 'not needed: this program trains on the processor',
  }
}

function terminal(isTerminal: boolean): Finding {
  return {
    what: 'terminal',
    found: isTerminal ? `${count(process.stdout.columns || 80)} columns` : 'a pipe or a file',
    advice: isTerminal
      ? 'train shows a line that changes; NO_COLOR=1 for no colours'
      : 'train writes plain lines; --json for events',
  }
}
