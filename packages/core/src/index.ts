// oxlint-disable-next-line import/no-unassigned-import -- it gives Tensor its methods
import './methods.js'

export { compile, setDefaultBackend, trace } from './compile.js'
export type { Backend, Compiled, CompileOptions, Executable } from './compile.js'
export { tensor, toNested } from './create.js'
export type { Nested } from './create.js'
export { customJvp, customVjp } from './autodiff/custom.js'
export { grad, jvp, valueAndGrad, valueAuxAndGrad, vjp, vmap } from './autodiff/transforms.js'
export type { GradOptions, VmapOptions } from './autodiff/transforms.js'
export { isFloat } from './dtype.js'
export type { ArrayOf, DType, TypedArray } from './dtype.js'
export { refuse, TapeloopError } from './errors.js'
export { explain } from './explain.js'
export type {
  ExecutableReport,
  Explained,
  Explanation,
  KernelUse,
  PassReport,
  ProgramReport,
  Work,
} from './explain.js'
export * from './functions/index.js'
export { orderOf, verify } from './graph.js'
export type { Graph } from './graph.js'
export type { Derivative, Kernel, Op, Spec } from './op.js'
export * from './ops/functions.js'
export { primitives } from './ops/index.js'
export { optimise, passes, type OptimiseOptions, type PassName } from './passes/optimise.js'
export { bodyForRows, type RowRange } from './passes/row-parts.js'
export { showProducts, survey, type Survey } from './passes/survey.js'
export { independentRows, type RowAxis, type Rows } from './passes/rows.js'
export type { PrimitiveName } from './ops/index.js'
export {
  bernoulli,
  categorical,
  foldIn,
  normal,
  randomInteger,
  randomKey,
  splitKey,
  uniform,
} from './random.js'
export { toDot } from './print/dot.js'
export { printGraph } from './print/graph.js'
export { toMermaid } from './print/mermaid.js'
export { reference } from './reference/backend.js'
export { scan } from './scan.js'
export type { ScanOptions } from './scan.js'
export type { Shape } from './shape.js'
export { apply, Tensor, toNumbers } from './tensor.js'
export type { Resident, Value } from './tensor.js'
export { checkStructure, flatten, mapTree, unflatten } from './tree.js'
export type { Flat, Structure, Tree } from './tree.js'
