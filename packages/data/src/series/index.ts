export { calendarFeatures, calendarFields, type CalendarField, type Features } from './calendar.js'
export { parseRecipe } from './parse-recipe.js'
export { fillMissing, interpolateMissing, knownMask, type Filling } from './missing.js'
export {
  decodeTargets,
  encodeSeries,
  fitSeries,
  type MissingPolicy,
  type SeriesOptions,
  type SeriesRecipe,
} from './recipe.js'
export {
  applyScaler,
  fitScaler,
  invertScaler,
  parseScaler,
  scalerTypes,
  type Scaler,
  type ScalerType,
} from './scalers.js'
export {
  lastWindow,
  seriesWindows,
  type Series,
  type SeriesWindow,
  type SeriesWindowOptions,
} from './windows.js'
export { resample, type Aggregate, type ResampleOptions } from './resample.js'
export { timeSteps, type TimeUnit } from './time-steps.js'
export { readHistory, type SeriesColumns, type SeriesHistory } from './history.js'
export {
  fitPreparation,
  prepareSeries,
  seriesInputs,
  seriesParts,
  usualCut,
  type PreparationOptions,
  type PreparedSeries,
  type SeriesCut,
  type SeriesPreparation,
} from './preparation.js'
export { restored, seasonalNaive, type SeriesTransform } from './season.js'
export { timesAfter } from './times-after.js'
