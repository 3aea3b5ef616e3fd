export { drawn, offIntegers, positive, shapes, tensors, wide } from './draw.js'
export type { Draw, Grid, ShapeOptions } from './draw.js'
export { checkGradients } from './gradient-check.js'
export type { GradientCheckOptions } from './gradient-check.js'
