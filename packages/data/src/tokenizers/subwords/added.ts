/** A text that is one token wherever it stands, before anything else is looked at. */
export interface AddedToken {
  readonly text: string
  readonly id: number
  /** Take the space before it away; false unless said. */
  readonly stripsBefore?: boolean
  /** Take the space after it away; false unless said. */
  readonly stripsAfter?: boolean
  /** It is no text of a writer's, but of a program's, such as `<|endoftext|>`; false unless said. */
  readonly isControl?: boolean
}

/** A part of a text: an added token, or what stands between two of them. */
export type Section = { readonly text: string; readonly token?: undefined } | { readonly token: AddedToken }

/** Finds the added tokens in a text: the leftmost, and of those that begin there the longest. */
export function addedTokens(tokens: readonly AddedToken[]): {
  sections(text: string): Section[]
  /** Whether a text may be cut at a place: no added token lies across it, whatever follows the text. */
  allowsCut(text: string, place: number): boolean
} {
  if (tokens.length === 0)
    return { sections: (text) => (text === '' ? [] : [{ text }]), allowsCut: () => true }
  const byText = new Map(tokens.map((token) => [token.text, token]))
  const longestFirst = [...byText.keys()].toSorted((a, b) => b.length - a.length)
  const pattern = new RegExp(longestFirst.map(escape).join('|'), 'g')

  function sections(text: string): Section[] {
    const result: Section[] = []
    let start = 0
    let trimsStart = false
    const addText = (end: number, trimsEnd: boolean): void => {
      let part = text.slice(start, end)
      if (trimsStart) part = part.trimStart()
      if (trimsEnd) part = part.trimEnd()
      if (part !== '') result.push({ text: part })
    }
    for (const match of text.matchAll(pattern)) {
      const token = byText.get(match[0])!
      addText(match.index, token.stripsBefore === true)
      result.push({ token })
      start = match.index + match[0].length
      trimsStart = token.stripsAfter === true
    }
    addText(text.length, false)
    return result
  }

  function allowsCut(text: string, place: number): boolean {
    return longestFirst.every((token) => {
      if (byText.get(token)!.stripsAfter && text.endsWith(token, place)) return false
      for (let k = 1; k < token.length; k++) {
        const rest = token.slice(k)
        const isBegun = text.endsWith(token.slice(0, k), place)
        if (isBegun && (text.startsWith(rest, place) || rest.startsWith(text.slice(place)))) return false
      }
      return true
    })
  }
  return { sections, allowsCut }
}

const escape = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`)
