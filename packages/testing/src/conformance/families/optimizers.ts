import { compile, mapTree, mean, neg, tanh, valueAndGrad, type Tensor, type Tree } from '@tapeloop/core'
import {
  adadelta,
  adagrad,
  adam,
  adamax,
  adamw,
  clipByGlobalNorm,
  clipByValue,
  globalNorm,
  groups,
  nadam,
  radam,
  rmsprop,
  sgd,
  type Optimizer,
  type OptimizerState,
} from '@tapeloop/train'
import { compareNumbers, type Check } from '../compare.js'
import { isRecord, isVectorTensor, toTensors, unsupported, type Config, type JsonNumber } from '../format.js'
import { numberOf, textOf } from '../op-call.js'
import { compareTensor, given, type Family } from '../program.js'

type Params = Readonly<Record<string, Tensor>>

const ofAdam = { betas: 'betas', amsgrad: 'amsgrad' }

/** What an optimizer of PyTorch is called here, and its own arguments. */
const optimizers: Readonly<
  Record<string, { make(options: Config): Optimizer; names: Readonly<Record<string, string>> }>
> = {
  SGD: {
    make: (options) => sgd(options as unknown as Parameters<typeof sgd>[0]),
    names: { momentum: 'momentum', dampening: 'dampening', nesterov: 'nesterov' },
  },
  Adam: { make: adam, names: ofAdam },
  AdamW: { make: adamw, names: ofAdam },
  Adamax: { make: adamax, names: { betas: 'betas' } },
  // the PyTorch of the files is older than 2.0
  NAdam: {
    make: (options) => nadam({ ...options, repeatMomentum: true }),
    names: { betas: 'betas', momentum_decay: 'momentumDecay' },
  },
  RAdam: { make: radam, names: { betas: 'betas' } },
  RMSprop: { make: rmsprop, names: { alpha: 'decay', centered: 'centered', momentum: 'momentum' } },
  Adagrad: {
    make: adagrad,
    names: { lr_decay: 'learningRateDecay', initial_accumulator_value: 'initialAccumulator' },
  },
  Adadelta: { make: adadelta, names: { rho: 'decay' } },
}

export function optimizerOfTorch(name: string, { maximize = false, ...args }: Config): Optimizer {
  const { make, names } = optimizers[name.replace('torch.optim.', '')] ?? unsupported(`the optimizer ${name}`)
  const known = { lr: 'learningRate', weight_decay: 'weightDecay', eps: 'epsilon', ...names } as Readonly<
    Record<string, string>
  >
  const options = Object.entries(args).map(([arg, value]) => [
    known[arg] ?? unsupported(`the argument ${arg} of ${name}`),
    value,
  ])
  const optimizer = make(Object.fromEntries(options) as Config)
  if (maximize !== true) return optimizer
  return {
    ...optimizer,
    update: <P extends Tree>(gradients: P, state: OptimizerState, params: P) =>
      optimizer.update(mapTree(gradients, neg) as P, state, params),
  }
}

/** Gradients as `config` has them clipped, and the norm that clipping by norm returns. */
export function clipAsTorch(config: Config, gradients: Params): { gradients: Params; norm?: Tensor } {
  if (config['clip_grad_norm'] !== undefined && config['clip_grad_norm'] !== null) {
    const order = numberOf(config, 'norm_type', 2)
    return clipByGlobalNorm(gradients, numberOf(config, 'clip_grad_norm'), { order })
  }
  if (config['clip_grad_value'] !== undefined) {
    return { gradients: clipByValue(gradients, numberOf(config, 'clip_grad_value')) }
  }
  return { gradients }
}

/** Steps on the regression that the files use, mean((tanh(X W1 + b1) W2 + b2 − Y)²); all numbers of every step. */
export const optimizerRuns: Family = ({ config, inputs, params: start, outputs, loss, grads }, { dtype }) => {
  const optimizer = build(config)
  const { X, Y } = toTensors(inputs, dtype)
  const lossOf = (params: Params) => {
    const [W1, b1, W2, b2] = ['W1', 'b1', 'W2', 'b2'].map((name) => given(params, name))
    const error = tanh(X!.matmul(W1!).add(b1!)).matmul(W2!).add(b2!).sub(Y!)
    return mean(error.mul(error))
  }
  const step = compile((params: Params, state: OptimizerState) => {
    const [loss, raw] = valueAndGrad(lossOf)(params)
    const { gradients, norm } = clipAsTorch(config, raw)
    const results = { loss, grads: raw, grad_norm_before_clip: globalNorm(raw), grads_after_clip: gradients }
    return {
      ...optimizer.update(gradients, state, params),
      results: { ...results, ...(norm && { total_norm: norm }) },
    }
  })
  let params: Params = toTensors(start, dtype)
  const [, firstGradients] = valueAndGrad(lossOf)(params)
  const checks = Object.entries(grads).map(([name, expected]) =>
    compareTensor(`gradient of ${name}`, firstGradients[name], expected),
  )
  let state = optimizer.init(params)
  stepsOf(outputs).forEach((expected, i) => {
    const { results, ...after } = step(params, state)
    ;({ params, state } = after)
    checks.push(...compareStep(`step ${i}`, { ...results, params }, expected))
  })
  return [...checks, compareNumbers('loss after the last step', lossOf(params).dataSync(), [loss])]
}

function build({ optimizer, args, param_groups: parts }: Config): Optimizer {
  const name = textOf({ optimizer }, 'optimizer')
  const shared = isRecord(args) ? args : {}
  if (!Array.isArray(parts)) return optimizerOfTorch(name, shared)
  const members = parts as readonly Config[]
  return groups(
    (path) => String(members.findIndex(({ params }) => (params as string[]).includes(path))),
    Object.fromEntries(
      members.map((member, i) => {
        const own = Object.fromEntries(Object.entries(member).filter(([name]) => name !== 'params'))
        return [String(i), optimizerOfTorch(name, { ...shared, ...own })]
      }),
    ),
  )
}

export function stepsOf(outputs: Config): readonly Config[] {
  return Array.isArray(outputs['steps']) ? (outputs['steps'] as Config[]) : unsupported('a run without steps')
}

/** Compares every entry that the file has for a step: scalars, tensors and records of tensors. */
export function compareStep(
  what: string,
  actual: { readonly [name: string]: Tree },
  expected: Config,
): Check[] {
  return Object.entries(expected).flatMap(([name, value]) => {
    const own = actual[name]
    const where = `${what}: ${name}`
    if (own === undefined) return unsupported(`${name} of a step`)
    if (isVectorTensor(value)) return [compareTensor(where, own as Tensor, value)]
    if (isRecord(value)) return compareStep(where, own as { readonly [name: string]: Tree }, value)
    return [compareNumbers(where, (own as Tensor).dataSync(), [value as JsonNumber])]
  })
}
