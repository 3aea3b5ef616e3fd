import type { Benchmark } from './benchmark.js'
import { custom } from './custom.js'
import { first } from './first.js'
import { long } from './long.js'
import { memory } from './memory.js'
import { products } from './products.js'
import { sample } from './sample.js'
import { step } from './step.js'

/** The registry: every benchmark by its name, in the order they run. */
export const benchmarks: Readonly<Record<string, Benchmark>> = {
  step,
  custom,
  sample,
  memory,
  products,
  long,
  first,
}
