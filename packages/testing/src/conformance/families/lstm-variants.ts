import { concat, split, swapAxes, zeros, type Tensor } from '@tapeloop/core'
import {
  cifgLstm,
  fgrLstm,
  lstm,
  nfgLstm,
  niafLstm,
  nigLstm,
  noafLstm,
  nogLstm,
  peepholeLstm,
  projectedLstm,
  recurrent,
  type Cell,
  type SequenceLayer,
} from '@tapeloop/layers'
import { unsupported, type Config } from '../format.js'
import { flagOf, numberOf, textOf } from '../op-call.js'
import { given, programs } from '../program.js'
import { applyTimeFirst, reorderGates, type ChosenCell, type Named } from '../recurrent-layout.js'

/** A cell with its gates in the order of its parameters. */
type Variant = ChosenCell & { readonly gates: string }

/** Greff et al.'s variants by their letters: V has peepholes, NP and all with np_ have none. */
const variants: Readonly<Record<string, Variant>> = {
  V: variant(peepholeLstm, 'ifgo'),
  NP: variant(lstm, 'ifgo'),
  NIG: variant(nigLstm, 'fgo'),
  NFG: variant(nfgLstm, 'igo'),
  NOG: variant(nogLstm, 'ifg'),
  NIAF: variant(niafLstm, 'ifgo'),
  NOAF: variant(noafLstm, 'ifgo'),
  CIFG: variant(cifgLstm, 'fgo'),
  FGR: variant(fgrLstm, 'ifgo'),
  np_nig: variant(nigLstm, 'fgo', { peepholes: false }),
  np_nfg: variant(nfgLstm, 'igo', { peepholes: false }),
  np_nog: variant(nogLstm, 'ifg', { peepholes: false }),
  np_cifg: variant(cifgLstm, 'fgo', { peepholes: false }),
}

/** One LSTM layer with a single bias, its gates in any order. */
export const lstmVariants = programs(({ config }) => {
  const { cell, options, gates } = choose(config)
  const [inputSize, hiddenSize] = [numberOf(config, 'input_size'), numberOf(config, 'hidden_size')]
  const forgetBias = numberOf(config, 'forget_bias', 0)
  const bias = flagOf(config, 'bias', true) || forgetBias !== 0
  const layer = recurrent(cell, { inputSize, hiddenSize, ...options, bias }) as SequenceLayer
  return (tensors) => {
    const ordered = (name: string) => reorderGates(given(tensors, name), textOf(config, 'gates'), gates)
    const x = given(tensors, 'x')
    const start = tensors['b'] ? ordered('b') : zeros([gates.length * hiddenSize], x.dtype)
    const peepholes = named(tensors, /^p_(.)$/)
    const params = {
      kernel: swapAxes(ordered('W'), 0, 1),
      recurrentKernel: swapAxes(ordered('R'), 0, 1),
      ...(Object.keys(peepholes).length > 0 && { peepholes }),
      ...(tensors['R_ii'] && { gateKernel: gateKernel(tensors) }),
      ...(tensors['W_hr'] && { projectionKernel: swapAxes(tensors['W_hr'], 0, 1) }),
      ...(bias && { bias: raise(start, gates, forgetBias) }),
    }
    const state = {
      ...(layer.initialState(x.shape[1]!, x.dtype) as Named),
      h: given(tensors, 'h0'),
      c: given(tensors, 'c0'),
    }
    const { output, state: final } = applyTimeFirst(layer, params, x, state)
    const { h, c } = final as typeof state
    return { y: output, h_n: h, c_n: c }
  }
})

function variant(cell: object, gates: string, options: ChosenCell['options'] = {}): Variant {
  return { cell: cell as Cell, gates, options }
}

/** A projection makes the vanilla LSTM another cell; the clipping of its cell is an option. */
function choose(config: Config): Variant {
  const name = textOf(config, 'variant')
  const found = variants[name] ?? unsupported(`the LSTM variant ${name}`)
  const outputSize = numberOf(config, 'proj_size', 0)
  const clip = config['cell_clip'] === null ? 0 : numberOf(config, 'cell_clip', 0)
  if (name !== 'V' && (outputSize > 0 || clip > 0)) unsupported(`proj_size or cell_clip of ${name}`)
  if (outputSize > 0) return variant(projectedLstm, found.gates, { outputSize })
  return clip > 0 ? { ...found, options: { cellClip: clip } } : found
}

/** The tensors whose names match, by what the parentheses match. */
function named(tensors: Readonly<Record<string, Tensor>>, pattern: RegExp): Readonly<Record<string, Tensor>> {
  const found = Object.entries(tensors).map(([name, tensor]) => [pattern.exec(name)?.[1], tensor] as const)
  return Object.fromEntries(found.filter(([name]) => name !== undefined))
}

/** The nine matrices `R_ab` from gate a to gate b: rows from, columns to. */
function gateKernel(tensors: Readonly<Record<string, Tensor>>): Tensor {
  const gates = ['i', 'f', 'o']
  const rows = gates.map((from) =>
    concat(
      gates.map((to) => swapAxes(given(tensors, `R_${from}${to}`), 0, 1)),
      1,
    ),
  )
  return concat(rows, 0)
}

/** A constant that the files add to the forget gate is part of its bias here. */
function raise(bias: Tensor, gates: string, by: number): Tensor {
  const blocks: Tensor[] = split(bias, gates.length)
  return by === 0 ? bias : concat(blocks.map((block, i) => (gates[i] === 'f' ? block.add(by) : block)))
}
