import { refuse } from '../errors.js'
import { matmul } from '../ops/matmul.js'
import { broadcastTo, permute, reshape } from '../ops/movement.js'
import { sum } from '../ops/reduce.js'
import { showShape, sizeOf } from '../shape.js'
import type { Tensor } from '../tensor.js'
import { checkTensor } from './check.js'
import { diagonal } from './matrix.js'

/** A tensor with a label for each axis, all different. */
interface Labelled {
  readonly x: Tensor
  readonly labels: readonly string[]
}

/**
 * Sums of products in Einstein's notation, as NumPy's einsum: `einsum('bij,bjk->bik', a, b)` is a matrix product for each
 * b. Labels that are missing in the result are summed over; a label that stands twice in one operand takes the
 * diagonal; `…` written as `...` stands for any further axes, broadcast together. Without `->` the result has the labels that occur once, in
 * alphabetical order. The operands are contracted from left to right.
 *
 * @throws where an equation does not fit the operands, or a label has two sizes
 */
export function einsum(equation: string, ...operands: readonly Tensor[]): Tensor {
  operands.forEach((operand) => checkTensor('einsum', operand))
  const { inputs, output } = parse(equation, operands)
  const terms = operands.map((x, i) => takeDiagonals({ x, labels: inputs[i]! }))
  let result = terms[0]!
  for (let i = 1; i < terms.length; i++) {
    const later = new Set([...output, ...terms.slice(i + 1).flatMap(({ labels }) => labels)])
    result = contract(result, terms[i]!, later, equation)
  }
  result = sumOut(result, new Set(output))
  return permute(
    result.x,
    output.map((label) => result.labels.indexOf(label)),
  )
}

/** The product of two terms, summed over the labels that nothing needs later. */
function contract(a: Labelled, b: Labelled, later: ReadonlySet<string>, equation: string): Labelled {
  const left = sumOut(a, new Set([...later, ...b.labels]))
  const right = sumOut(b, new Set([...later, ...a.labels]))
  const extent = (label: string) => {
    const sizes = [left, right].flatMap(({ x, labels }) => {
      const axis = labels.indexOf(label)
      return axis < 0 ? [] : [x.shape[axis]!]
    })
    const [first, second = first] = sizes as [number, number?]
    if (first !== second && first !== 1 && second !== 1) {
      refuse(
        'einsum',
        `label ${label} of ${equation} is ${first} in one operand and ${second} in another; make them equal`,
      )
    }
    return first === 1 ? second! : first!
  }
  const shared = left.labels.filter((label) => right.labels.includes(label))
  const batch = shared.filter((label) => later.has(label))
  const summed = shared.filter((label) => !later.has(label))
  const rows = left.labels.filter((label) => !shared.includes(label))
  const columns = right.labels.filter((label) => !shared.includes(label))
  const size = (labels: readonly string[]) => sizeOf(labels.map(extent))
  const arrange = ({ x, labels }: Labelled, order: readonly string[], shape: readonly number[]) => {
    const ordered = permute(
      x,
      order.map((label) => labels.indexOf(label)),
    )
    return reshape(broadcastTo(ordered, order.map(extent)), shape)
  }
  const product = matmul(
    arrange(left, [...batch, ...rows, ...summed], [size(batch), size(rows), size(summed)]),
    arrange(right, [...batch, ...summed, ...columns], [size(batch), size(summed), size(columns)]),
  )
  const labels = [...batch, ...rows, ...columns]
  return { x: reshape(product, labels.map(extent)), labels }
}

function sumOut({ x, labels }: Labelled, needed: ReadonlySet<string>): Labelled {
  const axes = labels.flatMap((label, axis) => (needed.has(label) ? [] : [axis]))
  return { x: sum(x, axes), labels: labels.filter((label) => needed.has(label)) }
}

/** Joins axes with equal labels to one, their diagonal. */
function takeDiagonals({ x, labels }: Labelled): Labelled {
  const repeated = labels.find((label, axis) => labels.indexOf(label) !== axis)
  if (repeated === undefined) return { x, labels }
  const [a, b] = labels.flatMap((label, axis) => (label === repeated ? [axis] : [])) as [number, number]
  if (x.shape[a] !== x.shape[b]) {
    refuse(
      'einsum',
      `label ${repeated} names axes of ${x.shape[a]} and ${x.shape[b]} entries in ${showShape(x.shape)}; make them equal`,
    )
  }
  const others = labels.filter((_, axis) => axis !== a && axis !== b)
  return takeDiagonals({ x: diagonal(x, { axes: [a, b] }), labels: [...others, repeated] })
}

function parse(equation: string, operands: readonly Tensor[]): { inputs: string[][]; output: string[] } {
  const [left = '', right, ...more] = equation.replaceAll(' ', '').split('->')
  const terms = left.split(',')
  if (more.length > 0 || !/^[a-zA-Z.,]*$/.test(left + (right ?? ''))) {
    refuse(
      'einsum',
      `the equation ${equation} is not of the form 'ij,jk->ik', letters for axes and commas between operands`,
    )
  }
  if (terms.length !== operands.length) {
    refuse(
      'einsum',
      `the equation ${equation} names ${terms.length} operands but ${operands.length} were given`,
    )
  }
  const inputs = terms.map((term, i) => labelsOf(term, operands[i]!, i, equation))
  const all = inputs.flat()
  const further = [...new Set(all.filter((label) => label.length > 1))].toSorted().toReversed()
  const once = [...new Set(all)].filter(
    (label) => label.length === 1 && all.indexOf(label) === all.lastIndexOf(label),
  )
  const output =
    right === undefined
      ? [...further, ...once.toSorted()]
      : right.split(/(\.\.\.)/).flatMap((part) => (part === '...' ? further : [...part]))
  const unknown = output.find((label) => !all.includes(label))
  if (unknown !== undefined) {
    refuse('einsum', `the result of ${equation} has the label ${unknown}, which no operand has`)
  }
  if (new Set(output).size !== output.length) {
    refuse('einsum', `the result of ${equation} has a label twice; name each axis once`)
  }
  return { inputs, output }
}

/** One label an axis; the axes of an ellipsis are numbered from their end, so that they align when they broadcast. */
function labelsOf(term: string, { shape }: Tensor, operand: number, equation: string): string[] {
  const [before = '', after] = term.split('...')
  const named = before.length + (after?.length ?? 0)
  const free = shape.length - named
  if ((after === undefined ? free !== 0 : free < 0) || term.replace('...', '').includes('.')) {
    refuse(
      'einsum',
      `${term} in ${equation} names ${named} axes, but operand ${operand} has shape ${showShape(shape)}`,
    )
  }
  const further = Array.from({ length: free }, (_, i) => `...${String(free - i).padStart(3, '0')}`)
  return [...before, ...further, ...(after ?? '')]
}
