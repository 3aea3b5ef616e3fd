import type { Metadata } from 'next'

export const metadata: Metadata = { title: 'Guides' }

export default function Guides() {
  return (
    <main id="content">
      <h1>Guides</h1>
    </main>
  )
}
