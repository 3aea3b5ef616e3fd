/** `npm run train`: the CLI, from its sources, trains a small LSTM on Moby-Dick; further options are handed to it. */
import { existsSync } from 'node:fs'

let out = 'runs/moby-dick'
for (let n = 2; existsSync(out); n++) out = `runs/moby-dick-${n}`

const options =
  '--cell lstm --hidden 64 --layers 1 --seq-length 32 --batch-size 8 --optimizer adam --lr 1e-2 --clip 5'
process.argv.splice(2, 0, 'train', '--out', out, ...options.split(' '), '--steps', '8000')
await import('../apps/cli/src/main.js')
