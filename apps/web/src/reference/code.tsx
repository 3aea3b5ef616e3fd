import { highlight } from 'fumadocs-core/highlight'
import { CodeBlock } from '../docs/code-block.js'
import { codeThemes } from '../docs/code-themes.js'

/** Code with the colours of its language. */
export const Code = ({ code, lang = 'ts' }: { readonly code: string; readonly lang?: string }) =>
  highlight(code, {
    lang,
    themes: codeThemes,
    defaultColor: false,
    components: { pre: (props) => <CodeBlock {...props} /> },
  })
