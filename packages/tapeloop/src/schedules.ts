// all of them, though only `linear` is the name of something else too
export {
  constant,
  cosine,
  cosineAnnealing,
  cyclic,
  exponentialDecay,
  inverseSquareRoot,
  joinSchedules,
  linear,
  multiplySchedules,
  multiStepDecay,
  oneCycle,
  polynomialDecay,
  reduceOnPlateau,
  stepDecay,
  warmRestarts,
} from '@tapeloop/train'
