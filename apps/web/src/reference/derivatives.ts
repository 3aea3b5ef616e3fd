import { apply, trace, zeros, type Op, type Tensor } from '@tapeloop/core'

/** How an op is differentiated: formulas where it has partial derivatives, a sentence where not. */
export type Derivative = { readonly partials: readonly string[] } | { readonly sentence: string }

const sentences = {
  none: 'Piecewise constant, or of whole numbers: no gradient comes through.',
  linear:
    'Linear: the gradient goes back through the transpose of the map, which the record writes with ops.',
  rules: 'The record writes a forward and a reverse rule, with ops.',
  staged: 'It holds programs of its own, which are differentiated in their turn.',
}

/** The derivative of an op, from its record. */
export function derivativeOf(op: Op): Derivative {
  const { derivative } = op
  if (derivative.kind !== 'partials') return { sentence: sentences[derivative.kind] }
  const names = variablesOf(op)
  const partials: string[] = []
  trace(
    (...inputs: readonly Tensor[]) => {
      const [y] = apply(op, inputs, {}) as [Tensor]
      const known = new Map([...inputs.map((input, i) => [input, names[i]!] as const), [y, 'y'] as const])
      partials.push(
        ...names.map((name, i) => {
          const slope = derivative.partial(i, inputs, y)
          return String.raw`\frac{\partial y}{\partial ${name}} = ${typeof slope === 'number' ? slope : texOf(slope, known)}`
        }),
      )
      return y
    },
    ...names.map(() => zeros([2])),
  )
  return { partials }
}

/** The letters of a formula that stand for inputs: x, or a and b. */
const variablesOf = ({ formula }: Op): readonly string[] => (/\bb\b/.test(formula) ? ['a', 'b'] : ['x'])

/** What computes a tensor, as TeX: the formula of each op, with what it is applied to in the place of its letters. */
function texOf(tensor: Tensor, known: ReadonlyMap<Tensor, string>): string {
  const name = known.get(tensor)
  if (name !== undefined) return name
  const node = tensor.node!
  if (node.op.name === 'full') return numberAsTex((node.attrs as { readonly value: number }).value)
  const inputs = node.inputs.map((input) => texOf(input, known))
  if (node.op.name === 'broadcast') return inputs[0]!
  if (node.op.name === 'select')
    return String.raw`\begin{cases} ${inputs[1]} & ${inputs[0]} \\ ${inputs[2]} & \text{otherwise} \end{cases}`
  const letters = variablesOf(node.op)
  const isApplied = /[({]/.test(node.op.formula)
  return node.op.formula.replaceAll(/(?<![a-zA-Z\\])[abx](?![a-zA-Z])/g, (letter) => {
    const input = inputs[letters.indexOf(letter)]!
    return isApplied || /^-?[\w.]+$/.test(input) ? `{${input}}` : String.raw`{\left(${input}\right)}`
  })
}

const numberAsTex = (value: number): string =>
  Number.isInteger(value * 4) ? String(value) : value.toPrecision(6)
