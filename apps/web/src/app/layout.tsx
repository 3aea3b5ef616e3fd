import type { Metadata } from 'next'
import type { ReactNode } from 'react'
import '@fontsource-variable/instrument-sans/wght.css'
import '@fontsource-variable/jetbrains-mono/wght.css'
import '@fontsource-variable/newsreader/opsz.css'
import '@fontsource-variable/newsreader/opsz-italic.css'
import 'katex/dist/katex.css'
import '../design/tokens.css'
import '../design/base.css'
import '../design/prose.css'
import { ContentPolicy } from '../site/content-policy.js'
import { themeScript } from '../site/theme.js'
import { TopBar } from '../site/top-bar.js'

export const metadata: Metadata = {
  title: { default: 'Tapeloop', template: '%s · Tapeloop' },
  description:
    'Recurrent networks you can watch: write a cell in ten lines of TypeScript, train it in a browser tab, see its gradient vanish or last.',
}

export default function RootLayout({ children }: { children: ReactNode }) {
  return (
    // the script sets the theme before the first paint, which React must not undo
    <html lang="en" suppressHydrationWarning>
      <head>
        <ContentPolicy />
        <script dangerouslySetInnerHTML={{ __html: themeScript }} />
      </head>
      <body>
        <a className="skip-link" href="#content">
          Skip to the content
        </a>
        <TopBar />
        {children}
      </body>
    </html>
  )
}
