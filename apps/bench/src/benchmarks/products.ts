import { operationsOf } from '../workloads/product.js'
import { hiddenSizes, type Benchmark } from './benchmark.js'

export const products: Benchmark = {
  name: 'products',
  title:
    "matrix products of an LSTM's shapes, B = 32, T = 64, against what registers alone allow at the level",
  workload: 'product',
  measures: ['time'],
  axes: {
    product: ['recurrent', 'input', 'input-gradient', 'weight-gradient', 'vector'],
    hidden: hiddenSizes,
    threads: [1],
    batch: [],
    time: [],
  },
  vary: 'together',
  opponents: (of) => [
    { peer: 'peak', case: of },
    { peer: 'pytorch', case: of },
    { peer: 'onnxruntime', case: of },
  ],
  show: (milliseconds, of) => ({ value: operationsOf(of) / milliseconds / 1e6, unit: 'GFLOP/s' }),
}
