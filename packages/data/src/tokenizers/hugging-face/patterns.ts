import type { SplitName } from '../subwords/splits.js'

const contractions = "'s|'t|'re|'ve|'m|'ll|'d"
const end = String.raw`\s+(?!\S)|\s+`
const cl100k = (numbers: string): string =>
  `(?i:${contractions})|` +
  String.raw`[^\r\n\p{L}\p{N}]?\p{L}+|${numbers}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|${end}`
const upper = String.raw`[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]`
const lower = String.raw`[\p{Ll}\p{Lm}\p{Lo}\p{M}]`
const o200k = (letters: string): string => String.raw`[^\r\n\p{L}\p{N}]?${letters}(?i:${contractions})?`

/** Splits by the patterns that files write for them. */
export const patternOfSplit: Readonly<Partial<Record<SplitName, string>>> = {
  gpt2: String.raw`${contractions}| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|${end}`,
  cl100k: cl100k(String.raw`\p{N}{1,3}`),
  qwen2: cl100k(String.raw`\p{N}`),
  o200k:
    `${o200k(`${upper}*${lower}+`)}|${o200k(`${upper}+${lower}*`)}|` +
    String.raw`\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|${end}`,
}

/** The split of a pattern; undefined where it is not known. */
export function splitOfPattern(pattern: string): SplitName | undefined {
  return (Object.keys(patternOfSplit) as SplitName[]).find((name) => patternOfSplit[name] === pattern)
}
