/**
 * A training step as one graph without loops: ONNX Runtime has no gradients, so that of the LSTM is written out by hand
 * here, as is Adam.
 */
import { vocabularySize } from '../../src/tokens.ts'
import { graph } from './onnx.mjs'

/** The model's bytes, and the shapes of its parameters by name. */
export function trainingGraph({ hidden: H, layers, input, batch: B, time: T }) {
  const g = graph()
  const rows = T * B
  const scalar = (value) => g.constant([], Float32Array.of(value))
  const [one, perRow, eps] = [scalar(1), scalar(1 / rows), scalar(1e-8)]
  const [keep1, add1, keep2, add2] = [scalar(0.9), scalar(0.1), scalar(0.999), scalar(0.001)]
  const overRows = g.constant([1], BigInt64Array.of(0n))
  const zero = g.constant([B, H], new Float32Array(B * H))
  const add = (a, b) => g.op('Add', [a, b])
  const sub = (a, b) => g.op('Sub', [a, b])
  const mul = (a, b) => g.op('Mul', [a, b])
  const sumOverRows = (x) => g.op('ReduceSum', [x, overRows], { keepdims: 0 })

  const shapes = {}
  const parameter = (name, shape) => {
    shapes[name] = shape
    return g.input(name, shape)
  }
  const gradients = {}

  /** One layer over x `[T·B, in]`: its outputs a step, and what turns their gradients into that of x. */
  const lstm = (x, inputSize, i) => {
    const [W, R, b] = [
      parameter(`W${i}`, [inputSize, 4 * H]),
      parameter(`R${i}`, [H, 4 * H]),
      parameter(`b${i}`, [4 * H]),
    ]
    let [h, c] = [zero, zero]
    const steps = g.split(g.gemm(x, W, { c: b }), T, 0).map((now) => {
      const before = { h, c }
      const [zi, zf, zg, zo] = g.split(g.gemm(h, R, { c: now }), 4, 1)
      const [si, sf, so] = [zi, zf, zo].map((z) => g.op('Sigmoid', [z]))
      const tg = g.op('Tanh', [zg])
      c = add(mul(sf, c), mul(si, tg))
      const tc = g.op('Tanh', [c])
      h = mul(so, tc)
      return { before, si, sf, tg, so, tc, h }
    })
    const slope = (d, s) => mul(mul(d, s), sub(one, s)) // of a sigmoid
    const slopeOfTanh = (d, t) => mul(d, sub(one, mul(t, t)))
    const pull = (fromAbove, needsInput) => {
      let [dhNext, dcNext] = [null, null]
      const gates = steps.map(() => '')
      for (let t = T - 1; t >= 0; t--) {
        const { before, si, sf, tg, so, tc } = steps[t]
        const dh = dhNext === null ? fromAbove[t] : add(fromAbove[t], dhNext)
        const through = slopeOfTanh(mul(dh, so), tc)
        const dc = dcNext === null ? through : add(through, dcNext)
        const parts = [slope(mul(dc, tg), si), slope(mul(dc, before.c), sf)]
        gates[t] = g.concat([...parts, slopeOfTanh(mul(dc, si), tg), slope(mul(dh, tc), so)], 1)
        if (t > 0) {
          dcNext = mul(dc, sf)
          dhNext = g.gemm(gates[t], R, { transB: 1 })
        }
      }
      const dz = g.concat(gates, 0)
      const before = g.concat(
        steps.map(({ before }) => before.h),
        0,
      )
      gradients[`R${i}`] = g.gemm(before, dz, { transA: 1 })
      gradients[`W${i}`] = g.gemm(x, dz, { transA: 1 })
      gradients[`b${i}`] = sumOverRows(dz)
      return needsInput ? g.gemm(dz, W, { transB: 1 }) : null
    }
    return { outputs: steps.map(({ h }) => h), pull }
  }

  const codes = input === 'dense' ? null : g.input('codes', [rows, vocabularySize])
  const targets = g.input('targets', [rows, vocabularySize])
  const embedding = input === 'embedding' ? parameter('E', [vocabularySize, H]) : null
  const x = {
    embedding: () => g.op('Gather', [embedding, g.input('ids', [rows], 'int64')], { axis: 0 }),
    'one-hot': () => codes,
    dense: () => g.input('x', [rows, H]),
  }[input]()
  const stack = []
  let below = x
  for (let i = 0; i < layers; i++) {
    stack.push(lstm(below, i === 0 && input === 'one-hot' ? vocabularySize : H, i))
    below = g.concat(stack[i].outputs, 0)
  }
  const [V, v] = [parameter('V', [H, vocabularySize]), parameter('v', [vocabularySize])]
  const probabilities = g.op('Softmax', [g.gemm(below, V, { c: v })], { axis: 1 })
  const logs = mul(g.op('Log', [probabilities]), targets)
  g.output('loss', sumOverRows(logs), [vocabularySize])

  const dLogits = mul(sub(probabilities, targets), perRow)
  gradients.V = g.gemm(below, dLogits, { transA: 1 })
  gradients.v = sumOverRows(dLogits)
  let d = g.gemm(dLogits, V, { transB: 1 })
  for (let i = layers - 1; i >= 0; i--) d = stack[i].pull(g.split(d, T, 0), i > 0 || input !== 'one-hot')
  if (input === 'dense') g.output('dx', d, [rows, H])
  if (embedding !== null) gradients.E = g.gemm(codes, d, { transA: 1 })

  const rate = g.input('rate', [1])
  for (const [name, shape] of Object.entries(shapes)) {
    const gradient = gradients[name]
    const m = add(mul(g.input(`m ${name}`, shape), keep1), mul(gradient, add1))
    const s = add(mul(g.input(`s ${name}`, shape), keep2), mul(mul(gradient, gradient), add2))
    const move = g.op('Div', [mul(m, rate), add(g.op('Sqrt', [s]), eps)])
    g.output(`next ${name}`, sub(name, move), shape)
    g.output(`next m ${name}`, m, shape)
    g.output(`next s ${name}`, s, shape)
  }
  return { bytes: g.bytes(), shapes }
}
