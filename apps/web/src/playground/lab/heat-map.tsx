'use client'

import { useCallback, useMemo, type PointerEvent } from 'react'
import type { LabLane } from './observed.js'
import { Canvas, type Draw } from '../ui/canvas.js'
import { axisWidth, rightSpace } from '../ui/curves.js'
import { decades, reachOf } from './observed.js'
import styles from '../ui/page.module.css'

/** The gradient over the steps of a training (across) and the time steps of a sequence (down, the first on top). */
export function HeatMap({
  lane,
  version,
  entry,
  every,
  end,
  at,
  onSeek,
}: {
  readonly lane: LabLane
  /** changes when the lane has */
  readonly version: number
  /** of the state, or all of it */
  readonly entry: string
  /** steps between observations, and the last step there will be */
  readonly every: number
  readonly end: number
  readonly at: number | null
  readonly onSeek: (step: number) => void
}) {
  const picture = useMemo(
    () => createPicture(lane.facts.time, Math.floor(end / every) + 1),
    [lane, every, end],
  )
  const draw: Draw = useCallback(
    (context, { width, height }, palette) => {
      const image = picture.paint(lane, entry, every, palette.heat)
      context.imageSmoothingEnabled = false
      // a column begins at its step, and is as wide as the steps to the next
      const column = (every / end) * width
      context.drawImage(image, 0, 0, picture.columns * column, height)
      if (at === null) return
      const x = (at / end) * width
      context.strokeStyle = palette.ink
      context.lineWidth = 1.5
      context.beginPath()
      context.moveTo(x, 0)
      context.lineTo(x, height)
      context.stroke()
    },
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- a lane changes in place; its version says when
    [picture, lane, version, entry, every, end, at],
  )
  const seek = ({ currentTarget, clientX, buttons, type }: PointerEvent<HTMLCanvasElement>) => {
    if (type === 'pointermove' && buttons === 0) return
    const { left, width } = currentTarget.getBoundingClientRect()
    onSeek(Math.round(Math.min(Math.max((clientX - left) / width, 0), 1) * end))
  }
  return (
    <div className={styles.map} style={{ paddingLeft: axisWidth, paddingRight: rightSpace }}>
      <span className={styles.mapTop} aria-hidden>
        first
      </span>
      <span className={styles.mapBottom} aria-hidden>
        last
      </span>
      <Canvas
        className={styles.mapCanvas}
        draw={draw}
        role="img"
        aria-label={`Gradient of the loss at each time step of the sequence, over the training of ${lane.lane.id}`}
        onPointerDown={seek}
        onPointerMove={seek}
      />
    </div>
  )
}

type Heat = (amount: number) => readonly [number, number, number]

/** An image with a pixel for each observation and time step; columns are painted once. */
function createPicture(time: number, columns: number) {
  const canvas = document.createElement('canvas')
  Object.assign(canvas, { width: columns, height: time })
  const context = canvas.getContext('2d')!
  let painted = 0
  let key = ''
  return {
    columns,
    paint({ observations }: LabLane, entry: string, every: number, heat: Heat): HTMLCanvasElement {
      const now = [entry, ...heat(0), ...heat(1)].join()
      if (now !== key) {
        context.clearRect(0, 0, columns, time)
        painted = 0
        key = now
      }
      for (; painted < observations.length; painted++) {
        const { step, flow } = observations[painted]!
        const reach = reachOf(flow[entry] ?? Object.values(flow)[0]!)
        const image = context.createImageData(1, time)
        reach.forEach((exponent, t) => {
          const [red, green, blue] = heat(1 + exponent / decades)
          image.data.set([red, green, blue, 255], 4 * t)
        })
        context.putImageData(image, Math.round(step / every), 0)
      }
      return canvas
    },
  }
}

/** What the colours mean. */
export function HeatLegend() {
  const draw: Draw = useCallback((context, { width, height }, palette) => {
    for (let x = 0; x < width; x++) {
      context.fillStyle = `rgb(${palette.heat(x / width).join()})`
      context.fillRect(x, 0, 1, height)
    }
  }, [])
  return (
    <div className={styles.legend}>
      <span>nothing arrives</span>
      <Canvas className={styles.legendBar} draw={draw} aria-hidden />
      <span>all arrives</span>
      <span className={styles.legendTicks} aria-hidden>
        <span>10⁻⁸</span>
        <span>10⁻⁶</span>
        <span>10⁻⁴</span>
        <span>10⁻²</span>
        <span>1</span>
      </span>
    </div>
  )
}
