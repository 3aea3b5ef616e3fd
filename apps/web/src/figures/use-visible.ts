'use client'

import { useEffect, useRef, useState, type RefObject } from 'react'

/** Whether an element was ever on the screen: before, nothing needs to be computed for it. */
export function useVisible<T extends Element>(): readonly [RefObject<T | null>, boolean] {
  const ref = useRef<T>(null)
  const [isVisible, setVisible] = useState(false)
  useEffect(() => {
    const element = ref.current
    if (!element || isVisible) return
    const observer = new IntersectionObserver(
      (entries) => entries.some(({ isIntersecting }) => isIntersecting) && setVisible(true),
      { rootMargin: '100px' },
    )
    observer.observe(element)
    return () => observer.disconnect()
  }, [isVisible])
  return [ref, isVisible]
}
