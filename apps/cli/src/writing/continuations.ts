import type { SamplerOptions } from '@tapeloop/models'
import type { Writer } from '../tasks/task.js'

/** How texts are written. */
export interface Drawing extends Required<Omit<SamplerOptions, 'backend'>> {
  readonly length: number
  readonly seed: number
  readonly count: number
  /** how many continuations are followed at a time; 0 to draw */
  readonly beam: number
  readonly primer: string
  readonly stops: readonly string[]
  /** texts that are not wanted; null where any is */
  readonly known: ReadonlySet<string> | null
}

/** How many texts are drawn for each that is wanted, before it is taken that there are no more. */
const patience = 20

/** Texts that go on from the primer, each in pieces as they come. */
export async function* continuations(
  { model, params, tokenizer }: Writer,
  drawing: Drawing,
): AsyncGenerator<AsyncIterable<string>, void> {
  const { count, beam, primer, stops, known, length, seed, topK } = drawing
  if (beam > 0) {
    const { start, end } = tokenizer.special
    const ids = [
      ...(start === undefined ? [] : [start]),
      ...tokenizer.encode(primer || (start === undefined ? '\n' : '')).ids,
    ]
    const options = {
      beams: Math.max(beam, count),
      length: Math.max(1, length),
      ...(end !== undefined && { stop: end }),
    }
    const found = await model.beam(params, ids, options)
    for (const { tokens } of found.slice(0, count)) yield once(tokenizer.decode(tokens))
    return
  }
  const { repetitionPenalty, temperature, topP } = drawing
  const sampler = model.sampler({ repetitionPenalty, temperature, topP, ...(topK > 0 && { topK }) })
  const options = { length, primer, stops }
  if (count === 1 && known === null) {
    yield sampler.text(params, tokenizer, { ...options, seed })
    return
  }
  let left = count
  const seen = new Set(known)
  for (let round = 0; left > 0 && round < patience; round++) {
    const texts = await sampler.texts(params, tokenizer, { ...options, count, seed: seed + round })
    for (const text of texts) {
      const whole = (primer + text).trim()
      if (left === 0 || (known !== null && (whole === '' || seen.has(whole)))) continue
      seen.add(whole)
      left--
      yield once(text)
    }
  }
}

async function* once(text: string): AsyncGenerator<string, void> {
  yield text
}
