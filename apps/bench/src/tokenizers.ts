/** `pnpm bench:tokenizers`: how long tokenizers take to learn 8,000 tokens from 10 MB of text, and to encode it. */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { bpe, unigram, type Tokenizer } from '@tapeloop/tapeloop'
import { machine } from './machine.js'

const size = 8000
const wanted = 10_000_000

/** Text files, one after the other and again, up to 10 MB of UTF-8. */
function corpus(paths: readonly string[]): string {
  const files = paths.flatMap((path) =>
    statSync(path).isDirectory()
      ? readdirSync(path)
          .filter((name) => name.endsWith('.txt'))
          .toSorted()
          .map((name) => join(path, name))
      : [path],
  )
  const bytes = Buffer.concat(files.map((file) => readFileSync(file)))
  if (bytes.length === 0) throw new Error('usage: pnpm bench:tokenizers <files or folders of .txt>')
  const copies = Math.ceil(wanted / bytes.length)
  return Buffer.concat(Array.from({ length: copies }, () => bytes)).toString('utf8', 0, wanted)
}

/** Does something and says how long it took: by the clock, and of the processor, which other programs do not change. */
function timed<T>(what: string, work: () => T): T {
  const [clock, processor] = [performance.now(), process.cpuUsage()]
  const result = work()
  const seconds = (performance.now() - clock) / 1000
  const { user, system } = process.cpuUsage(processor)
  console.log(
    `${what}: ${seconds.toFixed(1)} s by the clock, ${((user + system) / 1e6).toFixed(1)} s of the processor`,
  )
  return result
}

function measure(name: string, text: string, train: (text: string) => Tokenizer): void {
  const tokenizer = timed(`${name}: learning ${size} tokens`, () => train(text))
  const { ids } = timed(`${name}: encoding`, () => tokenizer.encode(text))
  const back = timed(`${name}: decoding ${ids.length} ids`, () => tokenizer.decode(ids))
  if (back !== text) throw new Error(`${name}: the text did not come back`)
}

const text = corpus(process.argv.slice(2).filter((word) => word !== '--'))
console.log(machine())
console.log(`${(Buffer.byteLength(text) / 1e6).toFixed(1)} MB of text`)
measure('bpe', text, (learned) => bpe.train(learned, { size }))
measure('unigram', text, (learned) => unigram.train(learned, { size }))
