import katex from 'katex'

/** TeX, typeset. */
export const Formula = ({ tex, isInline = false }: { readonly tex: string; readonly isInline?: boolean }) => {
  const html = katex.renderToString(tex.trim(), { displayMode: !isInline, throwOnError: true })
  return isInline ? (
    <span dangerouslySetInnerHTML={{ __html: html }} />
  ) : (
    <div
      className="formula"
      tabIndex={0}
      role="group"
      aria-label="Formula"
      dangerouslySetInnerHTML={{ __html: html }}
    />
  )
}
