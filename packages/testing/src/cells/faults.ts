/** The tester is tested: faults, each with the check that must catch it and what that says. */
import { customVjp, flip, iota, stopGradient, tanh, type Tensor } from '@tapeloop/core'
import { constantInit, defineCell, glorotUniform, orthogonal, zerosInit, type Cell } from '@tapeloop/layers'
import { cellSubject, type AnyLayer, type CellSubject, type DrawnLayer } from './sample.js'

/** A cell without faults. */
export const sound = defineCell({
  name: 'sound',
  title: 'A simple recurrent network',
  cite: [],
  equations: '',
  options: {},
  state: ({ hiddenSize }) => ({ h: [hiddenSize] }),
  params: ({ inputSize, hiddenSize }) => ({
    kernel: glorotUniform([inputSize, hiddenSize]),
    recurrentKernel: orthogonal([hiddenSize, hiddenSize]),
    bias: zerosInit([hiddenSize]),
  }),
  step: ({ kernel, recurrentKernel, bias }, { h }, x) => ({
    h: tanh(x.matmul(kernel).add(h.matmul(recurrentKernel)).add(bias)),
  }),
})
/** What goes with other parameters. */
const { parallel: _, ...withoutForms } = sound

/** The sound cell with another step. */
const stepping = (step: typeof sound.step) => cellSubject({ ...sound, step } as Cell)

/** The sound cell, lifted over time by something with a fault. */
function lifting(
  fault: (make: DrawnLayer['make'], how: Parameters<DrawnLayer['make']>[0]) => AnyLayer,
): CellSubject {
  const subject = cellSubject(sound)
  return {
    ...subject,
    draw(draw) {
      const drawn = subject.draw(draw)
      return { ...drawn, make: (how) => fault(drawn.make, how) }
    },
  }
}

/** The sound layer with another `apply`. */
const applying = (
  apply: (layer: AnyLayer, ...args: Parameters<AnyLayer['apply']>) => ReturnType<AnyLayer['apply']>,
) =>
  lifting((make, how) => {
    const layer = make(how)
    return { ...layer, apply: (...args) => apply(layer, ...args) }
  })

const almostTanh = customVjp(
  (z: Tensor) => tanh(z),
  ([z], y, g) => [g.mul(y.mul(y).neg().add(1)).mul(z.mul(0).add(1.001))],
)
let steps = 0

/** Faults that a check of every cell catches. */
export const faults: readonly (readonly [fault: string, caughtBy: string, CellSubject, says: RegExp])[] = [
  [
    'a derivative wrong by 0.1 %',
    'has the derivatives that differences have, to the second order',
    stepping(({ kernel, recurrentKernel, bias }, { h }, x) => ({
      h: almostTanh(x.matmul(kernel).add(h.matmul(recurrentKernel)).add(bias)),
    })),
    /sound: reverse mode gives .* but central differences/,
  ],
  [
    'a forgotten gradient through the state',
    'has the derivatives that differences have, to the second order',
    stepping(({ kernel, recurrentKernel, bias }, { h }, x) => ({
      h: tanh(x.matmul(kernel).add(stopGradient(h).matmul(recurrentKernel)).add(bias)),
    })),
    /sound: reverse mode gives .* but central differences/,
  ],
  [
    'an unused bias',
    'uses every parameter and every state',
    stepping(({ kernel, recurrentKernel }, { h }, x) => ({
      h: tanh(x.matmul(kernel).add(h.matmul(recurrentKernel))),
    })),
    /element 0 of params.bias never changes an output/,
  ],
  [
    'an unused state',
    'uses every parameter and every state',
    stepping(({ kernel, recurrentKernel, bias }, { h }, x) => ({
      h: tanh(x.matmul(kernel).matmul(recurrentKernel).add(bias)).add(h.mul(0)),
    })),
    /element 0 of state.h never changes an output/,
  ],
  [
    'a leaking batch row',
    'keeps the rows of a batch apart',
    stepping(({ kernel, recurrentKernel, bias }, { h }, x) => {
      const z = x.matmul(kernel).add(h.matmul(recurrentKernel)).add(bias)
      return { h: tanh(z.sub(z.mean(0).mul(1e-3))) }
    }),
    /sound, each row alone/,
  ],
  [
    'padding that is read',
    'is not changed by padding, not even by NaN',
    applying((layer, params, x, { state } = {}) => layer.apply(params, x, { ...(state && { state }) })),
    /with lengths .* and NaN behind them/,
  ],
  [
    'padding multiplied by 0',
    'is not changed by padding, not even by NaN',
    applying((layer, params, x, { state, lengths } = {}) => {
      const mask =
        lengths &&
        iota(x.shape[1]!)
          .reshape([1, -1, 1])
          .less(lengths.reshape([-1, 1, 1]))
      return layer.apply(params, mask ? x.mul(mask.cast(x.dtype)) : x, { ...(state && { state }) })
    }),
    /with lengths .* and NaN behind them/,
  ],
  [
    'a key that is not used',
    'draws its parameters from the key',
    cellSubject({
      ...sound,
      params: ({ inputSize, hiddenSize }) => ({
        kernel: constantInit(0.1, [inputSize, hiddenSize]),
        recurrentKernel: constantInit(0.1, [hiddenSize, hiddenSize]),
        bias: zerosInit([hiddenSize]),
      }),
    } as Cell),
    /give the same parameters/,
  ],
  [
    'two parameters of one dotted name',
    'survives saving and loading',
    cellSubject(
      defineCell({
        ...withoutForms,
        params: ({ inputSize, hiddenSize }) => ({
          'kernel.recurrent': orthogonal([hiddenSize, hiddenSize]),
          kernel: {
            recurrent: orthogonal([hiddenSize, hiddenSize]),
            input: glorotUniform([inputSize, hiddenSize]),
          },
        }),
        step: ({ 'kernel.recurrent': first, kernel: { recurrent: second, input } }, { h }, x) => ({
          h: tanh(x.matmul(input).add(h.matmul(first)).sub(tanh(h).matmul(second))),
        }),
      }),
    ),
    /saved and loaded/,
  ],
  [
    'cancellation that float64 hides',
    'computes in float32 too',
    stepping(({ kernel, recurrentKernel, bias }, { h }, x) => ({
      h: tanh(x.matmul(kernel).add(h.matmul(recurrentKernel)).add(1e4).sub(1e4).add(bias)),
    })),
    /sound in float32/,
  ],
  [
    'a step that is not pure',
    'compiles to the same bits',
    stepping(({ kernel, recurrentKernel, bias }, { h }, x) => ({
      h: tanh(x.matmul(kernel).add(h.matmul(recurrentKernel)).add(bias.mul(++steps))),
    })),
    /sound, compiled/,
  ],
  [
    'a loop that does more than its steps',
    'over time does what a loop of its steps does',
    applying((layer, params, x, how) => layer.apply(params, x.mul(1.5), how)),
    /sound over time/,
  ],
  [
    'a state that is not taken up',
    'continues from a state',
    applying((layer, params, x) => layer.apply(params, x)),
    /steps cut after/,
  ],
  [
    'a look into the future',
    'sees no later input',
    applying((layer, params, x, how) => layer.apply(params, x.add(flip(x, 1).mul(1e-3)), how)),
    /outputs up to step \d/,
  ],
  ['a direction that is ignored', 'runs in reverse', lifting((make) => make()), /sound in reverse/],
  [
    'a mask applied unreversed',
    'runs in reverse from the end of each row',
    lifting((make, how) => {
      const layer = make()
      if (!how?.reverse) return layer
      return {
        ...layer,
        apply(params, x, options) {
          const { output, state } = layer.apply(params, flip(x, 1), options)
          return { output: flip(output, 1), state }
        },
      }
    }),
    /sound in reverse with lengths/,
  ],
  [
    'a checkpoint that changes the last bits',
    'recomputes instead of keeping',
    lifting((make, how) => {
      const layer = make(how)
      if (how?.checkpoint === undefined) return layer
      return {
        ...layer,
        apply: (params, x, options) => layer.apply(params, x.mul(1 + 2 ** -50), options),
      }
    }),
    /with checkpoint all/,
  ],
  [
    'a memory of one step',
    'learns to copy three symbols',
    stepping(({ kernel, recurrentKernel, bias }, { h }, x) => ({
      h: tanh(x.matmul(kernel).add(h.matmul(recurrentKernel).mul(1e-3)).add(bias)),
    })),
    /nats after \d+ updates on the copy task/,
  ],
]
