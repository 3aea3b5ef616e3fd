/** ONNX Runtime: what it runs was made for it, since it neither differentiates nor trains. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { serve } from '../../src/serve.ts'
import { nextTokens, tokens, vocabularySize } from '../../src/tokens.ts'
import { graph } from './onnx.mjs'
import { trainingGraph } from './training-step.mjs'

const ort = createRequire(import.meta.url)('onnxruntime-node')
const manifest = new URL('node_modules/onnxruntime-node/package.json', import.meta.url)
const { version } = JSON.parse(readFileSync(manifest, 'utf8'))

const charactersPerRun = 100

const sizeOf = (shape) => shape.reduce((product, extent) => product * extent, 1)
const floats = (shape, value = () => 0) =>
  new ort.Tensor(
    'float32',
    Float32Array.from({ length: sizeOf(shape) }, (_, i) => value(i)),
    shape,
  )
const uniform = (shape, bound) => floats(shape, () => (2 * Math.random() - 1) * bound)
const integers = (ids) => new ort.Tensor('int64', BigInt64Array.from(ids, BigInt), [ids.length])
const oneHot = (ids) =>
  floats([ids.length, vocabularySize], (i) =>
    ids[Math.floor(i / vocabularySize)] === i % vocabularySize ? 1 : 0,
  )

/** A session, made when it is first run: that is what corresponds to compiling. */
function sessionOf(bytes, threads = 1) {
  const options = { intraOpNumThreads: threads, interOpNumThreads: 1, graphOptimizationLevel: 'all' }
  let session
  return async (feeds) => {
    session ??= await ort.InferenceSession.create(bytes, options)
    return session.run(feeds)
  }
}

function trainingStep(of) {
  const { cell, hidden, input, threads, batch = 32, time = 64 } = of
  if (cell !== 'lstm') return 'its gradient of that cell would have to be written by hand'
  const { bytes, shapes } = trainingGraph({ ...of, batch, time })
  const session = sessionOf(bytes, threads)
  const ids = tokens(batch * time)
  const feeds = { targets: oneHot(nextTokens(ids)) }
  if (input === 'embedding') feeds.ids = integers(ids)
  if (input === 'dense') feeds.x = uniform([batch * time, hidden], 1)
  else feeds.codes = oneHot(ids)
  for (const [name, shape] of Object.entries(shapes)) {
    feeds[name] = uniform(shape, hidden ** -0.5)
    feeds[`m ${name}`] = floats(shape)
    feeds[`s ${name}`] = floats(shape)
  }
  let steps = 0
  const run = async () => {
    steps++
    feeds.rate = floats([1], () => (2e-3 * Math.sqrt(1 - 0.999 ** steps)) / (1 - 0.9 ** steps))
    const results = await session(feeds)
    for (const name of Object.keys(shapes)) {
      for (const each of [name, `m ${name}`, `s ${name}`]) feeds[each] = results[`next ${each}`]
    }
    return -results.loss.data.reduce((sum, value) => sum + value, 0) / (batch * time)
  }
  return { run, program: program('one graph without loops, its gradient written by hand') }
}

/** The operators that it has, with the states given back to them. */
function sample({ cell, hidden: H, layers, input, threads }) {
  const { operator, gates, states, attributes } = {
    lstm: { operator: 'LSTM', gates: 4, states: 2, attributes: {} },
    gru: { operator: 'GRU', gates: 3, states: 1, attributes: { linear_before_reset: 1 } },
    rnn: { operator: 'RNN', gates: 1, states: 1, attributes: {} },
  }[cell]
  const g = graph()
  const weights = (shape) => g.constant(shape, uniform(shape, H ** -0.5).data)
  const token = g.input('token', [1], 'int64')
  const code =
    input === 'embedding'
      ? weights([vocabularySize, H])
      : g.constant([vocabularySize, vocabularySize], oneHot([...Array(vocabularySize).keys()]).data)
  const three = g.constant([3], BigInt64Array.of(1n, 1n, -1n))
  const two = g.constant([2], BigInt64Array.of(1n, -1n))
  let below = g.op('Gather', [code, token], { axis: 0 })
  const feeds = {}
  for (let i = 0; i < layers; i++) {
    const size = i === 0 && input === 'one-hot' ? vocabularySize : H
    const names = ['h', 'c'].slice(0, states).map((name) => g.input(`${name}${i}`, [1, 1, H]))
    const parameters = [
      weights([1, gates * H, size]),
      weights([1, gates * H, H]),
      weights([1, 2 * gates * H]),
    ]
    const [y, ...after] = g.ops(
      operator,
      [g.op('Reshape', [below, three]), ...parameters, '', ...names],
      1 + states,
      { hidden_size: H, ...attributes },
    )
    after.forEach((value, k) => g.output(`next ${names[k]}`, value, [1, 1, H]))
    for (const name of names) feeds[name] = floats([1, 1, H])
    below = g.op('Reshape', [y, two])
  }
  const logits = g.gemm(below, weights([H, vocabularySize]), { c: weights([vocabularySize]) })
  g.output('probabilities', g.op('Softmax', [logits], { axis: 1 }), [1, vocabularySize])
  const session = sessionOf(g.bytes(), threads)
  const run = async () => {
    let token = 0
    for (let i = 0; i < charactersPerRun; i++) {
      const results = await session({ ...feeds, token: integers([token]) })
      for (const name of Object.keys(feeds)) feeds[name] = results[`next ${name}`]
      const { data } = results.probabilities
      let left = Math.random()
      for (token = 0; token < vocabularySize - 1 && (left -= data[token]) > 0;) token++
    }
    return token
  }
  return { run, scale: 1 / charactersPerRun, program: program(`its ${operator} operator`) }
}

/** As src/workloads/product.ts. A few products stand in a graph, so that calling it counts for little. */
function product({ product, hidden: H, threads, batch = 32, time = 64 }) {
  const g = graph()
  const rows = time * batch
  if (product === 'recurrent' || product === 'vector') {
    const shape = [product === 'vector' ? 1 : batch, H]
    const W = g.input('W', [H, 4 * H])
    let h = g.input('h', shape)
    for (let t = 0; t < time; t++) h = g.gemm(g.gemm(h, W), W, { transB: 1 })
    g.output('y', h, shape)
    const same = (i) => ((i % (4 * H)) % H === Math.floor(i / (4 * H)) ? 0.5 : 0)
    const feeds = { h: floats(shape, () => 1), W: floats([H, 4 * H], same) }
    return productOf(g, feeds, threads, 1)
  }
  const shapes = {
    input: [
      [rows, H],
      [H, 4 * H],
      [rows, 4 * H],
    ],
    'input-gradient': [
      [rows, 4 * H],
      [H, 4 * H],
      [rows, H],
    ],
    'weight-gradient': [
      [rows, H],
      [rows, 4 * H],
      [H, 4 * H],
    ],
  }
  const [a, b, c] = shapes[product]
  const transposes = {
    transA: Number(product === 'weight-gradient'),
    transB: Number(product === 'input-gradient'),
  }
  const count = 4
  for (let i = 0; i < count; i++)
    g.output(`y${i}`, g.gemm(g.input(`a${i}`, a), i === 0 ? g.input('b', b) : 'b', transposes), c)
  const feeds = { b: uniform(b, 1) }
  for (let i = 0; i < count; i++) feeds[`a${i}`] = uniform(a, 1)
  return productOf(g, feeds, threads, 1 / count)
}

function productOf(g, feeds, threads, scale) {
  const session = sessionOf(g.bytes(), threads)
  const run = async () => (await session(feeds))[scale === 1 ? 'y' : 'y0'].data[0]
  return { run, scale, program: program('Gemm') }
}

const program = (what) => `ONNX Runtime ${version}, ${what}`

await serve((workload, of) => {
  if (workload === 'product') return product(of)
  if (!['lstm', 'gru', 'rnn'].includes(of.cell)) return 'it has no such cell'
  if (of.head || of.checkpoint) return 'it has the head outside the loop and no checkpoints here'
  return workload === 'sample' ? sample(of) : trainingStep(of)
})
