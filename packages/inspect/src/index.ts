export { gradientFlow, normOverTime, type Flow } from './gradient-flow.js'
export {
  inspect,
  type Inspection,
  type InspectionOptions,
  type InspectionSubject,
  type LayerInspection,
} from './inspection.js'
export { integratedGradients, type IntegratedGradientsOptions } from './integrated-gradients.js'
export { spectrum, stepJacobian, type Spectrum } from './jacobian.js'
export { pca, type Projection } from './pca.js'
export { activeUnits, saturation, type Saturation, type UnitSummary } from './saturation.js'
export { watched, type States, type Watch, type WatchedLayer, type WatchOptions } from './watched.js'
