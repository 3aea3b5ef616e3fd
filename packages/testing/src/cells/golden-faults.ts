import { sigmoid, split, tanh } from '@tapeloop/core'
import { gru, lstm, peepholeLstm, type Cell } from '@tapeloop/layers'

/** Faults that golden numbers catch, and no other check does. */
export const goldenFaults: readonly (readonly [fault: string, cell: Cell, says: RegExp])[] = [
  ['swapped gates', swapped(), /lstm with its usual options of output/],
  ['a peephole that sees the wrong c', oldCell(), /peephole-lstm with its usual options of output/],
  ['a wrong branch of an option', oneBranch(), /gru with resetAfter false of output/],
]

/** An LSTM whose input gate forgets. */
function swapped(): Cell {
  return {
    ...lstm,
    step({ kernel, recurrentKernel, bias, recurrentBias }, { h, c }, x) {
      const fromInput = bias ? x.matmul(kernel).add(bias) : x.matmul(kernel)
      const fromState = recurrentBias
        ? h.matmul(recurrentKernel).add(recurrentBias)
        : h.matmul(recurrentKernel)
      const [f, i, g, o] = split(fromInput.add(fromState), 4)
      const next = sigmoid(f)
        .mul(c)
        .add(sigmoid(i).mul(tanh(g)))
      return { h: sigmoid(o).mul(tanh(next)), c: next }
    },
  } as typeof lstm as Cell
}

/** An LSTM whose output gate sees the cell of the step before. */
function oldCell(): Cell {
  return {
    ...peepholeLstm,
    step({ kernel, recurrentKernel, peepholes, bias, recurrentBias }, { h, c }, x) {
      const fromInput = bias ? x.matmul(kernel).add(bias) : x.matmul(kernel)
      const fromState = recurrentBias
        ? h.matmul(recurrentKernel).add(recurrentBias)
        : h.matmul(recurrentKernel)
      const [i, f, g, o] = split(fromInput.add(fromState), 4)
      const keep = sigmoid(f.add(peepholes.f.mul(c))).mul(c)
      const next = keep.add(sigmoid(i.add(peepholes.i.mul(c))).mul(tanh(g)))
      return { h: sigmoid(o.add(peepholes.o.mul(c))).mul(tanh(next)), c: next }
    },
  } as typeof peepholeLstm as Cell
}

/** A GRU that does not look at one of its options. */
function oneBranch(): Cell {
  return {
    ...gru,
    step: (params, state, x, context) => gru.step(params, state, x, { ...context, resetAfter: true }),
  } as typeof gru as Cell
}
