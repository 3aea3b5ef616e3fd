'use client'

import { useEffect, useRef } from 'react'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { onThemeChange, paletteAt } from '../../design/palette.js'
import { dontPaint, paintSoon } from './paint-queue.js'
import { seriesIndexColor } from './series.js'

/** A curve: its values at the steps of the chart, null where there is none. */
export interface Curve {
  readonly label: string
  /** the place of its colour among those for categories */
  readonly color: number
  readonly dashed?: boolean
  /** drawn through steps that have no value */
  readonly isJoined?: boolean
  readonly values: readonly (number | null)[]
}

/** A level worth knowing. */
export interface Mark {
  readonly value: number
  readonly label: string
}

/** The space left of a plot, for its axis; pictures that share the steps leave as much. */
export const axisWidth = 52
/** The space right of a plot. */
export const rightSpace = 20

/** Curves over the steps of a training, with a line at one step. */
export function Curves({
  label,
  steps,
  end,
  curves,
  marks = [],
  at,
  isLog = false,
  height = 150,
  hasAxis = true,
  range,
}: {
  readonly label: string
  readonly steps: readonly number[]
  /** the last step there will be */
  readonly end: number
  readonly curves: readonly Curve[]
  readonly marks?: readonly Mark[]
  readonly at: number | null
  readonly isLog?: boolean
  readonly height?: number
  readonly hasAxis?: boolean
  /** the lowest and the highest value of the scale; what the values need unless said */
  readonly range?: readonly [low: number, high: number] | undefined
}) {
  const place = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot | null>(null)
  const shown = useRef({ at, marks })
  const data = [steps, ...curves.map(({ values }) => values)] as unknown as uPlot.AlignedData
  const latest = useRef(data)
  const kind = JSON.stringify([
    curves.map(({ label, color, dashed }) => [label, color, dashed]),
    isLog,
    range,
    end,
    height,
  ])

  // before the plot is made, which takes what it is to show from here
  useEffect(() => {
    shown.current = { at, marks }
    latest.current = data
    paintSoon(place.current!, () => plot.current?.setData(latest.current))
  })

  useEffect(() => {
    const element = place.current!
    const make = () => {
      plot.current?.destroy()
      const palette = paletteAt(element)
      const font = '500 12px "Instrument Sans Variable", system-ui, sans-serif'
      const axis = { font, stroke: palette.inkFaint, ticks: { show: false } }
      plot.current = new uPlot(
        {
          width: element.clientWidth,
          height,
          padding: [10, rightSpace, hasAxis ? 0 : 10, 0],
          legend: { show: false },
          cursor: { show: false },
          scales: {
            x: { time: false, range: [0, end] },
            y: {
              ...(isLog && { distr: 3 as const }),
              ...(range && { range: [...range] as [number, number] }),
            },
          },
          axes: [
            { ...axis, show: hasAxis, size: 28, grid: { show: false } },
            {
              ...axis,
              size: axisWidth,
              grid: { stroke: palette.line, width: 1, ...(isLog && { filter: powersOnly }) },
              values: (_plot, ticks) =>
                ticks.map((tick) => (tick === null ? '' : String(Number(tick.toPrecision(3))))),
              ...(isLog && { filter: powersOnly }),
            },
          ],
          series: [
            {},
            ...curves.map(({ label, color, dashed, isJoined = false }) => ({
              label,
              stroke: seriesIndexColor(palette, color),
              width: 2,
              spanGaps: isJoined,
              points: { show: false },
              ...(dashed && { dash: [5, 4] }),
            })),
          ],
          hooks: { draw: [(drawn) => annotate(drawn, palette, shown.current)] },
        },
        latest.current,
        element,
      )
    }
    make()
    const observer = new ResizeObserver(() => plot.current?.setSize({ width: element.clientWidth, height }))
    observer.observe(element)
    const forget = onThemeChange(make)
    return () => {
      observer.disconnect()
      forget()
      dontPaint(element)
      plot.current?.destroy()
      plot.current = null
    }
    // eslint-disable-next-line react-hooks/exhaustive-deps -- `kind` says all that a plot is made of
  }, [kind])

  return <div ref={place} role="img" aria-label={label} style={{ minHeight: height }} />
}

/** Of the ticks of a scale of powers of ten, those that are one. */
const powersOnly = (_plot: uPlot, ticks: readonly number[]) =>
  ticks.map((tick) => (Math.abs(Math.log10(tick) - Math.round(Math.log10(tick))) < 1e-9 ? tick : null))

function annotate(
  plot: uPlot,
  palette: ReturnType<typeof paletteAt>,
  { at, marks }: { readonly at: number | null; readonly marks: readonly Mark[] },
): void {
  const { ctx, bbox } = plot
  const ratio = uPlot.pxRatio
  ctx.save()
  ctx.beginPath()
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height)
  ctx.clip()
  ctx.font = `500 ${12 * ratio}px "Instrument Sans Variable", system-ui, sans-serif`
  ctx.textBaseline = 'alphabetic'
  ctx.fillStyle = palette.inkFaint
  ctx.strokeStyle = palette.inkFaint
  ctx.lineWidth = ratio
  for (const { value, label } of marks) {
    const y = plot.valToPos(value, 'y', true)
    ctx.setLineDash([2 * ratio, 4 * ratio])
    ctx.beginPath()
    ctx.moveTo(bbox.left, y)
    ctx.lineTo(bbox.left + bbox.width, y)
    ctx.stroke()
    ctx.textAlign = 'right'
    ctx.fillText(label, bbox.left + bbox.width - 4 * ratio, y - 6 * ratio)
  }
  if (at !== null) {
    const x = plot.valToPos(at, 'x', true)
    ctx.setLineDash([])
    ctx.strokeStyle = palette.ink
    ctx.beginPath()
    ctx.moveTo(x, bbox.top)
    ctx.lineTo(x, bbox.top + bbox.height)
    ctx.stroke()
  }
  ctx.restore()
}
