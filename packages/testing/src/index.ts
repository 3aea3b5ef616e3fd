export { cellCost } from './card-cost.js'
export type { CellCost, CostSize } from './card-cost.js'
export { cardText } from './card-text.js'
export { cellCard, isSound } from './card.js'
export type { CardOptions, CellCard } from './card.js'
export { checkGolden } from './cells/golden.js'
export type { Golden, GoldenCase, GoldenSource, GoldenTensors } from './cells/golden.js'
export { checkCellOnBackend } from './cells/on-backend.js'
export { cellSubject } from './cells/sample.js'
export type {
  AnyLayer,
  CellSubject,
  DrawnLayer,
  LayerData,
  LayerResult,
  LayerSubject,
} from './cells/sample.js'
export { cellChecks, checkCell, layerChecks, taskChecks } from './cells/suite.js'
export type { LayerCheck, LayerCheckOptions } from './cells/suite.js'
export { checkClose } from './closeness.js'
export { drawn, drawnAlike, offIntegers, positive, shapes, tensors, wide } from './draw.js'
export type { Draw, Grid, ShapeOptions } from './draw.js'
export { checkGradients } from './gradient-check.js'
export type { GradientCheckOptions } from './gradient-check.js'
export { checkOp, checkOpOnBackend, opChecks } from './op-conformance.js'
export type { ConformanceOptions, OpCheck } from './op-conformance.js'
export { programs } from './programs/index.js'
export type { Program, ProgramOptions } from './programs/index.js'
export { cellClaims, goldenClaim, opClaims, prove } from './proof.js'
export type { CheckResult, Claim, ClaimOptions, Proof } from './proof.js'
