import type { Metadata } from 'next'
import type { ReactNode } from 'react'
import { CrossOriginIsolation } from '../../site/cross-origin-isolation.js'
import { ThreadsSwitch } from '../../site/threads-switch.js'

export const metadata: Metadata = { title: { default: 'Playground', template: '%s · Playground · Tapeloop' } }

export default function PlaygroundLayout({ children }: { children: ReactNode }) {
  return (
    <>
      <CrossOriginIsolation />
      {children}
      <ThreadsSwitch />
    </>
  )
}
