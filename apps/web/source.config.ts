import { defineConfig } from 'fumadocs-mdx/config'
import rehypeKatex from 'rehype-katex'
import remarkMath from 'remark-math'
import { codeThemes } from './src/docs/code-themes.js'

/** The part of an element of a document that matters here. */
interface Element {
  readonly properties?: { className?: unknown; tabIndex?: number; role?: string; ariaLabel?: string }
  readonly children?: readonly Element[]
}

/** A formula wider than the screen scrolls, and so it must by keys. */
const focusableFormulas = () => (tree: Element) => {
  const visit = ({ properties, children = [] }: Element) => {
    const isDisplay = Array.isArray(properties?.className) && properties.className.includes('katex-display')
    if (isDisplay) Object.assign(properties!, { tabIndex: 0, role: 'group', ariaLabel: 'Formula' })
    else children.forEach(visit)
  }
  visit(tree)
}

/** How the documents of docs/ become pages: formulas by KaTeX, code by Shiki, both while the site is built. */
export default defineConfig({
  mdxOptions: {
    remarkPlugins: [remarkMath],
    rehypePlugins: (plugins) => [rehypeKatex, focusableFormulas, ...plugins],
    rehypeCodeOptions: { themes: codeThemes },
  },
})
