import { createInterface } from 'node:readline'
import type { Tokenizer } from '@tapeloop/data'
import type { Input } from '../shell.js'
import type { Writer } from '../tasks/task.js'
import { percent } from '../terminal/numbers.js'
import { printable, type Output } from '../terminal/output.js'

/** How many tokens are offered. */
const offered = 9

/** What somebody who writes may answer. */
const help = `a number takes that token, Enter the likeliest; other text is added as it is; :u takes back, :q ends`

/**
 * Lets somebody write with the model: it offers the likeliest next tokens with their probabilities, and reads a line for each
 * answer, until `:q` or the end of the input.
 */
export async function writeTogether(
  { model, params, tokenizer }: Writer,
  { prime, output, input }: { readonly prime: string; readonly output: Output; readonly input: Input },
): Promise<void> {
  const { style } = output
  const say = (text: string) => output.write(`${text}\n`)
  const begun = startOf(tokenizer, prime)
  let tokens = [...begun]
  const shown = () => printable(tokenizer.decode(tokens))

  async function offer(): Promise<number[]> {
    const { probabilities } = await model.next(params, tokens)
    const best = Array.from(probabilities.keys())
      .toSorted((a, b) => probabilities[b]! - probabilities[a]!)
      .slice(0, offered)
    say(style.bold(shown() === '' ? '(nothing yet)' : shown()))
    const choices = best.map(
      (id, i) => `${i + 1} ${nameOf(tokenizer, id)} ${style.dim(percent(probabilities[id]!))}`,
    )
    say(choices.join('  '))
    return best
  }

  say(style.dim(help))
  let best = await offer()
  for await (const line of linesOf(input)) {
    if (line === ':q') break
    const number = Number(line)
    const isChoice = line !== '' && Number.isInteger(number) && number >= 1 && number <= best.length
    if (line === ':u') tokens = tokens.slice(0, Math.max(begun.length, tokens.length - 1))
    else if (line === '' || isChoice) {
      const id = best[line === '' ? 0 : number - 1]!
      if (id === tokenizer.special.end) break
      tokens.push(id)
    } else {
      const { ids, unknown } = tokenizer.encode(line, { skipUnknown: true })
      if (unknown > 0) say(style.yellow(`${unknown} of these the model does not know; left out`))
      tokens.push(...ids)
    }
    best = await offer()
  }
  say(shown())
}

/** The tokens before the first that is chosen. */
function startOf(tokenizer: Tokenizer, prime: string): number[] {
  const { start } = tokenizer.special
  if (start !== undefined) return [start, ...tokenizer.encode(prime).ids]
  const { ids } = tokenizer.encode(prime === '' ? '\n' : prime, { skipUnknown: true })
  return ids.length === 0 ? [0] : [...ids]
}

/** A token as it can be read among others. */
function nameOf(tokenizer: Tokenizer, id: number): string {
  const name = Object.entries(tokenizer.special).find(([, special]) => special === id)?.[0]
  return name === undefined ? JSON.stringify(tokenizer.decode([id])) : `<${name}>`
}

/** What is typed or piped, line by line; LF and CRLF end one. */
async function* linesOf(input: Input): AsyncGenerator<string, void> {
  if ('pipe' in input) {
    yield* createInterface({ input: input as NodeJS.ReadableStream, crlfDelay: Infinity })
    return
  }
  let rest = ''
  for await (const chunk of input) {
    const lines = (rest + (typeof chunk === 'string' ? chunk : new TextDecoder().decode(chunk))).split(
      /\r?\n/,
    )
    rest = lines.pop()!
    yield* lines
  }
  if (rest !== '') yield rest
}
