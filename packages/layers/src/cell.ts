import type { Shape, Tensor, Tree } from '@tapeloop/core'
import type { Initializer } from './initializer.js'
import type { OptionSpecs, OptionValues } from './options.js'

/** What a user decides of any cell: features in, units of state. */
export type CellSize = {
  readonly inputSize: number
  readonly hiddenSize: number
}

/** The shapes of a state, without the batch axis: a record, nested as the cell likes. */
export type StateShapes = Shape | readonly StateShapes[] | { readonly [name: string]: StateShapes }

/** The shapes of a whole state: a record, so that an output can be named. */
export type StateRecord = { readonly [name: string]: StateShapes }

/** The initialisers of the parameters: a record, nested as the cell likes. What options switch off is absent. */
export type ParamSpecs =
  | Initializer
  | readonly ParamSpecs[]
  | { readonly [name: string]: ParamSpecs | undefined }

/** The state itself: for every shape a tensor `[batch, …shape]`. */
export type StateOf<Shapes> = StateRecord extends Shapes
  ? AnyRecord
  : Shapes extends Shape
    ? Tensor
    : { readonly [Name in keyof Shapes]: StateOf<Shapes[Name]> }

/** The parameters themselves: for every initialiser a tensor. */
export type ParamsOf<Specs> = ParamSpecs extends Specs
  ? AnyRecord
  : Specs extends Initializer
    ? Tensor
    : { readonly [Name in keyof Specs]: ParamsOf<Exclude<Specs[Name], undefined>> }

/** A state or a record of parameters, whatever the cell. */
export type AnyRecord = { readonly [name: string]: Tree }

/** What a step is told besides numbers. */
export type StepContext = {
  /** randomness: new each step where the cell declares `random: 'step'`, else that of the sequence; absent in evaluation */
  readonly key?: Tensor
  /** int32 scalar, beside a key: the index of the time step, for combinators to hand on */
  readonly step?: Tensor
  /** what a combinator makes of a candidate before it enters the state; a cell that has candidates calls it on each */
  readonly onCandidate?: (candidate: Tensor) => Tensor
}

/**
 * All steps at once, from the first state and in either direction: the output `[batch, time, units]` and the last state.
 * Where the mask `[batch, time, 1]` is false the state is held.
 */
export type ParallelForm = (
  start: AnyRecord,
  how: { readonly mask?: Tensor | undefined; readonly reverse: boolean },
) => { readonly output: Tensor; readonly state: AnyRecord }

/** What a step returns: the next state, and `y` where the output is not part of the state. */
export type StepResult<State> = State & { readonly y?: Tensor }

/**
 * One time step of a recurrence, as a record: its equations, options, state, parameters and a pure step. Time, batching,
 * direction, stacking, masks and residuals live outside, in combinators.
 *
 * Write the members in this order: types flow from options to state and params, and from those into step.
 */
export interface Cell<
  Options extends OptionSpecs = OptionSpecs,
  Shapes extends StateRecord = StateRecord,
  Specs extends ParamSpecs = ParamSpecs,
> {
  /** kebab-case; what the CLI, files and pages call it */
  readonly name: string
  readonly title: string
  /** keys of the papers it comes from */
  readonly cite: readonly string[]
  /** the step as TeX */
  readonly equations: string
  readonly options: Options
  /** the entry of the state that is the output: `h` unless said. Ignored by a cell whose step returns `y`. */
  readonly output?: NoInfer<keyof Shapes & string>
  /** names of what the step passes through a sigmoid, in the order in which the next state needs them; for pictures */
  readonly gates?: readonly string[]
  /** the fewest units that work, 1 unless said: the norm over a single unit says nothing of it */
  readonly fewestUnits?: number
  /** draws random numbers: new ones each step, or the same ones for the whole sequence. Combinators leave it to their cells. */
  readonly random?: 'step' | 'sequence'
  /** features of the output where the step returns `y`; those of the output state otherwise */
  outputSize?(size: CellSize, options: OptionValues<Options>): number
  state(size: CellSize, options: OptionValues<Options>): Shapes
  params(size: CellSize, options: OptionValues<Options>): Specs
  /** Only of cells whose steps need not wait for each other: all of them for x `[batch, time, inputSize]`. */
  parallel?(params: ParamsOf<Specs>, x: Tensor, options: OptionValues<Options>): ParallelForm
  /** One step for a batch: x `[batch, inputSize]`, every state `[batch, …]`. */
  step(
    params: ParamsOf<Specs>,
    state: StateOf<Shapes>,
    x: Tensor,
    context: OptionValues<Options> & StepContext,
  ): StepResult<StateOf<Shapes>>
}

/** Declares a cell. It is the record itself; the function is there so that TypeScript infers every type in it. */
export function defineCell<
  const Options extends OptionSpecs,
  Shapes extends StateRecord,
  Specs extends ParamSpecs,
>(cell: Cell<Options, Shapes, Specs>): Cell<Options, Shapes, Specs> {
  return cell
}

/** A candidate on its way into the state: what a combinator makes of it, or the candidate itself. */
export function offer(candidate: Tensor, onCandidate: StepContext['onCandidate']): Tensor {
  return onCandidate ? onCandidate(candidate) : candidate
}
