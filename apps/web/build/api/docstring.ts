import MarkdownIt from 'markdown-it'
import type { Comment, CommentDisplayPart } from 'typedoc'

const markdown = new MarkdownIt()

const sourceOf = (parts: readonly CommentDisplayPart[]) =>
  // a link names a symbol, and every name of a symbol in code is made a link where it is shown
  parts.map(({ kind, text }) => (kind === 'inline-tag' ? `\`${text}\`` : text)).join('')

/** Paragraphs of a docstring. */
export const block = (parts: readonly CommentDisplayPart[] = []) => markdown.render(sourceOf(parts)).trim()

/** A docstring that stands in a line. */
export const inline = (parts: readonly CommentDisplayPart[] = []) =>
  markdown.renderInline(sourceOf(parts).trim())

/** What stands behind a tag, as `@throws`, each time it is there. */
export const tagged = (comment: Comment | undefined, tag: `@${string}`): readonly string[] =>
  (comment?.blockTags ?? []).filter((block) => block.tag === tag).map(({ content }) => inline(content))

/** The code of the examples. */
export const examplesOf = (comment: Comment | undefined): readonly string[] =>
  (comment?.blockTags ?? []).filter(({ tag }) => tag === '@example').map(({ content }) => block(content))

/** The first sentence, without marks. */
export function firstSentence(parts: readonly CommentDisplayPart[] = []): string {
  const text = sourceOf(parts)
    .replaceAll(/[`*_]{1,2}(?=\S)|(?<=\S)[`*]{1,2}/g, '')
    .replaceAll(/\s+/g, ' ')
    .trim()
  return /^.*?\.(?= [A-Z]|$)/.exec(text)?.[0] ?? text
}
