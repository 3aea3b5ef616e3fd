/** A place that was changed: what was there, and what is there now. */
export interface TextExample {
  readonly before: string
  readonly after: string
}

/** A text after a step, and what the step did. */
export interface Changed {
  readonly text: string
  /** How many places were changed. */
  readonly changed: number
  /** The first few of them. */
  readonly examples: readonly TextExample[]
}

/** The parts of a text that can be left out whole. */
export type PartName = 'lines' | 'paragraphs'

const mostExamples = 3
const longestExample = 60

/** Replaces what a pattern finds; what is replaced by itself does not count. */
export function replaceAll(text: string, pattern: RegExp, by: (found: string) => string): Changed {
  const changes = counter()
  const result = text.replace(pattern, (found) => {
    const replacement = by(found)
    if (replacement !== found) changes.add(found, replacement)
    return replacement
  })
  return { text: result, ...changes.all() }
}

/**
 * Compares a text with what a step made of it, line by line. The step neither makes nor removes a line feed, so the lines
 * stand beside each other.
 */
export function changedLines(before: string, after: string): Changed {
  const changes = counter()
  if (before !== after) {
    const lines = after.split('\n')
    before.split('\n').forEach((line, i) => line !== lines[i] && changes.add(line, lines[i]!))
  }
  return { text: after, ...changes.all() }
}

/** Keeps the parts of a text that pass a test, which is given them without the line ends around them. */
export function keepParts(text: string, of: PartName, keeps: (part: string) => boolean): Changed {
  const changes = counter()
  const kept = partsOf(text, of).filter((whole) => {
    const part = whole.replace(/[\r\n]+$/, '')
    const isKept = part === '' || keeps(part)
    if (!isKept) changes.add(part, '')
    return isKept
  })
  return { text: kept.join(''), ...changes.all() }
}

/** The parts of a text with the line ends after them; joined, they are the text. */
function partsOf(text: string, of: PartName): string[] {
  const lines = text.match(/[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+$/g) ?? []
  if (of === 'lines') return lines
  const paragraphs: string[][] = []
  let wasEmpty = true
  for (const line of lines) {
    const isEmpty = /^[\r\n]/.test(line)
    // empty lines belong to the paragraph before them
    if (wasEmpty && !isEmpty) paragraphs.push([])
    if (paragraphs.length === 0) paragraphs.push([])
    paragraphs.at(-1)!.push(line)
    wasEmpty = isEmpty
  }
  return paragraphs.map((part) => part.join(''))
}

function counter(): { add(before: string, after: string): void; all(): Omit<Changed, 'text'> } {
  let changed = 0
  const examples: TextExample[] = []
  return {
    add(before, after) {
      changed++
      if (examples.length < mostExamples) examples.push({ before: short(before), after: short(after) })
    },
    all: () => ({ changed, examples }),
  }
}

function short(text: string): string {
  return text.length > longestExample ? `${text.slice(0, longestExample - 3)}...` : text
}
