import { programs } from '@tapeloop/testing'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { close, isLiteral, orderOf, substitute, verify, withPlaceholders, type Graph } from './graph.js'
import { add, full, grad, scan, sin, tensor, trace, zeros, type Tensor } from './index.js'
import { Tensor as TensorClass } from './tensor.js'

const scalar = { shape: [], dtype: 'float32' } as const
const graphOf = (f: (x: Tensor) => Tensor): Graph => trace(f, zeros([]))

describe('orderOf', () => {
  test('lists every node once, inputs before uses', () => {
    const holds = fc.property(programs(), ({ f, args }) => {
      const { outputs } = trace(f, ...args)
      const order = orderOf(outputs)
      const place = new Map(order.map((node, i) => [node, i]))
      expect(place.size).toBe(order.length)
      order.forEach((node, i) => {
        const before = node.inputs.map((input) => place.get(input.node!) ?? -1)
        expect(Math.max(-1, ...before)).toBeLessThan(i)
      })
    })
    fc.assert(holds, { seed: 1, numRuns: 50 })
  })

  test('goes 100,000 nodes deep', () => {
    const { outputs } = graphOf((x) => {
      for (let i = 0; i < 100_000; i++) x = sin(x)
      return x
    })
    expect(orderOf(outputs)).toHaveLength(100_000)
  })
})

describe('close', () => {
  test('takes the largest parts that do not depend on the placeholders from outside', () => {
    const w = tensor(2)
    const outside = sin(w).add(1)
    withPlaceholders([scalar], 'x', ([x], level) => {
      const { graph, captures } = close([x!.mul(outside), outside], [x!], level)
      expect(captures).toEqual([outside])
      expect(graph.inputs).toHaveLength(2)
      expect(graph.outputs[1]).toBe(graph.inputs[1])
      verify(graph)
    })
  })

  test('copies literals in, and captures what is broadcast before it is', () => {
    const bias = tensor([1, 2])
    const { inputs, outputs } = trace((x: Tensor) => add(x, bias).add(full(0.5, [2])), zeros([3, 2]))
    expect(inputs.map(({ shape }) => shape)).toEqual([[3, 2], [2]])
    expect(orderOf(outputs).map(({ op }) => op.name)).toContain('broadcast')
    expect(isLiteral(full(1, [2]))).toBe(true)
    expect(isLiteral(bias)).toBe(false)
  })

  test('in a nested trace takes the values of the enclosing one from outside', () => {
    const { outputs } = trace((x: Tensor) => scan((h: Tensor) => [h.mul(sin(x)), {}], x, {}, { length: 2 })[0], zeros([])) // prettier-ignore
    const loop = orderOf(outputs).find(({ op }) => op.name === 'scan')
    const { body } = loop!.attrs as { body: Graph }
    // sin is computed once, before the loop
    expect(orderOf(body.outputs).map(({ op }) => op.name)).toEqual(['mul'])
    expect(loop!.inputs[1]!.node!.op.name).toBe('sin')
  })
})

test('substitute rebuilds only what depends on what is replaced', () => {
  withPlaceholders([scalar, scalar], 'x', ([x, y]) => {
    const kept = sin(y!)
    const z = x!.mul(kept)
    const map = new Map([[x!, y!]])
    const [rebuilt, same] = substitute([z, kept], map)
    expect(same).toBe(kept)
    expect(rebuilt!.node!.inputs).toEqual([y, kept])
    expect(map.get(z)).toBe(rebuilt)
  })
})

describe('verify', () => {
  const loop = graphOf((x) => scan((h: Tensor) => [h.mul(x), {}], x, {}, { length: 2 })[0])
  const node = orderOf(loop.outputs)[0]!
  /** The loop with other attributes, which `apply` would have refused. */
  const forged = (attrs: object, specs = node.outputs): Graph => {
    const copy = { ...node, attrs: { ...node.attrs, ...attrs } }
    const outputs = specs.map((spec, i) => new TensorClass(spec, copy as never, i, 1))
    Object.assign(copy, { outputs })
    return { inputs: loop.inputs, outputs: [outputs[0]!] }
  }

  test('passes what traces make, derivatives included', () => {
    const holds = fc.property(programs({ steps: 8 }), ({ f, args: [first, ...rest] }) => {
      const loss = (x: Tensor) => f(x, ...rest).reduce((all, y) => all.add(y.sum()), zeros([], 'float64'))
      verify(trace(grad(loss), first!))
    })
    fc.assert(holds, { seed: 2, numRuns: 40 })
  })

  test('refuses numbers, inputs that are none, and placeholders from elsewhere', () => {
    const x = tensor(1)
    expect(() => verify({ inputs: [], outputs: [x] })).toThrow(
      'verify: the program holds numbers of shape []',
    )
    expect(() => verify({ inputs: [x], outputs: [] })).toThrow(
      'verify: input tensor float32 [] 1 is not a placeholder',
    )
    expect(() => verify({ inputs: [], outputs: loop.outputs })).toThrow(
      'verify: tensor float32 [] is a placeholder of another trace; return values from a traced function',
    )
    const [input] = loop.inputs
    expect(() => verify({ inputs: [input!, input!], outputs: [] })).toThrow('stands twice among the inputs')
  })

  test('refuses outputs that are not what the op infers', () => {
    expect(() =>
      verify(forged({}, [{ ...node.outputs[0]!, shape: [2], dtype: 'float32' } as never])),
    ).toThrow('verify: scan infers float32 [] but its output is tensor float32 [2]')
  })

  test('looks into bodies', () => {
    const { body } = node.attrs as { body: Graph }
    const open = { inputs: body.inputs.slice(0, 1), outputs: body.outputs }
    expect(() => verify(forged({ body: open }))).toThrow('scan: the loop has 2 inputs but its body takes 1')
    const foreign = { inputs: body.inputs, outputs: [loop.inputs[0]!] }
    expect(() => verify(forged({ body: foreign }))).toThrow('is a placeholder of another trace')
    expect(() => verify(forged({ sequences: 1 }))).toThrow(
      'scan: input 1 of the loop is float32 []; its body needs float32 [2]',
    )
  })
})
