'use client'

import { useEffect, useRef, type CanvasHTMLAttributes } from 'react'
import { onThemeChange, paletteAt, type Palette } from '../../design/palette.js'
import { dontPaint, paintSoon } from './paint-queue.js'

/** Draws in CSS pixels, with the colours of the moment. */
export type Draw = (
  context: CanvasRenderingContext2D,
  size: { readonly width: number; readonly height: number },
  palette: Palette,
) => void

/** A canvas as sharp as the screen, drawn anew when its size, the theme, or `draw` itself changes. */
export function Canvas({
  draw,
  ...props
}: { readonly draw: Draw } & CanvasHTMLAttributes<HTMLCanvasElement>) {
  const ref = useRef<HTMLCanvasElement>(null)
  const latest = useRef(draw)
  const paint = useRef(() => {})

  useEffect(() => {
    const canvas = ref.current!
    paint.current = () => {
      const { clientWidth: width, clientHeight: height } = canvas
      const ratio = window.devicePixelRatio || 1
      const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)]
      if (canvas.width !== w || canvas.height !== h) Object.assign(canvas, { width: w, height: h })
      const context = canvas.getContext('2d')
      if (context === null || w === 0 || h === 0) return
      context.setTransform(ratio, 0, 0, ratio, 0, 0)
      context.clearRect(0, 0, width, height)
      latest.current(context, { width, height }, paletteAt(canvas))
    }
    const repaint = () => paintSoon(canvas, paint.current)
    const observer = new ResizeObserver(repaint)
    observer.observe(canvas)
    const forget = onThemeChange(repaint)
    return () => {
      observer.disconnect()
      forget()
      dontPaint(canvas)
    }
  }, [])

  useEffect(() => {
    latest.current = draw
    paintSoon(ref.current!, paint.current)
  }, [draw])

  return <canvas ref={ref} {...props} />
}
