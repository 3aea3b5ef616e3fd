/** What an error says to a visitor. */
export function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
