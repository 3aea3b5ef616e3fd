import { escaped } from './figure.js'

/** What a page shows. */
export interface Page {
  readonly title: string
  /** HTML, in which every text of others is escaped already */
  readonly sections: readonly string[]
}

/** A page of HTML that needs nothing from outside: no script, no font, no picture. */
export function htmlPage({ title, sections }: Page): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="color-scheme" content="light dark">
<title>${escaped(title)}</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem }
code { font-size: 0.9em }
figure { margin: 1.5rem 0 }
svg { width: 100%; height: auto }
table { border-collapse: collapse; font-variant-numeric: tabular-nums }
.text { white-space: pre-wrap; font-family: ui-monospace, monospace; font-size: 0.9rem; line-height: 1.7 }
th, td { padding: 0.25rem 0.75rem; text-align: left; border-bottom: 1px solid #8884 }
</style>
</head>
<body>
<h1>${escaped(title)}</h1>
${sections.join('\n')}
</body>
</html>
`
}
