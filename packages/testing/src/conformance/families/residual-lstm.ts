import { concat, slice, swapAxes, type Tensor } from '@tapeloop/core'
import { recurrent, residualLstm } from '@tapeloop/layers'
import { unsupported, type Config } from '../format.js'
import { numberOf, numbersOf, flagOf, textOf } from '../op-call.js'
import { given, programs, type Program } from '../program.js'
import { applyTimeFirst, reorderGates, type Named } from '../recurrent-layout.js'

type Tensors = Readonly<Record<string, Tensor>>

/** Kim et al.'s residual LSTM: layers of equal cell and output size, or one layer of unequal ones. */
export const residualLstms = programs(({ config }) => {
  const name = textOf(config, 'cell')
  if (name === 'residual_lstm') return layers(config)
  if (name === 'residual_lstm_proj') return unequal(config)
  return unsupported(`the cell ${name}`)
})

function layers(config: Config): Program {
  const [hiddenSize, dims] = [numberOf(config, 'hidden_size'), numbersOf(config, 'dims')]
  const options = { peepholes: flagOf(config, 'peepholes', true), projection: flagOf(config, 'W_p', true) }
  const order = textOf(config, 'gates')
  return (tensors) => {
    let y = given(tensors, 'x')
    const states: Record<string, Tensor> = {}
    dims.slice(0, -1).forEach((inputSize, l) => {
      const outputSize = dims[l + 1]!
      const named = (name: string) => tensors[`${name}_${l}`]
      const ordered = (name: string) => reorderGates(given(tensors, `${name}_${l}`), order, 'ifgo')
      const bias = named('b') && ordered('b')
      const layer = recurrent(residualLstm, {
        inputSize,
        hiddenSize,
        outputSize,
        bias: bias !== undefined,
        ...options,
      })
      const params = {
        kernel: swapAxes(ordered('W'), 0, 1),
        recurrentKernel: swapAxes(ordered('R'), 0, 1),
        ...(bias && {
          bias: { ifg: slice(bias, [[0, 3 * hiddenSize]]), o: slice(bias, [[3 * hiddenSize]]) },
        }),
        ...(named('p_i') && { peepholes: { i: named('p_i')!, f: named('p_f')!, o: named('p_o')! } }),
        ...matrix('projectionKernel', named('W_p')),
        ...matrix('shortcutKernel', named('W_h')),
      } as Parameters<typeof layer.apply>[0]
      const start = { h: given(tensors, `h0_${l}`), c: given(tensors, `c0_${l}`) }
      const { output, state } = applyTimeFirst(layer, params, y, start)
      y = output
      states[`h_n_${l}`] = state.h
      states[`c_n_${l}`] = state.c
    })
    return { ...states, y }
  }
}

function unequal(config: Config): Program {
  const [inputSize, hiddenSize] = [numberOf(config, 'input_size'), numberOf(config, 'hidden_size')]
  const outputSize = numberOf(config, 'output_size')
  const layer = recurrent(residualLstm, { inputSize, hiddenSize, outputSize })
  return (tensors: Tensors) => {
    const both = (name: string) => concat([given(tensors, `${name}_ifg`), given(tensors, `${name}_o`)], 0)
    const params = {
      kernel: swapAxes(both('W'), 0, 1),
      recurrentKernel: swapAxes(both('R'), 0, 1),
      bias: { ifg: given(tensors, 'b_ifg'), o: given(tensors, 'b_o') },
      peepholes: {
        i: given(tensors, 'p_i'),
        f: given(tensors, 'p_f'),
        o: swapAxes(given(tensors, 'V_o'), 0, 1),
      },
      ...matrix('projectionKernel', tensors['W_p']),
      ...matrix('shortcutKernel', tensors['W_h']),
    } as Parameters<typeof layer.apply>[0]
    const start = { h: given(tensors, 'h0'), c: given(tensors, 'c0') }
    const { output, state } = applyTimeFirst(layer, params, given(tensors, 'x'), start)
    return { y: output, h_n: state.h, c_n: state.c }
  }
}

function matrix(name: string, weight: Tensor | undefined): Named {
  return weight ? { [name]: swapAxes(weight, 0, 1) } : {}
}
