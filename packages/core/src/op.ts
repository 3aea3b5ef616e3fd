import type { DType, TypedArray } from './dtype.js'
import type { Shape } from './shape.js'
import type { Tensor } from './tensor.js'

/** Shape and dtype of a value that need not exist yet. */
export interface Spec {
  readonly shape: Shape
  readonly dtype: DType
}

/** Runs one node: reads the inputs, fills every element of the outputs (which may hold old numbers). */
export type Kernel = (inputs: readonly TypedArray[], outputs: readonly TypedArray[]) => void

/** A derivative that is not there: cheaper, and more honest, than a tensor of zeros. */
export type Maybe = Tensor | null

/**
 * How an op is differentiated. All rules are written with ops, so derivatives have derivatives.
 *
 * - `none`: piecewise constant or integer; its derivative is zero.
 * - `partials`: elementwise; ∂y/∂inputᵢ as a tensor or a number.
 * - `linear`: linear in the inputs `of` names (all, if absent); `transpose` maps a cotangent back to input i.
 * - `rules`: a forward and a reverse rule.
 * - `staged`: ops that hold graphs (scan, custom derivatives): the reverse rule may change the forward program.
 */
export type Derivative<Attrs> =
  | { readonly kind: 'none' }
  | {
      readonly kind: 'partials'
      partial(i: number, inputs: readonly Tensor[], output: Tensor): Tensor | number
    }
  | {
      readonly kind: 'linear'
      readonly of?: readonly number[]
      transpose(cotangent: Tensor, i: number, inputs: readonly Tensor[], attrs: Attrs): Tensor
    }
  | {
      readonly kind: 'rules'
      jvp(tangents: readonly Maybe[], inputs: readonly Tensor[], output: Tensor, attrs: Attrs): Tensor
      vjp(cotangent: Tensor, i: number, inputs: readonly Tensor[], output: Tensor, attrs: Attrs): Tensor
    }
  | {
      readonly kind: 'staged'
      /** which outputs depend differentiably on the active inputs */
      activity(active: readonly boolean[], inputs: readonly Spec[], attrs: Attrs): readonly boolean[]
      jvp(tangents: readonly Maybe[], inputs: readonly Tensor[], attrs: Attrs): Forward
      linearize(active: readonly boolean[], inputs: readonly Tensor[], attrs: Attrs): Linearized
    }

/** Outputs with their tangents. */
export interface Forward {
  readonly outputs: readonly Tensor[]
  readonly tangents: readonly Maybe[]
}

/** Outputs, and the map from their cotangents to those of the active inputs. */
export interface Linearized {
  readonly outputs: readonly Tensor[]
  readonly active: readonly boolean[]
  /**
   * Cotangents of the inputs; null where nothing arrives. Where `running[i]` is given, what arrives at input i is added
   * to it, and the result is the new sum: so a loop in blocks adds in the same order as a whole one.
   */
  pull(cotangents: readonly Maybe[], running?: readonly Maybe[]): readonly Maybe[]
}

/**
 * A primitive operation: everything the system knows about it stands in this record.
 *
 * `cost` guides the compiler: `free` moves or names numbers, `light` computes a few flops an element, `heavy` is a
 * product, gather, scatter or loop.
 */
export interface Op<Attrs extends object = object> {
  readonly name: string
  /** The definition as TeX. */
  readonly formula: string
  readonly cost: 'free' | 'light' | 'heavy'
  /** arithmetic operations for each element it reads or writes, whichever are more; 1 unless said, 0 for what is free */
  readonly flops?: number
  /** every element of the output is a function of the same element of each input */
  readonly elementwise?: true
  /** the inputs may change places */
  readonly commutative?: true
  /**
   * The sets of inputs in which the op is linear while the others are held: one set for a sum, two of one input each for
   * a product. Follows from a `linear` derivative; stated where the derivative is of another kind.
   */
  readonly linear?: (attrs: Attrs) => readonly (readonly number[])[]
  /** Shapes and dtypes of the outputs; throws one sentence where the inputs do not fit. */
  infer(inputs: readonly Spec[], attrs: Attrs): readonly Spec[]
  /** The reference evaluation, prepared for given shapes. */
  kernel(inputs: readonly Spec[], attrs: Attrs, outputs: readonly Spec[]): Kernel
  readonly derivative: Derivative<Attrs>
  /**
   * Adds a leading axis of `size` to every output. Inputs with `batched[i]` have it as axis 0. An op without this
   * rule stays inside the loop that vmap or the compiler would take it out of.
   */
  readonly batch?: (
    inputs: readonly Tensor[],
    batched: readonly boolean[],
    attrs: Attrs,
    size: number,
  ) => readonly Tensor[]
  /**
   * Where an axis goes along which all work is independent, given which axis that is of each input (null: the input has
   * none and is there as a whole): the same for the output, or false where the op mixes what lies along it.
   */
  readonly along?: (
    axes: readonly (number | null)[],
    inputs: readonly Spec[],
    attrs: Attrs,
  ) => number | null | false
  /**
   * The sum over the new axis of what `batch` gives, where that is cheaper than to make it: a sum of products over time is
   * one product.
   */
  readonly batchSum?: (
    inputs: readonly Tensor[],
    batched: readonly boolean[],
    attrs: Attrs,
    size: number,
  ) => Tensor
}
