import { expectTypeOf, test } from 'vitest'
import { encodeSafetensors, type SafetensorsTensor } from './index.js'

type DataOf<D extends SafetensorsTensor['dtype']> = Extract<SafetensorsTensor, { dtype: D }>['data']

test('the dtype of a tensor tells its array', () => {
  expectTypeOf<DataOf<'F16'>>().toEqualTypeOf<Float32Array>()
  expectTypeOf<DataOf<'I64'>>().toEqualTypeOf<Int32Array | BigInt64Array>()
  expectTypeOf<{ dtype: 'F32'; shape: []; data: Float64Array }>().not.toExtend<SafetensorsTensor>()
})

test('metadata are strings', () => {
  expectTypeOf(encodeSafetensors).parameter(1).toEqualTypeOf<Readonly<Record<string, string>> | undefined>()
})
