import type { Forward, Maybe } from '../op.js'
import { zeros } from '../ops/literal.js'
import { buildScan, splitRoles, type ScanAttrs } from '../ops/scan.js'
import type { Tensor } from '../tensor.js'
import { jvpGraph } from './jvp.js'
import { settleActivity } from './scan-vjp.js'

/** Forward mode: the loop over pairs (value, tangent). */
export function jvpScan(tangents: readonly Maybe[], inputs: readonly Tensor[], attrs: ScanAttrs): Forward {
  const { body, carries } = attrs
  const values = splitRoles(inputs, attrs)
  const given = splitRoles(tangents, attrs)
  const present = (parts: readonly Maybe[]) => parts.map((part) => part !== null)
  const { carry: varies, outputs: moves } = settleActivity(present(tangents), attrs)
  const stacksMove = moves.slice(carries)
  const orZeros = (tangent: Maybe, value: Tensor) => tangent ?? zeros(value.shape, value.dtype)
  const outputs = buildScan(
    {
      carry: [
        ...values.carry,
        ...keep(
          varies,
          values.carry.map((value, i) => orZeros(given.carry[i]!, value)),
        ),
      ],
      sequences: [...values.sequences, ...given.sequences.filter((t) => t !== null)],
      constants: [...values.constants, ...given.constants.filter((t) => t !== null)],
    },
    attrs,
    (carry, slices, constants) => {
      const [c, dc] = divide(carry, carries, varies)
      const [x, dx] = divide(slices, values.sequences.length, present(given.sequences))
      const [k, dk] = divide(constants, values.constants.length, present(given.constants))
      const result = jvpGraph(body, [...c, ...x, ...k], [...dc, ...dx, ...dk])
      const next = result.tangents.map((tangent, i) => orZeros(tangent, result.outputs[i]!))
      return [
        ...result.outputs.slice(0, carries),
        ...keep(varies, next.slice(0, carries)),
        ...result.outputs.slice(carries),
        ...keep(stacksMove, next.slice(carries)),
      ]
    },
  )
  const carryEnd = carries + varies.filter(Boolean).length
  const [carry, carryMoves] = divide(outputs.slice(0, carryEnd), carries, varies)
  const [stacks, stackMoves] = divide(outputs.slice(carryEnd), body.outputs.length - carries, stacksMove)
  return { outputs: [...carry, ...stacks], tangents: [...carryMoves, ...stackMoves] }
}

function keep<T>(flags: readonly boolean[], values: readonly T[]): T[] {
  return values.filter((_, i) => flags[i])
}

/** The first `count` values, and the rest dealt out to the places that have one. */
function divide(
  values: readonly Tensor[],
  count: number,
  present: readonly boolean[],
): [readonly Tensor[], Maybe[]] {
  let next = count
  return [values.slice(0, count), present.map((isPresent) => (isPresent ? values[next++]! : null))]
}
