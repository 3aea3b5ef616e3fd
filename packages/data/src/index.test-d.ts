import { expectTypeOf, test } from 'vitest'
import {
  addingBatches,
  contiguousBatches,
  datasetBatches,
  datasetOf,
  exampleRows,
  splitContiguous,
  splitDataset,
  splitRandom,
  type Dataset,
  type TokenBatch,
} from './index.js'

test('the parts of a split have the names given and the type of the whole', () => {
  const tokens = splitContiguous(new Int32Array(10), { train: 0.9, valid: 0.1 })
  expectTypeOf(tokens).toEqualTypeOf<Record<'train' | 'valid', Int32Array<ArrayBuffer>>>()
  expectTypeOf(splitRandom(['a', 'b'], { a: 0.5, b: 0.5 }, 1).a).toEqualTypeOf<string[]>()
  // @ts-expect-error there is no such part
  void tokens.test
})

test('the dtype decides the array', () => {
  const options = { batchSize: 1, seqLength: 2, seed: 1 }
  const at = { epoch: 0, batch: 0 }
  expectTypeOf(addingBatches({ ...options, dtype: 'float32' }).batch(at).x).toEqualTypeOf<Float32Array>()
  expectTypeOf(addingBatches({ ...options, dtype: 'float64' }).batch(at).x).toEqualTypeOf<Float64Array>()
})

test('a full batch has no lengths to forget', () => {
  const stream = contiguousBatches(new Int32Array(10), { batchSize: 1, seqLength: 2 })
  expectTypeOf(stream.batch({ epoch: 0, batch: 0 })).toEqualTypeOf<TokenBatch>()
  expectTypeOf<TokenBatch>().not.toHaveProperty('lengths')
})

test('a data set knows its items through every step, and a batch those of the data set', async () => {
  const lengths = datasetOf(['a', 'b']).map((text) => text.length)
  expectTypeOf(lengths.filter((length) => length > 0)).toEqualTypeOf<Dataset<number>>()
  const { train } = await splitDataset(lengths, { train: 0.5, test: 0.5 }, { by: 'contiguous' })
  expectTypeOf(train).toEqualTypeOf<Dataset<number>>()
  const examples = train.map((x) => ({ x: [x], y: 1 }))
  const { batch } = datasetBatches(examples, { batchSize: 1, collate: exampleRows })
  const [first] = (await batch({ epoch: 0, batch: 0 })).examples
  expectTypeOf(first!.y).toEqualTypeOf<number>()
  // @ts-expect-error numbers have no label
  datasetOf([1]).filter(({ label }) => label === 1)
})
