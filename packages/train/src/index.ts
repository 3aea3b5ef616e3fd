export type { Checkpoint, CheckpointState, History, StoredTensors } from './checkpoint.js'
export { clipByGlobalNorm, clipByNorm, clipByValue, globalNorm, type NormOptions } from './clip.js'
export type { EarlyStopping, Watched } from './early-stopping.js'
export { evaluate, evaluator, type EvaluateOptions, type Evaluation } from './evaluate.js'
export type {
  CheckpointEvent,
  DoneEvent,
  EpochEvent,
  FitEvent,
  InterruptedEvent,
  NonFiniteEvent,
  SampleEvent,
  StartEvent,
  StepEvent,
  ValidationEvent,
} from './events.js'
export { fit, type FitOptions } from './fit.js'
export { listen, type Listener } from './listen.js'
export { bitsPerCharacter, perplexity, throughput, type Throughput } from './metrics.js'
export { describeNonFinite, findNonFinite, type NonFinite } from './non-finite.js'
export { accumulate } from './optimizers/accumulate.js'
export { adadelta, type AdadeltaOptions } from './optimizers/adadelta.js'
export { adagrad, type AdagradOptions } from './optimizers/adagrad.js'
export { adam, adamw, type AdamOptions } from './optimizers/adam.js'
export { adamax, type AdamaxOptions } from './optimizers/adamax.js'
export { chain, type GradientFunction, type GradientTransform } from './optimizers/chain.js'
export { ema, type EmaOptions } from './optimizers/ema.js'
export { groups } from './optimizers/groups.js'
export { lion, type LionOptions } from './optimizers/lion.js'
export { muon, type MuonOptions } from './optimizers/muon.js'
export { ntAsgd, triggeredAveraging, type NtAsgdOptions, type TriggerOptions } from './optimizers/nt-asgd.js'
export { onPlateau, type OnPlateauOptions } from './optimizers/on-plateau.js'
export { optimizers } from './optimizers/index.js'
export {
  perParameter,
  type Hyperparameter,
  type Optimizer,
  type OptimizerState,
  type UpdateContext,
} from './optimizers/optimizer.js'
export { nadam, type NadamOptions } from './optimizers/nadam.js'
export { radam, type RadamOptions } from './optimizers/radam.js'
export { rmsprop, type RmspropOptions } from './optimizers/rmsprop.js'
export { sgd, type SgdOptions } from './optimizers/sgd.js'
export {
  cosine,
  linear,
  polynomialDecay,
  type CosineOptions,
  type LinearOptions,
  type PolynomialDecayOptions,
} from './schedules/anneal.js'
export { joinSchedules, multiplySchedules, tabulated, warmup } from './schedules/combine.js'
export {
  cosineAnnealing,
  cyclic,
  oneCycle,
  warmRestarts,
  type CosineAnnealingOptions,
  type CyclicOptions,
  type OneCycleOptions,
  type WarmRestartsOptions,
} from './schedules/cycles.js'
export {
  exponentialDecay,
  inverseSquareRoot,
  multiStepDecay,
  stepDecay,
  type ExponentialDecayOptions,
  type InverseSquareRootOptions,
  type MultiStepDecayOptions,
  type StepDecayOptions,
} from './schedules/decay.js'
export { reduceOnPlateau, type Plateau, type PlateauOptions, type PlateauState } from './schedules/plateau.js'
export { constant, type Schedule } from './schedules/schedule.js'
export { createRun, openRun, type MetricsLine, type Run, type RunRecord } from './run.js'
export {
  absoluteError,
  accuracy,
  confusionMatrix,
  f1Score,
  rSquared,
  scaledError,
  topKAccuracy,
  type Numbers,
} from './scores.js'
export type { BatchSource, Task, TaskLoss, WeightedMean } from './task.js'
export { restoreTree, treeToSafetensors } from './tensor-files.js'
export {
  truncatedBackprop,
  type Truncated,
  type TruncationOptions,
  type Windows,
  type WindowTensors,
} from './truncated.js'
