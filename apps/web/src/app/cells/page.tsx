import type { Metadata } from 'next'

export const metadata: Metadata = { title: 'Cells' }

export default function Cells() {
  return (
    <main id="content">
      <h1>Cells</h1>
    </main>
  )
}
