/** `pnpm bench`: measures what the command line asks for, and prints a row at a time. */
import { TapeloopError } from '@tapeloop/core'
import { parseArguments, usage } from './arguments.js'
import type { Opponent } from './benchmarks/benchmark.js'
import { casesOf } from './cases.js'
import { compare } from './compare.js'
import { machine } from './machine.js'
import { participants, type Say } from './participants.js'
import { jsonLine, textLine } from './rows.js'

async function main(words: readonly string[]): Promise<void> {
  const { help, benchmarks, peers, levels, given, json, rounds, seconds } = parseArguments(words)
  if (help) return console.log(usage)
  // rows alone go to stdout with --json; what explains them goes beside it
  const say = once(json ? console.error : console.log)
  const contest = {
    levels,
    isWanted: ({ peer }: Opponent) => peer === 'tapeloop' || peer === 'peak' || peers.includes(peer),
    participants: participants(say),
    say,
    rounds,
    seconds,
  }
  say(machine())
  for (const benchmark of benchmarks) {
    say(`\n${benchmark.name}: ${benchmark.title}`)
    for (const of of casesOf(benchmark, given)) {
      const rows = await compare(benchmark, of, contest)
      for (const { row, measure } of rows) {
        console.log(json ? jsonLine(row) : textLine(row, measure, benchmark.show))
      }
    }
  }
}

/** Says each sentence the first time only. */
function once(say: Say): Say {
  const said = new Set<string>()
  return (sentence) => {
    if (!said.has(sentence)) say(sentence)
    said.add(sentence)
  }
}

try {
  await main(process.argv.slice(2))
} catch (error) {
  if (!(error instanceof TapeloopError)) throw error
  console.error(error.message)
  process.exitCode = 1
}
