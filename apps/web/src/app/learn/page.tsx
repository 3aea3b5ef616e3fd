import type { Metadata } from 'next'

export const metadata: Metadata = { title: 'Learn' }

export default function Learn() {
  return (
    <main id="content">
      <h1>Learn</h1>
    </main>
  )
}
