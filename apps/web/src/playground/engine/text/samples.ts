import { mulberry32 } from '@tapeloop/data'

/** A text to begin with. */
export interface SampleText {
  readonly name: string
  readonly title: string
  /** what there is to learn, in one sentence */
  readonly about: string
  /** the text, or where it lies beside the page */
  readonly text: (() => string) | { readonly path: string }
}

/** Sums, one a line: numbers are easy, carrying is not. */
function sums(): string {
  const random = mulberry32(7)
  return Array.from({ length: 6000 }, () => {
    const [a, b] = [Math.floor(random() * 100), Math.floor(random() * 100)]
    return `${a}+${b}=${a + b}\n`
  }).join('')
}

/** Balanced brackets of three kinds: what is opened must be closed, in order. */
function brackets(): string {
  const random = mulberry32(11)
  const pairs = ['()', '[]', '{}']
  return Array.from({ length: 3000 }, () => {
    const open: string[] = []
    let line = ''
    while (line.length < 24 || open.length > 0) {
      const mayOpen = open.length < 6 && line.length < 24
      if (mayOpen && (open.length === 0 || random() < 0.55)) {
        const [left, right] = pairs[Math.floor(random() * pairs.length)]!
        line += left
        open.push(right!)
      } else line += open.pop()
    }
    return `${line}\n`
  }).join('')
}

/** The samples by name; the first is the usual one. */
export const sampleTexts: Readonly<Record<string, SampleText>> = {
  'moby-dick': {
    name: 'moby-dick',
    title: 'Moby-Dick, the first chapters',
    about: 'English of 1851: spelling first, then words, then something like sentences.',
    text: { path: 'moby-dick.txt' },
  },
  sums: {
    name: 'sums',
    title: 'Sums up to 99 + 99',
    about: 'The form is learned in seconds; whether the sums are right takes longer.',
    text: sums,
  },
  brackets: {
    name: 'brackets',
    title: 'Brackets',
    about: 'Every bracket is closed by its like: look for units that count how deep it goes.',
    text: brackets,
  },
}
