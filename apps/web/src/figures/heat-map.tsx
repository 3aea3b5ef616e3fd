'use client'

import { useEffect, useRef } from 'react'
import { onThemeChange, paletteAt } from '../design/palette.js'

/** Amounts from 0 to 1 as colours, a row of pixels for each row; drawn as large as its box. */
export function HeatMap({
  rows,
  height = rows.length,
  label,
  className,
}: {
  readonly rows: readonly (readonly number[])[]
  /** rows there will be at last; those to come stay empty */
  readonly height?: number
  /** what there is to see, for those who do not */
  readonly label: string
  readonly className?: string | undefined
}) {
  const ref = useRef<HTMLCanvasElement>(null)
  const width = rows[0]?.length ?? 1
  useEffect(() => {
    const draw = () => {
      const canvas = ref.current
      const context = canvas?.getContext('2d')
      if (!canvas || !context) return
      const { heat } = paletteAt(canvas)
      const image = context.createImageData(width, Math.max(height, 1))
      rows.forEach((row, y) =>
        row.forEach((amount, x) => image.data.set([...heat(amount), 255], 4 * (y * width + x))),
      )
      context.putImageData(image, 0, 0)
    }
    draw()
    return onThemeChange(draw)
  }, [rows, width, height])
  return (
    <canvas
      ref={ref}
      role="img"
      aria-label={label}
      className={className}
      width={width}
      height={Math.max(height, 1)}
      style={{ imageRendering: 'pixelated' }}
    />
  )
}
