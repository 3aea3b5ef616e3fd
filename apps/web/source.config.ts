import { defineConfig } from 'fumadocs-mdx/config'
import rehypeKatex from 'rehype-katex'
import remarkMath from 'remark-math'
import { codeThemes } from './src/docs/code-themes.js'

/** How the documents of docs/ become pages: formulas by KaTeX, code by Shiki, both while the site is built. */
export default defineConfig({
  mdxOptions: {
    remarkPlugins: [remarkMath],
    rehypePlugins: (plugins) => [rehypeKatex, ...plugins],
    rehypeCodeOptions: { themes: codeThemes },
  },
})
