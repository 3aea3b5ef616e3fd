import { TapeloopError } from '@tapeloop/core'
import { show } from '../check.js'

/** A way to cut a text into pieces that are looked up one by one. */
export interface Splitter {
  /** The pieces in order. */
  pieces(text: string): Iterable<string>
  /** The last place p > 0 such that the pieces of the text are those of its two parts, whatever follows it; or 0. */
  lastCut(text: string): number
}

/** A piece for every code point; a lone surrogate is one. */
export const codePoints: Splitter = {
  pieces: (text) => text,
  lastCut: (text) => text.length - halfAtEnd(text),
}

/** A piece for every grapheme cluster: what a reader takes for one character (Unicode Standard Annex 29). */
export function graphemeClusters(): Splitter {
  const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' })
  const lastCut = (text: string): number => {
    // a boundary is final once the code point after it is known
    const whole = text.slice(0, text.length - halfAtEnd(text))
    return segmenter.segment(whole).containing(whole.length - 1)?.index ?? 0
  }
  return { pieces: (text) => segmentsOf(segmenter, text, lastCut), lastCut }
}

/**
 * A piece for every word and for everything between words, by the rules and dictionaries that `Intl.Segmenter` has:
 * Chinese, Japanese and Thai words are found, too.
 *
 * @throws when the language is no language tag, or nothing here can segment
 */
export function wordSegments(language: string): Splitter {
  const segmenter = wordSegmenter(language)
  const lastCut = (text: string): number => lastPlace(text, isBetweenWords)
  return { pieces: (text) => segmentsOf(segmenter, text, lastCut), lastCut }
}

/** Whether words end between two characters, whatever stands around them. */
function isBetweenWords(before: string, after: string): boolean {
  return (
    before === '\n' ||
    (/\p{L}/u.test(before) && /[ \t\n]/.test(after)) ||
    (/[。！？]/.test(before) && /\p{Script=Han}/u.test(after))
  )
}

function wordSegmenter(language: string): Intl.Segmenter {
  try {
    return new Intl.Segmenter(language, { granularity: 'word' })
  } catch (error) {
    throw new TapeloopError(
      `words: language must be a language tag such as "en" or "zh", but it is ${show(language)}.`,
      { cause: error },
    )
  }
}

/** A segmenter takes time with the square of a text's length, so it is given a long text in blocks of this size. */
const blockLength = 4096

function* segmentsOf(
  segmenter: Intl.Segmenter,
  text: string,
  lastCut: Splitter['lastCut'],
): Generator<string, void> {
  for (let start = 0; start < text.length;) {
    let length = blockLength
    let cut = 0
    while (cut === 0 && start + length < text.length) {
      cut = lastCut(text.slice(start, start + length))
      length *= 2
    }
    const end = cut === 0 ? text.length : start + cut
    for (const { segment } of segmenter.segment(text.slice(start, end))) yield segment
    start = end
  }
}

/** The last place that passes a test, which is given the code units before and after it. */
export function lastPlace(
  text: string,
  isCut: (before: string, after: string, place: number) => boolean,
): number {
  for (let place = text.length - 1; place > 0; place--) {
    if (isCut(text[place - 1]!, text[place]!, place)) return place
  }
  return 0
}

/** 1 where a text ends in the first half of a surrogate pair, whose second half may follow. */
function halfAtEnd(text: string): 0 | 1 {
  const last = text.charCodeAt(text.length - 1)
  return last >= 0xd800 && last < 0xdc00 ? 1 : 0
}
