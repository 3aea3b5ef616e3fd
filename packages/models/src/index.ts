export type { Anatomy, Direction } from './anatomy.js'
export type { Beam, BeamOptions, BeamSearch } from './continuations.js'
export type { ChoiceOptions } from './choice.js'
export type { AttentionKind, DecoderParams } from './decoder.js'
export type { DecodingOptions, Hypothesis } from './decoding.js'
export type { ExampleEvaluationOptions, ExampleModel } from './example-model.js'
export {
  exampleBatches,
  type Example,
  type ExampleBatch,
  type ExampleBatchOptions,
  type Sequence,
} from './examples.js'
export { forecastWindows, type ForecastWindowOptions, type Horizon } from './forecast-windows.js'
export {
  forecaster,
  type Forecast,
  type Forecaster,
  type ForecasterOptions,
  type ForecasterParams,
  type ForecastTensors,
} from './forecaster.js'
export { hiddenSizeFor } from './hidden-size.js'
export {
  languageModel,
  type LanguageModel,
  type LanguageModelOptions,
  type LanguageModelParams,
  type NextToken,
  type TextEvaluation,
  type TextEvaluationOptions,
  type TokenTensors,
} from './language-model.js'
export {
  multiLabelTagger,
  type LabelTensors,
  type MultiLabelTagger,
  type MultiLabelTaggerOptions,
  type MultiLabelTaggerParams,
} from './multi-label-tagger.js'
export type { PredictOptions } from './predicting.js'
export type { ApplyOptions, ReaderOptions, ReaderParams, SequenceTensors } from './reader.js'
export type { RecurrentStackOptions, State } from './recurrent-stack.js'
export type { DrawOptions, Sampler, SamplerOptions, TextOptions } from './sampler.js'
export type { Saved } from './saved.js'
export {
  seq2seq,
  type Seq2seq,
  type Seq2seqOptions,
  type Seq2seqParams,
  type TargetLogits,
  type TargetTensors,
} from './seq2seq.js'
export {
  sequenceClassifier,
  type Classification,
  type ClassTensors,
  type SequenceClassifier,
  type SequenceClassifierOptions,
  type SequenceClassifierParams,
} from './sequence-classifier.js'
export {
  sequenceRegressor,
  type RegressionTensors,
  type SequenceRegressor,
  type SequenceRegressorOptions,
  type SequenceRegressorParams,
} from './sequence-regressor.js'
export {
  backtest,
  forecastSeries,
  type Backtest,
  type BacktestOptions,
  type ForecastScores,
  type SeriesForecast,
  type SeriesForecastOptions,
} from './series-forecasts.js'
export type { Summary } from './summary.js'
export { tagger, type Tagger, type TaggerOptions, type TaggerParams, type TagTensors } from './tagger.js'
