import type { Encoded, EncodeOptions, Tokenizer } from './tokenizer.js'

/**
 * Encodes a text that comes in chunks, cut anywhere: the ids are those of the whole text. What is kept back is the end
 * of the text behind the last place where it may be cut, so memory stays small where the text has such places.
 *
 * @throws as `encode` does; positions in errors count from the last cut.
 * @example for await (const { ids } of encodeStream(tokenizer, file)) use(ids)
 */
export async function* encodeStream(
  tokenizer: Tokenizer,
  chunks: AsyncIterable<string> | Iterable<string>,
  options?: EncodeOptions,
): AsyncGenerator<Encoded, void> {
  let kept = ''
  /** a text in which no place was found is not searched again before it has doubled, or many chunks cost their square */
  let searched = 0
  for await (const chunk of chunks) {
    kept += chunk
    if (kept.length < 2 * searched) continue
    const cut = tokenizer.lastCut(kept)
    if (cut > 0) {
      yield tokenizer.encode(kept.slice(0, cut), options)
      kept = kept.slice(cut)
    }
    searched = kept.length
  }
  if (kept !== '') yield tokenizer.encode(kept, options)
}

/**
 * Decodes ids as they come: every piece of text is whole characters, also where a token holds only a part of one.
 *
 * @throws when an id is not one of the tokenizer.
 * @example for await (const text of decodeStream(tokenizer, sampled)) process.stdout.write(text)
 */
export async function* decodeStream(
  tokenizer: Tokenizer,
  ids: AsyncIterable<number> | Iterable<number>,
): AsyncGenerator<string, void> {
  const decoder = tokenizer.decoder()
  for await (const id of ids) {
    const text = decoder.push(id)
    if (text !== '') yield text
  }
  const rest = decoder.end()
  if (rest !== '') yield rest
}
