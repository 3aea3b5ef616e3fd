import { TapeloopError } from '@tapeloop/core'
import { paddedBatches, wordSequences, type TextChange } from '@tapeloop/data'
import { bitsPerCharacter, evaluate, perplexity } from '@tapeloop/train'
import { wholeText } from '../sources/source.js'
import { count, counted, score } from '../terminal/numbers.js'
import type { EvaluateHow, Row, TestResult, Trained, Writer } from './task.js'
import { describeChanges, linesOf } from './text-data.js'
import { charactersPerToken, nounOf } from './text-tokenizer.js'

/** How well a text was predicted. */
interface Prediction {
  readonly nats: number
  readonly tokens: number
}

/** A language model that has learned. */
export function trainedLanguageModel(writer: Writer, lines: boolean): Trained {
  const { model, params, tokenizer } = writer
  const noun = nounOf(tokenizer)

  /** The tokens of a text that the model knows, and how many it does not. */
  function known(name: string, text: string): { readonly ids: Int32Array; readonly unknown: number } {
    const { ids, unknown } = tokenizer.encode(text, { skipUnknown: true })
    if (ids.length >= (lines ? 1 : 2)) return { ids, unknown }
    throw new TapeloopError(
      `${name} has ${counted(ids.length, noun)} that the model knows (and ${count(unknown)} others), ` +
        'but 2 are needed; give a longer text.',
    )
  }

  /** A text as one sequence. */
  async function ofText(ids: Int32Array, { backend, lanes, progress }: EvaluateHow): Promise<Prediction> {
    const { nats, tokens } = await model.evaluate(params, ids, { backend, batchSize: lanes, progress })
    return { nats, tokens }
  }

  /** Texts of a line each, from their beginning to their end. */
  async function ofLines(texts: readonly string[], { backend, progress }: EvaluateHow): Promise<Prediction> {
    const spelled = texts.map((line) => tokenizer.decode(tokenizer.encode(line, { skipUnknown: true }).ids))
    const sequences = wordSequences(spelled, tokenizer)
    const data = paddedBatches(sequences, { batchSize: 64, padTo: 'batch' })
    const batch: typeof data.batch = (cursor) => {
      progress(cursor.batch, data.batchesPerEpoch)
      return data.batch(cursor)
    }
    const { loss, weight } = await evaluate(model, params, { ...data, batch }, { backend })
    return { nats: loss, tokens: weight }
  }

  return {
    writer,
    async evaluate(source, how) {
      const { text, changes } = await wholeText(source)
      const name = source.files.length === 1 ? `"${source.files[0]!.path}"` : source.name
      const { ids, unknown } = known(name, text)
      const prediction = await (lines ? ofLines(linesOf(text), how) : ofText(ids, how))
      return resultOf(
        name,
        noun,
        { ...prediction, share: charactersPerToken(tokenizer, ids) },
        { unknown, known: ids.length },
        changes,
      )
    },
    async *predict(rows) {
      for await (const row of rows) {
        const text = textOf(row)
        const { ids } = tokenizer.encode(text, { skipUnknown: true })
        const { start, end } = tokenizer.special
        const sequence = [...(start === undefined ? [] : [start]), ...ids]
        const next = sequence.length === 0 ? null : await model.next(params, sequence)
        const likeliest = next ? next.probabilities.indexOf(Math.max(...next.probabilities)) : undefined
        const whole = Int32Array.from([...sequence, ...(end === undefined ? [] : [end])])
        const nats = whole.length < 2 ? null : (await model.evaluate(params, whole)).nats
        yield {
          ...row,
          bitsPerCharacter:
            nats === null ? null : bitsPerCharacter(nats) / charactersPerToken(tokenizer, ids),
          next: likeliest === undefined ? null : tokenizer.decode([likeliest]),
        }
      }
    },
  }
}

/** The text of a row: that under `text`, or what is its only value. */
function textOf(row: Row): string {
  const values = Object.values(row)
  const text = row['text'] ?? (values.length === 1 ? values[0] : undefined)
  if (text !== undefined && text !== null) return String(text)
  throw new TapeloopError(
    `A row has the columns ${Object.keys(row).join(', ')} and none called text; name the column of the texts so.`,
  )
}

function resultOf(
  name: string,
  noun: string,
  { nats, tokens, share }: Prediction & { readonly share: number },
  { unknown, known }: { readonly unknown: number; readonly known: number },
  changes: readonly TextChange[],
): TestResult {
  const bits = bitsPerCharacter(nats) / share
  return {
    json: {
      nats,
      bitsPerCharacter: bits,
      perplexity: perplexity(nats),
      characters: Math.round(tokens * share),
      unknownCharacters: unknown,
    },
    lines: (style) => [
      `${style.bold(`${score(bits)} bits per character`)} (${score(nats)} nats), perplexity ${score(perplexity(nats))}`,
      `${counted(tokens, noun)} of ${name} predicted, each from all before it`,
      ...describeChanges(changes),
      ...unknownLines(unknown, known, noun),
    ],
  }
}

function unknownLines(unknown: number, known: number, noun: string): string[] {
  if (unknown === 0) return []
  const percent = (100 * unknown) / (unknown + known)
  return [
    `${counted(unknown, noun)} (${percent < 0.1 ? 'less than 0.1' : percent.toFixed(1)} %) the model does not know ` +
      `${unknown === 1 ? 'was' : 'were'} left out, and count${unknown === 1 ? 's' : ''} nowhere`,
  ]
}
