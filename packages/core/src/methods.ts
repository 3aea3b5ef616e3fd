import type { DType } from './dtype.js'
import { toNested, type Nested } from './create.js'
import * as arithmetic from './ops/arithmetic.js'
import type { Operand } from './ops/arithmetic.js'
import { matmul } from './ops/matmul.js'
import { broadcastTo, permute, reshape } from './ops/movement.js'
import { mean } from './functions/reduce.js'
import { max, sum } from './ops/reduce.js'
import { cast } from './ops/select.js'
import type { Shape } from './shape.js'
import { Tensor } from './tensor.js'

/** Infix mathematics as methods. Everything else is a function. */
export interface TensorMethods {
  /** this + other, with broadcasting. */
  add(other: Operand): Tensor
  /** this − other, with broadcasting. */
  sub(other: Operand): Tensor
  /** Elementwise product, with broadcasting. */
  mul(other: Operand): Tensor
  /** Quotient, with broadcasting. */
  div(other: Operand): Tensor
  /** Power, with broadcasting. */
  pow(other: Operand): Tensor
  /** −this. */
  neg(): Tensor
  /** Matrix product `[…, m, k] · […, k, n]`, as the function `matmul`. */
  matmul(other: Tensor): Tensor
  /** Whether this = other, elementwise. */
  equal(other: Operand): Tensor
  /** Whether this < other, elementwise. */
  less(other: Operand): Tensor
  /** Whether this ≤ other, elementwise. */
  lessEqual(other: Operand): Tensor
  /** Whether this > other, elementwise. */
  greater(other: Operand): Tensor
  /** Whether this ≥ other, elementwise. */
  greaterEqual(other: Operand): Tensor
  /** Sum over the axes (all unless given). */
  sum(axes?: number | readonly number[], options?: { keepDims?: boolean }): Tensor
  /** Arithmetic mean over the axes (all unless given). */
  mean(axes?: number | readonly number[], options?: { keepDims?: boolean }): Tensor
  /** Largest element over the axes (all unless given). */
  max(axes?: number | readonly number[], options?: { keepDims?: boolean }): Tensor
  /** The same numbers in another shape; one extent may be −1. */
  reshape(shape: Shape): Tensor
  /** Axes in another order; reversed unless given. */
  transpose(permutation?: readonly number[]): Tensor
  /** Repeated along new leading axes and axes of size 1. */
  broadcastTo(shape: Shape): Tensor
  /** The same numbers in another dtype. */
  cast(dtype: DType): Tensor
  /** The elements as nested arrays; a scalar as a number. Reads the numbers: not while traced. */
  toNested(): Nested
}

const methods: TensorMethods & ThisType<Tensor> = {
  add(other) {
    return arithmetic.add(this, other)
  },
  sub(other) {
    return arithmetic.sub(this, other)
  },
  mul(other) {
    return arithmetic.mul(this, other)
  },
  div(other) {
    return arithmetic.div(this, other)
  },
  pow(other) {
    return arithmetic.pow(this, other)
  },
  neg() {
    return arithmetic.neg(this)
  },
  matmul(other) {
    return matmul(this, other)
  },
  equal(other) {
    return arithmetic.equal(this, other)
  },
  less(other) {
    return arithmetic.less(this, other)
  },
  lessEqual(other) {
    return arithmetic.lessEqual(this, other)
  },
  greater(other) {
    return arithmetic.less(other, this)
  },
  greaterEqual(other) {
    return arithmetic.lessEqual(other, this)
  },
  sum(axes, options) {
    return sum(this, axes, options)
  },
  mean(axes, options) {
    return mean(this, axes, options)
  },
  max(axes, options) {
    return max(this, axes, options)
  },
  reshape(shape) {
    return reshape(this, shape)
  },
  transpose(permutation) {
    return permute(this, permutation ?? this.shape.map((_, axis) => this.rank - 1 - axis))
  },
  broadcastTo(shape) {
    return broadcastTo(this, shape)
  },
  cast(dtype) {
    return cast(this, dtype)
  },
  toNested() {
    return toNested(this)
  },
}

for (const [name, value] of Object.entries(methods)) {
  Object.defineProperty(Tensor.prototype, name, { value, writable: true, configurable: true })
}
