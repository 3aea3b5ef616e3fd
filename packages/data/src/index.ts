export { addingBaseline, addingBatches, type AddingOptions, type RegressionBatch } from './adding.js'
export {
  batchesFrom,
  epochOf,
  firstCursor,
  nextCursor,
  parseCursor,
  type Batches,
  type Cursor,
} from './batches.js'
export { bpe, type BpeOptions } from './tokenizers/bpe/bpe.js'
export { bytes, type ByteOptions } from './tokenizers/bytes.js'
export { characters, characterTokenizer, type CharacterOptions } from './tokenizers/characters.js'
export {
  clean,
  parseCleaningSteps,
  type Cleaned,
  type CleaningStep,
  type TextExample,
  type TextChange,
} from './text/cleaning.js'
export { copyMemoryBaseline, copyMemoryBatches, type CopyMemoryOptions } from './copy-memory.js'
export { countingString, type CountingString } from './counting.js'
export { parsePianoRolls, type PianoOptions, type PianoRoll, type PianoRolls } from './piano-rolls.js'
export { deriveSeed, mulberry32, permutation, shuffled, type Random } from './random.js'
export {
  reberBaseline,
  reberBatches,
  reberFloor,
  reberGrammar,
  reberString,
  reberSymbols,
  reberTokens,
  type ReberOptions,
  type ReberString,
} from './reber.js'
export { paddedBatches, type PaddedOptions } from './sequences.js'
export { splitContiguous, splitRandom, type Sliceable } from './splits.js'
export {
  contiguousBatches,
  evaluationBatches,
  randomWindows,
  type BatchShape,
  type EvaluationOptions,
  type PaddedBatch,
  type TokenBatch,
} from './streams.js'
export { decodeText, type DecodeOptions } from './text/text.js'
export { graphemes, type GraphemeOptions } from './tokenizers/graphemes.js'
export {
  tokenizerFormat,
  tokenizerVersion,
  type Encoded,
  type EncodeOptions,
  type IdDecoder,
  type SpecialToken,
  type Tokenizer,
  type TokenizerKind,
  type TokenizerRecord,
} from './tokenizers/tokenizer.js'
export { fromHuggingFace } from './tokenizers/hugging-face/read.js'
export { toHuggingFace, type HuggingFaceRecord } from './tokenizers/hugging-face/write.js'
export { parseTokenizer, tokenizerFromJSON } from './tokenizers/load.js'
export { decodeStream, encodeStream } from './tokenizers/stream.js'
export type { SplitName } from './tokenizers/subwords/splits.js'
export type { SubwordOptions } from './tokenizers/subwords/training.js'
export { unigram, type UnigramOptions } from './tokenizers/unigram/unigram.js'
export type { VocabularyLimits } from './tokenizers/vocabulary.js'
export { wordLevel, type WordLevelOptions } from './tokenizers/word-level.js'
export { words, type WordTokenizerOptions } from './tokenizers/words.js'
export { cleanWords, wordSequences, type WordOptions } from './text/words.js'
export { blobSource, collectBytes, memorySource, type ByteSource } from './sources/byte-source.js'
export * from './datasets/index.js'
export * from './series/index.js'
export * from './tables/index.js'
