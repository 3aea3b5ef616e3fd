import type { Metadata } from 'next'
import Link from 'next/link'

export const metadata: Metadata = { title: 'Not here', description: 'There is no page at this address.' }

export default function NotFound() {
  return (
    <main id="content" className="lost prose">
      <h1>This page was forgotten</h1>
      <p>
        There is nothing at this address: it may be misspelt, or the page has moved. The search (press{' '}
        <kbd>/</kbd>) knows every page, also without a network.
      </p>
      <ul className="parts">
        {ways.map(({ href, title, text }) => (
          <li key={href}>
            <Link href={href}>{title}</Link>
            <span>{text}</span>
          </li>
        ))}
      </ul>
    </main>
  )
}

const ways = [
  { href: '/', title: 'Home', text: 'Watch an RNN forget and an LSTM remember.' },
  { href: '/learn/', title: 'Learn', text: 'The story, from a loop to the LSTM and beyond.' },
  { href: '/guides/', title: 'Guides', text: 'How to do things.' },
  { href: '/playground/', title: 'Playground', text: 'Train in this tab.' },
  { href: '/reference/', title: 'Reference', text: 'Everything there is.' },
]
