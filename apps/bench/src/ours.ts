/** The process in which Tapeloop is measured. */
import { serve } from './serve.js'
import type { Level } from './level.js'
import { buildWorkload } from './workloads/index.js'

await serve((workload, of, level) => buildWorkload(workload, of, level as Level))
