/**
 * A way to split a text before parts of words are looked for in it, by its name. Patterns come from this table alone: one
 * from a stranger's file is never compiled, for it could keep the machine busy for ever.
 */
export interface NamedSplit {
  /** The pieces of a text in order. */
  pieces(text: string): Iterable<string>
  /** Whether there is an end of a piece between two code units, whatever stands before and after them. */
  isCut(before: string, after: string): boolean
  /** Whether it leaves out a part of the text (spaces), which then does not come back. */
  readonly drops: boolean
}

const space = String.raw`\p{White_Space}`
const contractions = "(?:'[sSſ]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])"
const upper = String.raw`[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]`
const lower = String.raw`[\p{Ll}\p{Lm}\p{Lo}\p{M}]`
const trailing = String.raw`${space}*[\r\n]+|${space}+(?!\P{White_Space})|${space}+`

/** The pattern of cl100k, whose numbers have up to `digits` digits. */
const tiktoken = (digits: string): RegExp =>
  new RegExp(
    String.raw`${contractions}|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}${digits}| ?[^${space}\p{L}\p{N}]+[\r\n]*|${trailing}`,
    'gu',
  )

type IsCut = NamedSplit['isCut']

/** In all patterns that keep words whole, a piece ends after a letter or digit and before what is no part of a word. */
const atWordEnd: IsCut = (before, after) =>
  /[\p{L}\p{N}]/u.test(before) && /[^\p{L}\p{M}\p{N}\p{Cs}'’]/u.test(after)

const atDigitsEnd: IsCut = (before, after) => /\d/.test(before) && /[ -/:-~\s]/.test(after)

const atSpace: IsCut = (before, after) => before !== ' ' && after === ' '

function byPattern(pattern: RegExp, isCut: IsCut, drops = false): NamedSplit {
  return {
    *pieces(text) {
      for (const [piece] of text.matchAll(pattern)) yield piece
    },
    isCut,
    drops,
  }
}

const keeping = (pattern: RegExp, isCut = atWordEnd): NamedSplit => byPattern(pattern, isCut)

const atAsciiWordEnd: IsCut = (before, after) => /\w/.test(before) && after === ' '

const dropping = (pattern: RegExp): NamedSplit => byPattern(pattern, atAsciiWordEnd, true)

const punctuation = String.raw`\p{P}!-/:-@\[-\x60{-~`

/** Every split by its name. */
export const namedSplits = {
  /** Words with the space before them, numbers, runs of marks and of spaces: GPT-2 (Radford et al. 2019). */
  gpt2: keeping(
    new RegExp(
      String.raw`'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^${space}\p{L}\p{N}]+|${space}+(?!\P{White_Space})|${space}+`,
      'gu',
    ),
  ),
  /** As `gpt2`, but numbers in threes, and line ends apart: the encoding cl100k, and Llama 3. */
  cl100k: keeping(tiktoken('{1,3}')),
  /** As `cl100k`, but each digit alone: Qwen 2. */
  qwen2: keeping(tiktoken('')),
  /** As `cl100k`, but words end where a small letter is followed by a capital: the encoding o200k. */
  o200k: keeping(
    new RegExp(
      String.raw`[^\r\n\p{L}\p{N}]?${upper}*${lower}+${contractions}?|[^\r\n\p{L}\p{N}]?${upper}+${lower}*${contractions}?` +
        String.raw`|\p{N}{1,3}| ?[^${space}\p{L}\p{N}]+[\r\n/]*|${trailing}`,
      'gu',
    ),
  ),
  /** A new piece at every space (U+0020), which stays with what follows it: SentencePiece. */
  spaces: keeping(/ [^ ]*|[^ ]+/gu, atSpace),
  /** The whole text is one piece. */
  none: { pieces: (text) => (text === '' ? [] : [text]), isCut: () => false, drops: false },
  /** Each digit alone, and what is between digits. */
  digits: keeping(/\p{Nd}|\P{Nd}+/gu, atDigitsEnd),
  /** Runs of digits, and what is between them. */
  numbers: keeping(/\p{Nd}+|\P{Nd}+/gu, atDigitsEnd),
  /** Runs of word characters and runs of others; spaces are dropped. */
  whitespace: dropping(
    new RegExp(
      String.raw`[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]+|[^\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}${space}]+`,
      'gu',
    ),
  ),
  /** What stands between spaces; they are dropped. */
  'whitespace-only': dropping(new RegExp(`[^${space}]+`, 'gu')),
  /** As `whitespace-only`, with one space before each. */
  'spaced-words': {
    *pieces(text) {
      for (const [word] of text.matchAll(/\P{White_Space}+/gu)) yield ` ${word}`
    },
    isCut: atAsciiWordEnd,
    drops: true,
  },
  /** As `whitespace-only`, and each punctuation mark alone: BERT. */
  bert: dropping(new RegExp(`[${punctuation}]|[^${space}${punctuation}]+`, 'gu')),
} satisfies Readonly<Record<string, NamedSplit>>

/** The name of a split. */
export type SplitName = keyof typeof namedSplits

/** Several splits, each applied to the pieces of the one before. */
export function splitBy(names: readonly SplitName[]): NamedSplit {
  const [first, ...rest] = names.map((name): NamedSplit => namedSplits[name])
  if (first === undefined) return namedSplits.none
  return rest.reduce(
    (outer, inner): NamedSplit => ({
      *pieces(text) {
        for (const piece of outer.pieces(text)) yield* inner.pieces(piece)
      },
      isCut: outer.isCut,
      drops: outer.drops || inner.drops,
    }),
    first,
  )
}
