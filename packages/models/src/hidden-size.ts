import { refuse } from '@tapeloop/core'

/** No model needs more units; a count that never grows would search for ever. */
const largestHiddenSize = 2 ** 20

/**
 * The hidden size whose number of parameters is nearest to the one given, the smaller of two equally near: so that
 * models of different cells can be compared at equal size.
 *
 * @param parametersOf the number of parameters at a hidden size; it grows with it
 * @throws where `parameters` is no number above 0, or no hidden size has so many
 * @example
 * hiddenSizeFor((hiddenSize) => languageModel({ cell: gru, vocabularySize: 65, hiddenSize }).parameters, 50_000)
 */
export function hiddenSizeFor(parametersOf: (hiddenSize: number) => number, parameters: number): number {
  if (!Number.isFinite(parameters) || parameters <= 0) {
    refuse('hiddenSizeFor', `parameters is ${parameters}; it must be a number above 0`)
  }
  let above = 1
  while (parametersOf(above) < parameters) {
    above *= 2
    if (above > largestHiddenSize) {
      refuse(
        'hiddenSizeFor',
        `no hidden size up to ${largestHiddenSize} has ${parameters} parameters; ask for fewer`,
      )
    }
  }
  let below = Math.floor(above / 2)
  while (above - below > 1) {
    const middle = Math.floor((below + above) / 2)
    if (parametersOf(middle) < parameters) below = middle
    else above = middle
  }
  if (below === 0) return above
  return parameters - parametersOf(below) <= parametersOf(above) - parameters ? below : above
}
