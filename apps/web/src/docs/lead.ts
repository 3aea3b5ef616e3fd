/** A lead of fewer characters says too little; the next sentence belongs to it. */
const enough = 60

/** What a document is about, in a line: the first sentences of its first paragraph, without the marks of Markdown. */
export function leadOf(paragraph: string): string {
  const text = paragraph
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replaceAll(/`|\*\*|\b_|_\b/g, '')
    .replaceAll(/\s+/g, ' ')
    .trim()
  const sentences = text.split(/(?<=[.?!]) (?=[^a-z])/)
  let lead = ''
  for (const sentence of sentences) {
    if (lead.length >= enough) break
    lead += lead === '' ? sentence : ` ${sentence}`
  }
  return lead.replace(/:$/, '.')
}
