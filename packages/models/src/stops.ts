/**
 * The pieces of a text up to the first of some strings, which is left out. What may be the beginning of one is held back
 * until that is known.
 */
export async function* untilStop(
  pieces: AsyncIterable<string>,
  stops: readonly string[],
): AsyncGenerator<string, void> {
  let held = ''
  for await (const piece of pieces) {
    held += piece
    const places = stops.map((stop) => held.indexOf(stop)).filter((place) => place >= 0)
    if (places.length > 0) {
      const text = held.slice(0, Math.min(...places))
      if (text !== '') yield text
      return
    }
    const open = Math.max(0, ...stops.map((stop) => beginningAtEnd(held, stop)))
    const text = held.slice(0, held.length - open)
    held = held.slice(held.length - open)
    if (text !== '') yield text
  }
  if (held !== '') yield held
}

/** How many characters at the end of a text are the beginning of a string. */
function beginningAtEnd(text: string, stop: string): number {
  let length = Math.min(text.length, stop.length - 1)
  while (length > 0 && !text.endsWith(stop.slice(0, length))) length--
  return Math.max(0, length)
}
