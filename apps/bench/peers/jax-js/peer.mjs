/** jax-js on its WebAssembly backend. It has no scan: the loop over time is unrolled in one jitted step. */
import { readFileSync } from 'node:fs'
import { defaultDevice, init, jit, nn, numpy as np, tree, valueAndGrad } from '@jax-js/jax'
import { serve } from '../../src/serve.ts'
import { nextTokens, tokens, vocabularySize } from '../../src/tokens.ts'

const manifest = new URL('node_modules/@jax-js/jax/package.json', import.meta.url)
const { version } = JSON.parse(readFileSync(manifest, 'utf8'))
await init('wasm')
defaultDevice('wasm')

const charactersPerRun = 20

const array = (shape, value) => {
  const length = shape.reduce((product, extent) => product * extent, 1)
  return np.array(Float32Array.from({ length }, (_, i) => value(i))).reshape(shape)
}
const oneHot = (ids) =>
  array([ids.length, vocabularySize], (i) =>
    ids[Math.floor(i / vocabularySize)] === i % vocabularySize ? 1 : 0,
  )

/**
 * One step over x `[batch, gates·hidden]`. Arrays are used up by the functions they go into; `.ref` keeps one for another
 * use. R is kept.
 */
const cells = {
  lstm: {
    gates: 4,
    states: 2,
    step(x, [h, c], R, H) {
      const z = np.dot(h, R.ref).add(x)
      const gate = (k) => z.ref.slice([], [k * H, (k + 1) * H])
      const [i, f, g, o] = [gate(0), gate(1), gate(2), gate(3)]
      z.dispose()
      const next = nn
        .sigmoid(f)
        .mul(c)
        .add(nn.sigmoid(i).mul(np.tanh(g)))
      return [nn.sigmoid(o).mul(np.tanh(next.ref)), next]
    },
  },
  gru: {
    gates: 3,
    states: 1,
    step(x, [h], R, H) {
      const hs = np.dot(h.ref, R.ref)
      const gate = (of, k) => of.ref.slice([], [k * H, (k + 1) * H])
      const r = nn.sigmoid(gate(x, 0).add(gate(hs, 0)))
      const z = nn.sigmoid(gate(x, 1).add(gate(hs, 1)))
      const n = np.tanh(gate(x, 2).add(r.mul(gate(hs, 2))))
      x.dispose()
      hs.dispose()
      return [n.ref.add(z.mul(h.sub(n)))]
    },
  },
  rnn: { gates: 1, states: 1, step: (x, [h], R) => [np.tanh(np.dot(h, R.ref).add(x))] },
}

function parametersOf({ cell, hidden, layers, input }) {
  const uniform = (shape) => array(shape, () => (2 * Math.random() - 1) * hidden ** -0.5)
  const size = cells[cell].gates * hidden
  return {
    ...(input === 'embedding' && { embedding: uniform([vocabularySize, hidden]) }),
    layers: Array.from({ length: layers }, (_, i) => ({
      W: uniform([i === 0 && input === 'one-hot' ? vocabularySize : hidden, size]),
      R: uniform([hidden, size]),
      b: np.zeros([size]),
    })),
    head: { W: uniform([hidden, vocabularySize]), b: np.zeros([vocabularySize]) },
  }
}

function trainingStep(of) {
  const { cell, hidden, input, batch = 32, time = 64 } = of
  const { gates, states, step } = cells[cell]
  let parameters = parametersOf(of)
  const zeros = () => tree.map((leaf) => np.zeros(leaf.shape), tree.ref(parameters))
  let [first, second] = [zeros(), zeros()]
  const ids = tokens(batch * time)
  const x = input === 'dense' ? array([time * batch, hidden], Math.random) : oneHot(ids)
  const y = oneHot(nextTokens(ids))

  const loss = ({ parameters, below }, y) => {
    if (parameters.embedding) below = np.dot(below, parameters.embedding)
    for (const { W, R, b } of parameters.layers) {
      const inputs = np
        .dot(below, W)
        .add(b)
        .reshape([time, batch, gates * hidden])
      let state = Array.from({ length: states }, () => np.zeros([batch, hidden]))
      const outputs = []
      for (let t = 0; t < time; t++) {
        state = step(inputs.ref.slice(t), state, R, hidden)
        outputs.push(state[0].ref)
      }
      for (const value of [...state, inputs, R]) value.dispose()
      below = np.concatenate(outputs, 0)
    }
    const logits = np.dot(below, parameters.head.W).add(parameters.head.b)
    return nn
      .logSoftmax(logits, -1)
      .mul(y)
      .sum()
      .mul(-1 / (time * batch))
  }
  const update = jit((parameters, first, second, scale, x, y) => {
    const differentiate =
      input === 'dense'
        ? valueAndGrad(loss)
        : valueAndGrad(({ parameters }, x, y) => loss({ parameters, below: x }, y))
    const [value, gradient] =
      input === 'dense'
        ? differentiate({ parameters: tree.ref(parameters), below: x }, y)
        : differentiate({ parameters: tree.ref(parameters) }, x, y)
    const g = gradient.parameters
    const m = tree.map((m, g) => m.mul(0.9).add(g.mul(0.1)), first, tree.ref(g))
    const v = tree.map((v, g) => v.mul(0.999).add(g.ref.mul(g).mul(0.001)), second, g)
    const moved = tree.map(
      (p, m, v) => p.sub(m.mul(scale.ref).div(np.sqrt(v).add(1e-8))),
      parameters,
      tree.ref(m),
      tree.ref(v),
    )
    scale.dispose()
    return { value, moved, m, v, below: gradient.below ?? np.zeros([1]) }
  })
  let steps = 0
  const run = async () => {
    steps++
    const scale = np.array((2e-3 * Math.sqrt(1 - 0.999 ** steps)) / (1 - 0.9 ** steps))
    const { value, moved, m, v, below } = update(parameters, first, second, scale, x.ref, y.ref)
    below.dispose()
    ;[parameters, first, second] = [moved, m, v]
    return (await value.data())[0]
  }
  return { run, program: program('one jitted step, unrolled over time') }
}

function sample(of) {
  const { cell, hidden } = of
  const { states, step } = cells[cell]
  const parameters = parametersOf(of)
  const advance = jit((parameters, state, x) => {
    let below = parameters.embedding ? np.dot(x, parameters.embedding) : x
    const next = parameters.layers.map(({ W, R, b }, i) => {
      const after = step(np.dot(below, W).add(b), state[i], R, hidden)
      R.dispose()
      below = after[0].ref
      return after
    })
    const logits = np.dot(below, parameters.head.W).add(parameters.head.b)
    return [nn.softmax(logits, -1), next]
  })
  let state = parameters.layers.map(() => Array.from({ length: states }, () => np.zeros([1, hidden])))
  const run = async () => {
    let token = 0
    for (let i = 0; i < charactersPerRun; i++) {
      const [probabilities, next] = advance(tree.ref(parameters), state, oneHot([token]))
      state = next
      const numbers = await probabilities.data()
      let left = Math.random()
      for (token = 0; token < vocabularySize - 1 && (left -= numbers[token]) > 0;) token++
    }
    return token
  }
  return { run, scale: 1 / charactersPerRun, program: program('one jitted step') }
}

const program = (what) => `jax-js ${version}, WebAssembly backend, ${what}`

await serve((workload, of) => {
  if (!(of.cell in cells)) return 'it has no such cell here'
  if (of.threads > 1) return 'its WebAssembly has no threads'
  if (of.head || of.checkpoint) return 'it has the head outside the loop and no checkpoints here'
  if (workload === 'sample') return sample(of)
  return workload === 'step' ? trainingStep(of) : 'it has no such program here'
})
