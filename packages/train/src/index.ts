export { clipByGlobalNorm, clipByValue, globalNorm, type NormOptions } from './clip.js'
export { bitsPerCharacter, perplexity, throughput, type Throughput } from './metrics.js'
export { adam, adamw, type AdamOptions } from './optimizers/adam.js'
export { groups } from './optimizers/groups.js'
export { optimizers } from './optimizers/index.js'
export {
  perParameter,
  type Hyperparameter,
  type Optimizer,
  type OptimizerState,
  type UpdateContext,
} from './optimizers/optimizer.js'
export { sgd, type SgdOptions } from './optimizers/sgd.js'
export {
  constant,
  cosine,
  linear,
  type CosineOptions,
  type LinearOptions,
  type Schedule,
} from './schedules.js'
