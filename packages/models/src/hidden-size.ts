import { refuse } from '@tapeloop/core'

/** No model needs more units; a count that never grows would search for ever. */
const largestHiddenSize = 2 ** 20

/**
 * The hidden size whose number of parameters is nearest to the one given, the smaller of two equally near: so that
 * models of different cells can be compared at equal size.
 *
 * @param parametersOf the number of parameters at a hidden size; it grows with it
 * @param multipleOf what hidden sizes are multiples of, as heads want it; 1 unless said
 * @throws where `parameters` is no number above 0, or no hidden size has so many
 * @example
 * hiddenSizeFor((hiddenSize) => languageModel({ cell: gru, vocabularySize: 65, hiddenSize }).parameters, 50_000)
 */
export function hiddenSizeFor(
  parametersOf: (hiddenSize: number) => number,
  parameters: number,
  { multipleOf = 1 }: { readonly multipleOf?: number } = {},
): number {
  if (!Number.isFinite(parameters) || parameters <= 0) {
    refuse('hiddenSizeFor', `parameters is ${parameters}; it must be a number above 0`)
  }
  const count = (times: number) => parametersOf(times * multipleOf)
  let above = 1
  while (count(above) < parameters) {
    above *= 2
    if (above * multipleOf > largestHiddenSize) {
      refuse(
        'hiddenSizeFor',
        `no hidden size up to ${largestHiddenSize} has ${parameters} parameters; ask for fewer`,
      )
    }
  }
  let below = Math.floor(above / 2)
  while (above - below > 1) {
    const middle = Math.floor((below + above) / 2)
    if (count(middle) < parameters) below = middle
    else above = middle
  }
  const isBelow = below > 0 && parameters - count(below) <= count(above) - parameters
  return multipleOf * (isBelow ? below : above)
}
