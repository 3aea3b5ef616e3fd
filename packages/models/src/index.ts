export { hiddenSizeFor } from './hidden-size.js'
export {
  languageModel,
  type LanguageModel,
  type LanguageModelOptions,
  type LanguageModelParams,
  type TextEvaluation,
  type TextEvaluationOptions,
  type TokenTensors,
} from './language-model.js'
export type { RecurrentStackOptions, State } from './recurrent-stack.js'
export type { DrawOptions, Sampler, SamplerOptions } from './sampler.js'
export {
  sequenceRegressor,
  type RegressionTensors,
  type SequenceRegressor,
  type SequenceRegressorOptions,
  type SequenceRegressorParams,
} from './sequence-regressor.js'
