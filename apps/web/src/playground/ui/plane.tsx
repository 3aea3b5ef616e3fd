'use client'

import { useCallback } from 'react'
import { Canvas, type Draw } from './canvas.js'
import { glyph } from './glyphs.js'
import styles from './page.module.css'
import { seriesIndexColor } from './series.js'

/** How a point is drawn: by a text, or by the shape of a category. */
export interface PointMark {
  /** the place of its colour among those for categories; null for none of them */
  readonly color: number | null
  /** a short text in place of a shape */
  readonly text?: string
  /** an outline only */
  readonly isHollow?: boolean
}

/** A way through the points: from one to before another, and how far it has come. */
export interface Way {
  readonly from: number
  readonly to: number
  readonly at: number
}

const margin = 26
/** A caption is so far above a point, in pixels. */
const captionRise = 14
const textFont = '600 12px "JetBrains Mono Variable", ui-monospace, monospace'
const captionFont = '700 14px "Instrument Sans Variable", system-ui, sans-serif'

/** Points on a plane, each marked, and the way that leads through some of them. */
export function Plane({
  points,
  marks,
  captions = [],
  way,
  label,
}: {
  /** x and y of each */
  readonly points: Float32Array
  readonly marks: readonly PointMark[]
  /** of points that share one: it is written where most of them are */
  readonly captions?: readonly (string | null)[]
  readonly way?: Way
  readonly label: string
}) {
  const draw: Draw = useCallback(
    (context, { width, height }, palette) => {
      const place = placer(points, width, height)
      const colorOf = (color: number | null) =>
        color === null ? palette.inkFaint : seriesIndexColor(palette, color)
      context.textAlign = 'center'
      context.textBaseline = 'middle'
      context.font = textFont
      context.lineWidth = 1.4
      context.globalAlpha = 0.65
      marks.forEach(({ color, text, isHollow }, i) => {
        const [x, y] = place(i)
        context.fillStyle = context.strokeStyle = colorOf(color)
        if (text !== undefined) return context.fillText(text, x, y)
        const shape = shapeAt(color ?? 0, color === null ? 2 : 4, x, y)
        if (isHollow) context.stroke(shape)
        else context.fill(shape)
      })
      context.globalAlpha = 1
      if (way) follow(context, palette.ink, palette.paper, way, place)
      context.font = captionFont
      for (const [text, x, y] of placed(captions, place)) {
        context.lineWidth = 4
        context.lineJoin = 'round'
        context.strokeStyle = palette.paper
        context.strokeText(text, x, y)
        context.fillStyle = palette.ink
        context.fillText(text, x, y)
      }
    },
    [points, marks, captions, way],
  )
  return <Canvas className={styles.space} draw={draw} role="img" aria-label={label} />
}

type Placer = (point: number) => readonly [x: number, y: number]

/** Where points lie on a canvas: as large as it allows, the same distance as long in both directions. */
function placer(points: Float32Array, width: number, height: number): Placer {
  const low = [Infinity, Infinity]
  const high = [-Infinity, -Infinity]
  points.forEach((value, i) => {
    low[i % 2] = Math.min(low[i % 2]!, value)
    high[i % 2] = Math.max(high[i % 2]!, value)
  })
  const scale = (value: number, axis: 0 | 1, size: number) => {
    const span = high[axis]! - low[axis]! || 1
    return margin + ((value - low[axis]!) / span) * (size - 2 * margin)
  }
  return (point) => [scale(points[2 * point]!, 0, width), height - scale(points[2 * point + 1]!, 1, height)]
}

function shapeAt(kind: number, radius: number, x: number, y: number): Path2D {
  const shape = new Path2D()
  shape.addPath(new Path2D(glyph(kind, radius)), new DOMMatrix([1, 0, 0, 1, x, y]))
  return shape
}

/** Draws a way: all of it faintly, what has been gone strongly, and a ring where it stands. */
function follow(
  context: CanvasRenderingContext2D,
  ink: string,
  paper: string,
  { from, to, at }: Way,
  place: Placer,
): void {
  const stroke = (until: number, color: string, width: number, alpha: number) => {
    context.beginPath()
    for (let point = from; point < until; point++) context.lineTo(...place(point))
    context.strokeStyle = color
    context.lineWidth = width
    context.globalAlpha = alpha
    context.lineJoin = 'round'
    context.stroke()
  }
  stroke(to, ink, 1, 0.25)
  stroke(at + 1, paper, 4.5, 0.8)
  stroke(at + 1, ink, 1.8, 1)
  context.beginPath()
  context.arc(...place(at), 9, 0, 2 * Math.PI)
  context.lineWidth = 2.5
  context.stroke()
}

/** Captions, each above that of its points which is nearest to their middle. */
function placed(
  captions: readonly (string | null)[],
  place: Placer,
): (readonly [text: string, x: number, y: number])[] {
  const groups = new Map<string, number[]>()
  captions.forEach((text, point) => {
    if (text !== null) groups.set(text, [...(groups.get(text) ?? []), point])
  })
  return [...groups].map(([text, members]) => {
    const places = members.map(place)
    const middle = [0, 1].map((axis) => places.reduce((sum, at) => sum + at[axis]!, 0) / places.length)
    const far = ([x, y]: readonly [number, number]) => Math.hypot(x - middle[0]!, y - middle[1]!)
    const [x, y] = places.reduce((best, at) => (far(at) < far(best) ? at : best))
    return [text, x, y - captionRise]
  })
}
