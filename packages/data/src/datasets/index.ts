export { exampleRows, tokenRows, type ExampleRows } from './collate.js'
export {
  datasetBatches,
  type AsyncBatches,
  type BucketOptions,
  type DatasetBatchOptions,
} from './dataset-batches.js'
export { datasetOf, makeDataset, type Dataset, type ItemSource } from './dataset.js'
export { imageSequences, readIdx, type IdxBytes, type ImageSequence } from './idx.js'
export {
  labelledLines,
  parseLabelledSequences,
  type LabelledSequence,
  type LabelledSequences,
  type LabelledText,
  type LabelledTexts,
} from './labelled.js'
export { prefetch } from './prefetch.js'
export type { ShuffleOptions } from './shuffle.js'
export { splitByGroup, splitDataset, splitStratified, type SplitKey, type SplitRule } from './split.js'
export { tableRows, type TableRow } from './table-rows.js'
export { storedBatches, tokenWindows } from './token-batches.js'
export { tokenFile, tokensInMemory, type TokenStore } from './token-store.js'
export { workerBatches, type WorkerBatches, type WorkerBatchOptions } from './worker-batches.js'
