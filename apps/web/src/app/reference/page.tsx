import type { Metadata } from 'next'

export const metadata: Metadata = { title: 'Reference' }

export default function Reference() {
  return (
    <main id="content">
      <h1>Reference</h1>
    </main>
  )
}
