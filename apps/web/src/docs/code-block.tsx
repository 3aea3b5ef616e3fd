'use client'

import { useRef, useState, type ComponentProps } from 'react'

/** Code with its colours, and a button that copies it. */
export function CodeBlock({ title, className, children }: ComponentProps<'pre'>) {
  const ref = useRef<HTMLPreElement>(null)
  const [isCopied, setCopied] = useState(false)
  const copy = async () => {
    await navigator.clipboard.writeText(ref.current?.textContent ?? '')
    setCopied(true)
    setTimeout(() => setCopied(false), 1500)
  }
  return (
    <div className="code">
      {title && <p className="code-title">{title}</p>}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls, and so it must by keys */}
      <pre ref={ref} tabIndex={0} className={className}>
        {children}
      </pre>
      <button type="button" onClick={() => void copy()}>
        {isCopied ? 'Copied' : 'Copy'}
      </button>
    </div>
  )
}
