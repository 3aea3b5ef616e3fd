import { compile, sum, valueAuxAndGrad, type Tensor } from '@tapeloop/core'
import { compareNumbers, compareShapes, type Check, type Setting } from './compare.js'
import { isVectorTensor, toTensors, unsupported, type VectorCase, type VectorTensor } from './format.js'

/** A case as a function from its inputs and parameters to its outputs. */
export type Program = (tensors: Readonly<Record<string, Tensor>>) => Readonly<Record<string, Tensor>>

/** How the cases of a family are run and compared. It throws where a case cannot be expressed. */
export type Family = (vector: VectorCase, setting: Setting) => readonly Check[]

/**
 * A family whose cases are programs: outputs, loss and gradients are compared. The loss is the output of that name, or
 * the sum of the outputs times their projections.
 */
export function programs(build: (vector: VectorCase) => Program): Family {
  return (vector, { dtype }) => {
    const program = build(vector)
    const inputs = toTensors(vector.inputs, dtype)
    const tensors = { ...inputs, ...toTensors(vector.params, dtype) }
    const moving = Object.fromEntries(Object.keys(vector.grads).map((name) => [name, given(tensors, name)]))
    const run = valueAuxAndGrad((some: Record<string, Tensor>) => {
      const outputs = program({ ...tensors, ...some })
      return [lossOf(outputs, inputs), outputs]
    })
    const [loss, outputs, gradients] = compile(run)(moving)
    return [
      ...Object.entries(vector.outputs).map(([name, expected]) =>
        isVectorTensor(expected)
          ? compareTensor(`output ${name}`, outputs[name], expected)
          : unsupported(`output ${name}, which is not a tensor,`),
      ),
      compareNumbers('loss', loss.dataSync(), [vector.loss]),
      ...Object.entries(vector.grads).map(([name, expected]) =>
        compareTensor(`gradient of ${name}`, gradients[name], expected),
      ),
    ]
  }
}

/** Compares a tensor with numbers from a file. */
export function compareTensor(what: string, actual: Tensor | undefined, expected: VectorTensor): Check {
  if (actual === undefined) return { what, difference: Infinity, note: 'missing' }
  return (
    compareShapes(what, actual.shape, expected.shape) ??
    compareNumbers(what, actual.dataSync(), expected.data)
  )
}

/** A tensor that a case must have. */
export function given(tensors: Readonly<Record<string, Tensor>>, name: string): Tensor {
  const found = tensors[name]
  if (found === undefined) throw new Error(`the case has no tensor ${name}`)
  return found
}

function lossOf(outputs: Readonly<Record<string, Tensor>>, inputs: Readonly<Record<string, Tensor>>): Tensor {
  const terms = Object.entries(outputs).flatMap(([name, output]) => {
    const projection = inputs[`proj_${name}`]
    return projection === undefined ? [] : [sum(output.mul(projection))]
  })
  return terms.length > 0 ? terms.reduce((a, b) => a.add(b)) : given(outputs, 'loss')
}
