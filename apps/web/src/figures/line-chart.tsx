'use client'

import { useEffect, useRef } from 'react'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { onThemeChange, paletteAt } from '../design/palette.js'

/** One line: its name and its values, one for each place on the x axis so far. */
export interface Line {
  readonly label: string
  readonly values: readonly (number | null)[]
  /** the index of its colour; its place unless said */
  readonly color?: number
}

/** What the chart shows. */
export interface LineChartProps {
  readonly x: readonly number[]
  readonly lines: readonly Line[]
  readonly xLabel: string
  readonly yLabel: string
  /** the range of the y axis; what the values need unless said */
  readonly yRange?: readonly [number, number]
  readonly isLogarithmic?: boolean
  readonly height?: number
  /** what there is to see, for those who do not */
  readonly label: string
}

/** Lines over a common axis, by uPlot, in the colours of the site. */
export function LineChart(props: LineChartProps) {
  const { x, lines, label, height = 260 } = props
  const ref = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot>(null)
  const kind = JSON.stringify({ ...props, x: [], lines: lines.map(({ label, color }) => [label, color]) })
  const data = [x as number[], ...lines.map(({ values }) => [...values])] as uPlot.AlignedData
  const latest = useRef(data)
  latest.current = data

  useEffect(() => {
    const box = ref.current!
    const build = () => {
      plot.current?.destroy()
      plot.current = new uPlot(optionsOf(props, box), latest.current, box)
    }
    build()
    const resize = new ResizeObserver(() => plot.current?.setSize({ width: box.clientWidth, height }))
    resize.observe(box)
    const stop = onThemeChange(build)
    return () => {
      stop()
      resize.disconnect()
      plot.current?.destroy()
      plot.current = null
    }
    // oxlint-disable-next-line react/exhaustive-deps -- `kind` says when the chart, not its data, is another
  }, [kind])
  useEffect(() => plot.current?.setData(latest.current))
  return <div ref={ref} role="img" aria-label={label} style={{ minHeight: height }} />
}

function optionsOf(props: LineChartProps, box: HTMLElement): uPlot.Options {
  const { lines, xLabel, yLabel, yRange, isLogarithmic = false, height = 260 } = props
  const colors = paletteAt(box)
  const font = `12px ${getComputedStyle(box).getPropertyValue('--sans')}`
  const axis = (label: string): uPlot.Axis => ({
    label,
    labelFont: font,
    font,
    labelSize: 22,
    stroke: colors.inkFaint,
    grid: { stroke: colors.line, width: 1 },
    ticks: { stroke: colors.line, width: 1 },
  })
  return {
    width: box.clientWidth,
    height,
    scales: {
      x: { time: false },
      y: {
        distr: isLogarithmic ? 3 : 1,
        ...(yRange && { range: [...yRange] as [number, number] }),
      },
    },
    axes: [
      axis(xLabel),
      {
        ...axis(yLabel),
        size: 54,
        ...(isLogarithmic && {
          splits: (_plot, _axis, low, high) => powersOfTen(low, high),
          values: (_, ticks) => ticks.map(power),
        }),
      },
    ],
    legend: { live: false },
    cursor: { drag: { x: false, y: false } },
    series: [
      {},
      ...lines.map(({ label, color }, index) => ({
        label,
        stroke: colors.series[(color ?? index) % colors.series.length]!,
        width: 2,
        points: { show: false },
      })),
    ],
  }
}

/** Powers of ten from `low` to `high`, at most seven of them. */
function powersOfTen(low: number, high: number): number[] {
  const [first, last] = [Math.ceil(Math.log10(low) - 1e-9), Math.floor(Math.log10(high) + 1e-9)]
  const step = Math.max(1, Math.ceil((last - first) / 6))
  return Array.from({ length: Math.floor((last - first) / step) + 1 }, (_, i) => 10 ** (first + i * step))
}

/** 10⁻³ for 0.001. */
const power = (value: number) => {
  const digits = [...String(Math.round(Math.log10(value)))].map((digit) => '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(digit)] ?? '⁻')
  return `10${digits.join('')}`
}
