/** TensorFlow.js on its WebAssembly backend: as its layers have it, or from its core operations in a loop. */
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm'
import * as tf from '@tensorflow/tfjs-core'
import * as layers from '@tensorflow/tfjs-layers'
import { serve } from '../../src/serve.ts'
import { nextTokens, tokens, vocabularySize } from '../../src/tokens.ts'

const resolve = createRequire(import.meta.url).resolve
setWasmPaths(join(dirname(resolve('@tensorflow/tfjs-backend-wasm')), '/'))
await tf.setBackend('wasm')
await tf.ready()

const charactersPerRun = 20

/** Blocks of columns in the kernels of a cell, and one step over them: x and R·h are `[batch, gates·hidden]`. */
const cells = {
  lstm: {
    gates: 4,
    step(x, { h, c }, R) {
      const [i, f, g, o] = tf.split(tf.add(x, tf.matMul(h, R)), 4, 1)
      const next = tf.add(tf.mul(tf.sigmoid(f), c), tf.mul(tf.sigmoid(i), tf.tanh(g)))
      return { h: tf.mul(tf.sigmoid(o), tf.tanh(next)), c: next }
    },
  },
  gru: {
    gates: 3,
    step(x, { h }, R) {
      const [xr, xz, xn] = tf.split(x, 3, 1)
      const [hr, hz, hn] = tf.split(tf.matMul(h, R), 3, 1)
      const z = tf.sigmoid(tf.add(xz, hz))
      const n = tf.tanh(tf.add(xn, tf.mul(tf.sigmoid(tf.add(xr, hr)), hn)))
      return { h: tf.add(n, tf.mul(z, tf.sub(h, n))) }
    },
  },
  rnn: { gates: 1, step: (x, { h }, R) => ({ h: tf.tanh(tf.add(x, tf.matMul(h, R))) }) },
}

function parametersOf({ cell, hidden, layers, input }) {
  const uniform = (shape) => tf.variable(tf.randomUniform(shape, -(hidden ** -0.5), hidden ** -0.5))
  const size = cells[cell].gates * hidden
  return {
    embedding: input === 'embedding' ? [uniform([vocabularySize, hidden])] : [],
    layers: Array.from({ length: layers }, (_, i) => ({
      W: uniform([i === 0 && input === 'one-hot' ? vocabularySize : hidden, size]),
      R: uniform([hidden, size]),
      b: tf.variable(tf.zeros([size])),
    })),
    head: { W: uniform([hidden, vocabularySize]), b: tf.variable(tf.zeros([vocabularySize])) },
  }
}

/** A training step from core operations, time in front, the products with the input before the loop. */
function stepOfOperations(of) {
  const { cell, hidden, input, batch = 32, time = 64 } = of
  const { gates, step } = cells[cell]
  const parameters = parametersOf(of)
  const ids = tokens(batch * time)
  const oneHot = (ids) => encode(tf.tensor1d(ids, 'int32'))
  const y = oneHot(nextTokens(ids))
  const x = input === 'dense' ? tf.variable(tf.randomNormal([time * batch, hidden])) : oneHot(ids)
  const loss = () => {
    // its WebAssembly has no kernel for the gradient of a gather
    let below = input === 'embedding' ? tf.matMul(x, parameters.embedding[0]) : x
    for (const { W, R, b } of parameters.layers) {
      const inputs = tf.unstack(tf.reshape(tf.add(tf.matMul(below, W), b), [time, batch, gates * hidden]))
      let state = { h: tf.zeros([batch, hidden]), c: tf.zeros([batch, hidden]) }
      const outputs = inputs.map((now) => (state = step(now, state, R)).h)
      below = tf.concat(outputs, 0)
    }
    const { W, b } = parameters.head
    return tf.losses.softmaxCrossEntropy(y, tf.add(tf.matMul(below, W), b))
  }
  const trained = [
    ...parameters.embedding,
    ...parameters.layers.flatMap(Object.values),
    ...Object.values(parameters.head),
  ]
  const optimizer = tf.train.adam(2e-3)
  const run = () =>
    tf.tidy(() => {
      const { value, grads } = tf.variableGrads(loss, input === 'dense' ? [...trained, x] : trained)
      if (input === 'dense') delete grads[x.name]
      optimizer.applyGradients(grads)
      return value.dataSync()[0]
    })
  return { run, program: program('core operations') }
}

/** The same with the layers of the library, as its users write it. */
function stepOfLayers({ cell, hidden, layers: count, input, batch = 32, time = 64 }) {
  if (input === 'dense') return 'its layers give no gradient of the input'
  if (input === 'embedding') return 'its WebAssembly has no gradient of an embedding'
  const model = layers.sequential()
  const recurrent = { lstm: 'lstm', gru: 'gru', rnn: 'simpleRNN' }[cell]
  for (let i = 0; i < count; i++) {
    const inputShape = i === 0 ? { inputShape: [time, vocabularySize] } : {}
    const glorot = { recurrentInitializer: 'glorotUniform' } // the orthogonal default takes minutes
    model.add(layers.layers[recurrent]({ units: hidden, returnSequences: true, ...glorot, ...inputShape }))
  }
  const head = layers.layers.dense({ units: vocabularySize, activation: 'softmax' })
  model.add(layers.layers.timeDistributed({ layer: head }))
  model.compile({ optimizer: tf.train.adam(2e-3), loss: 'categoricalCrossentropy' })
  const ids = tokens(batch * time)
  const oneHot = (ids) => encode(tf.tensor2d(ids, [batch, time], 'int32'))
  const x = oneHot(ids)
  const y = oneHot(nextTokens(ids))
  return { run: () => model.trainOnBatch(x, y), program: program('layers') }
}

/** One character after the other, drawn from the softmax. */
function sample(of) {
  const { cell, hidden, layers, input } = of
  const parameters = parametersOf(of)
  const zeros = () => tf.keep(tf.zeros([1, hidden]))
  const states = Array.from({ length: layers }, () => ({ h: zeros(), c: zeros() }))
  const advance = (token) =>
    tf.tidy(() => {
      const index = tf.tensor1d([token], 'int32')
      let below = input === 'embedding' ? tf.gather(parameters.embedding[0], index) : encode(index)
      parameters.layers.forEach(({ W, R, b }, i) => {
        const next = cells[cell].step(tf.add(tf.matMul(below, W), b), states[i], R)
        for (const [name, value] of Object.entries(next)) {
          states[i][name].dispose()
          states[i][name] = tf.keep(value)
        }
        below = next.h
      })
      const { W, b } = parameters.head
      return tf.softmax(tf.add(tf.matMul(below, W), b)).dataSync()
    })
  const run = () => {
    let token = 0
    for (let i = 0; i < charactersPerRun; i++) {
      const probabilities = advance(token)
      let left = Math.random()
      for (token = 0; token < vocabularySize - 1 && (left -= probabilities[token]) > 0;) token++
    }
    return token
  }
  return { run, scale: 1 / charactersPerRun, program: program('core operations') }
}

const encode = (ids) => tf.cast(tf.oneHot(ids, vocabularySize), 'float32')
const program = (what) => `TensorFlow.js ${tf.version_core}, WebAssembly backend, ${what}`

await serve((workload, of) => {
  if (!(of.cell in cells)) return 'it has no such cell'
  if (of.threads > 1) return 'its WebAssembly has no threads in Node'
  if (of.head || of.checkpoint) return 'it has the head outside the loop and no checkpoints here'
  if (workload === 'sample') return sample(of)
  if (workload !== 'step') return 'it has no such program here'
  return of.program === 'layers' ? stepOfLayers(of) : stepOfOperations(of)
})
