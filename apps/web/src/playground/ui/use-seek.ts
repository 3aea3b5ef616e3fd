'use client'

import { useState } from 'react'

/** The step of a training that its pictures show. */
export interface Seek {
  /** null for the newest */
  readonly at: number | null
  /** null goes back to the newest */
  seek(step: number | null): void
}

/** Lets a visitor go back in a training that has come to a step. */
export function useSeek(done: number): Seek {
  const [chosen, seek] = useState<number | null>(null)
  return { at: chosen === null || chosen >= done ? null : chosen, seek }
}
