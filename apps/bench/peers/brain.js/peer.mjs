/** brain.js. It reads letters one at a time, and updates after every string: its batch is 1, so one run is one string. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { serve } from '../../src/serve.ts'
import { tokens, vocabularySize } from '../../src/tokens.ts'

const require = createRequire(import.meta.url)
const { recurrent } = require('brain.js')
const { version } = JSON.parse(readFileSync(require.resolve('brain.js/package.json'), 'utf8'))
const classes = { lstm: recurrent.LSTM, gru: recurrent.GRU, rnn: recurrent.RNN }
const alphabet = Array.from({ length: vocabularySize }, (_, i) => String.fromCharCode(48 + i)).join('')
const quiet = { iterations: 1, errorThresh: 0, log: false }

function network({ cell, hidden, layers }, time) {
  const net = new classes[cell]({ hiddenLayers: new Array(layers).fill(hidden) })
  const text = [...tokens(time)].map((token) => alphabet[token]).join('')
  net.train([alphabet, text], quiet) // it learns its alphabet from what it sees
  return { net, text }
}

function trainingStep(of) {
  const { batch = 32, time = 64 } = of
  const { net, text } = network(of, time)
  return { run: () => net.train([text], quiet).error, scale: batch, program: `brain.js ${version}` }
}

function sample(of) {
  const { net } = network(of, 64)
  const workload = { run, scale: 1, program: `brain.js ${version}` }
  function run() {
    let steps = 0
    while (steps < 100) steps += net.run('', true).length + 1 // a text ends when the end is drawn
    workload.scale = 1 / steps
    return steps
  }
  return workload
}

await serve((workload, of) => {
  if (!(of.cell in classes)) return 'it has no such cell'
  if (of.threads > 1) return 'it has no threads'
  if (of.input === 'dense') return 'it reads letters'
  if (of.head || of.checkpoint) return 'it has the head outside the loop and no checkpoints'
  if (workload === 'sample') return sample(of)
  return workload === 'step' ? trainingStep(of) : 'it has no such program'
})
