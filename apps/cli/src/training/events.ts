import * as z from 'zod'

/**
 * The events of `tapeloop train --json`, one JSON object a line. A version of the schema only ever gains members and types
 * of events; whatever else changes makes a new one, and `start` says which it is.
 */
export const schemaVersion = 1

const step = z.int().min(0)
const checkpoint = z.string().nullable()
/** Numbers whose names the task chooses, with their units: `bitsPerCharacter`, `accuracy`, `charactersPerSecond`. */
const numbers = z.number().nullable()

/** What `train --json` writes. */
export const trainEvent = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('start'),
    schema: z.literal(schemaVersion),
    task: z.enum(['language-model', 'classify', 'forecast']),
    out: z.string(),
    /** 0, or where a run goes on */
    step,
    steps: step,
    parameters: z.int(),
    backend: z.string(),
    /** what was found in the data */
    data: z.record(z.string(), z.unknown()),
    /** what reading the data changed */
    changes: z.array(z.strictObject({ step: z.string(), changed: z.int(), unit: z.string() })),
    /** everything that was chosen, by the names that a configuration has */
    settings: z.record(z.string(), z.unknown()),
  }),
  z
    .object({
      type: z.literal('step'),
      step,
      epoch: step,
      /** in nats, or of numbers as the model sees them */
      loss: z.number(),
      gradNorm: z.number(),
    })
    .catchall(numbers),
  z.strictObject({ type: z.literal('epoch'), step, epoch: step, loss: z.number() }),
  z.object({ type: z.literal('validation'), step, epoch: step }).catchall(numbers),
  z.strictObject({ type: z.literal('sample'), step, sample: z.string() }),
  z.strictObject({ type: z.literal('checkpoint'), step, name: z.string() }),
  z.strictObject({ type: z.literal('interrupted'), step, checkpoint }),
  z.strictObject({ type: z.literal('nonfinite'), step, message: z.string(), checkpoint }),
  z
    .object({
      type: z.literal('done'),
      steps: step,
      parameters: z.int(),
      /** of classification */
      testAccuracy: z.number().optional(),
      confusion: z
        .strictObject({ labels: z.array(z.string()), matrix: z.array(z.array(z.int())) })
        .optional(),
      /** of forecasting, and of the seasonal-naive forecast beside it */
      mase: z.number().optional(),
      mse: z.number().optional(),
      baseline: z.strictObject({ mase: z.number(), mse: z.number() }).optional(),
      coverage: z.number().optional(),
      /** where training may stop early */
      bestStep: step.optional(),
    })
    .catchall(numbers),
])
