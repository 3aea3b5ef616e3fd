'use client'

import { useCallback, useMemo } from 'react'
import { seriesColor } from '../../design/palette.js'
import type { Observation, Trace } from '../engine/lab/observe.js'
import { Canvas, type Draw } from '../ui/canvas.js'
import { Plane, type PointMark } from '../ui/plane.js'
import { seriesIndexColor } from '../ui/series.js'
import { decades, reachOf } from './observed.js'
import styles from '../ui/page.module.css'

/** What one network looks like at the chosen step. */
export interface Seen {
  readonly id: string
  readonly color: number
  readonly observation: Observation
}

const font = '500 12px "Instrument Sans Variable", system-ui, sans-serif'

const box = { width: 320, height: 200, left: 44, right: 10, top: 10, bottom: 26 }
const inner = { width: box.width - box.left - box.right, height: box.height - box.top - box.bottom }

/** How much of the gradient is left at each time step, for every network. */
export function Reach({ seen, entry }: { readonly seen: readonly Seen[]; readonly entry: string }) {
  const y = (exponent: number) => box.top + (Math.min(-exponent, decades) / decades) * inner.height
  return (
    <svg
      viewBox={`0 0 ${box.width} ${box.height}`}
      role="img"
      aria-label="Gradient left at each time step, from the first to the last, on a scale of powers of ten"
    >
      {[0, 2, 4, 6, 8].map((power) => (
        <g key={power}>
          <line
            className={styles.grid}
            x1={box.left}
            x2={box.width - box.right}
            y1={y(-power)}
            y2={y(-power)}
          />
          <text className={styles.tick} x={box.left - 6} y={y(-power) + 4} textAnchor="end">
            {power === 0 ? '1' : `10⁻${'⁰¹²³⁴⁵⁶⁷⁸'[power]}`}
          </text>
        </g>
      ))}
      <text className={styles.tick} x={box.left} y={box.height - 6}>
        first step
      </text>
      <text className={styles.tick} x={box.width - box.right} y={box.height - 6} textAnchor="end">
        last step
      </text>
      {seen.map(({ id, color, observation }) => {
        const reach = reachOf(observation.flow[entry] ?? Object.values(observation.flow)[0]!)
        const points = Array.from(reach, (exponent, t) => {
          const x = box.left + (t / Math.max(1, reach.length - 1)) * inner.width
          return `${x.toFixed(1)},${y(Number.isFinite(exponent) ? exponent : -decades).toFixed(1)}`
        })
        return (
          <polyline key={id} className={styles.curve} stroke={seriesColor(color)} points={points.join(' ')} />
        )
      })}
    </svg>
  )
}

/** The eigenvalues of one step in the complex plane: inside the circle what they carry dies out. */
export function Eigenvalues({ seen }: { readonly seen: readonly Seen[] }) {
  const spectra = seen.flatMap(({ id, color, observation: { spectrum } }) =>
    spectrum === null ? [] : [{ id, color, spectrum }],
  )
  const draw: Draw = (context, { width, height }, palette) => {
    const reach = Math.max(1.25, ...spectra.map(({ spectrum }) => 1.1 * Math.min(spectrum.radius, 4)))
    const [x, y] = [width / 2, height / 2]
    const scale = Math.min(x, y) / reach
    line(context, palette.line, [0, y], [width, y])
    line(context, palette.line, [x, 0], [x, height])
    context.strokeStyle = palette.inkFaint
    context.beginPath()
    context.arc(x, y, scale, 0, 2 * Math.PI)
    context.stroke()
    context.globalAlpha = 0.75
    for (const { color, spectrum } of spectra) {
      context.fillStyle = seriesIndexColor(palette, color)
      spectrum.real.forEach((real, i) => dot(context, x + scale * real, y - scale * spectrum.imaginary[i]!))
    }
    context.globalAlpha = 1
  }
  return (
    <Canvas
      draw={draw}
      className={styles.plane}
      role="img"
      aria-label={`Eigenvalues in the complex plane. ${spectra
        .map(({ id, spectrum }) => `Spectral radius of ${id}: ${spectrum.radius.toFixed(2)}.`)
        .join(' ')}`}
    />
  )
}

type Point = readonly [x: number, y: number]

function line(context: CanvasRenderingContext2D, color: string, from: Point, to: Point): void {
  context.strokeStyle = color
  context.beginPath()
  context.moveTo(...from)
  context.lineTo(...to)
  context.stroke()
}

function dot(context: CanvasRenderingContext2D, x: number, y: number): void {
  context.beginPath()
  context.arc(x, y, 2.8, 0, 2 * Math.PI)
  context.fill()
}

/** A point for each unit of each gate: how often it is nearly closed (up) and nearly open (right). */
export function Triangle({ observation }: { readonly observation: Observation }) {
  const gates = Object.entries(observation.saturation)
  const draw: Draw = (context, { width, height }, palette) => {
    const size = Math.min(width - 24, height - 34)
    const [left, bottom] = [(width - size) / 2, height - 22]
    const at = (open: number, closed: number): Point => [left + open * size, bottom - closed * size]
    line(context, palette.inkFaint, at(0, 0), at(1, 0))
    line(context, palette.inkFaint, at(1, 0), at(0, 1))
    line(context, palette.inkFaint, at(0, 1), at(0, 0))
    context.font = font
    context.fillStyle = palette.inkFaint
    context.textAlign = 'right'
    context.fillText('always open', left + size, height - 6)
    context.textAlign = 'left'
    context.fillText('always closed', left + 12, bottom - size + 8)
    context.globalAlpha = 0.7
    gates.forEach(([, { open, closed }], gate) => {
      context.fillStyle = seriesIndexColor(palette, gate + 1)
      open.forEach((value, unit) => dot(context, ...at(value, closed[unit]!)))
    })
    context.globalAlpha = 1
  }
  const share = (values: Float32Array) =>
    `${Math.round((100 * values.reduce((sum, value) => sum + value, 0)) / values.length)} %`
  return (
    <>
      <Canvas
        draw={draw}
        className={styles.plane}
        role="img"
        aria-label={gates
          .map(
            ([name, { open, closed }]) =>
              `Gate ${name}: open ${share(open)} of the time, closed ${share(closed)}.`,
          )
          .join(' ')}
      />
      <p className={styles.key}>
        {gates.map(([name], gate) => (
          <span key={name}>
            <i style={{ background: seriesColor(gate + 1) }} aria-hidden />
            {name}
          </span>
        ))}
      </p>
    </>
  )
}

/** The states of many sequences on a plane, each marked by the symbol that was read last. */
export function Space({
  points,
  inputs,
  names,
  label,
}: {
  /** x and y of each */
  readonly points: Float32Array
  /** which input was read before each state */
  readonly inputs: Uint8Array
  /** of the inputs: one letter is shown as it is, more as a shape */
  readonly names: readonly string[]
  readonly label: string
}) {
  const marks = useMemo(
    () =>
      Array.from(inputs, (input): PointMark => {
        const name = names[input]!
        return { color: input, ...(name.length === 1 && { text: name }) }
      }),
    [inputs, names],
  )
  return <Plane {...{ points, marks, label }} />
}

/** Every unit of a state or a gate over the time steps of one sequence. */
export function Traces({
  trace,
  label,
  color,
}: {
  readonly trace: Trace
  readonly label: string
  readonly color: number
}) {
  const draw: Draw = useCallback(
    (context, { width, height }, palette) => {
      const { time, units, values } = trace
      const [low, high] = boundsOf(values)
      const y = (value: number) => 6 + ((high - value) / (high - low)) * (height - 22)
      const x = (t: number) => 34 + (t / Math.max(1, time - 1)) * (width - 40)
      context.font = font
      context.fillStyle = palette.inkFaint
      context.strokeStyle = palette.line
      context.textAlign = 'right'
      for (const value of [low, 0, high].filter((value, i, all) => all.indexOf(value) === i)) {
        if (value < low || value > high) continue
        context.fillText(String(Number(value.toPrecision(2))), 30, y(value) + 4)
        context.beginPath()
        context.moveTo(34, y(value))
        context.lineTo(width - 6, y(value))
        context.stroke()
      }
      context.strokeStyle = seriesIndexColor(palette, color)
      context.globalAlpha = 0.55
      context.lineWidth = 1.2
      for (let unit = 0; unit < units; unit++) {
        context.beginPath()
        for (let t = 0; t < time; t++) context.lineTo(x(t), y(values[t * units + unit]!))
        context.stroke()
      }
      context.globalAlpha = 1
      context.textAlign = 'left'
      context.fillText('first step', 34, height - 2)
      context.textAlign = 'right'
      context.fillText('last step', width - 6, height - 2)
    },
    [trace, color],
  )
  return <Canvas className={styles.traces} draw={draw} role="img" aria-label={label} />
}

function boundsOf(values: Float32Array): [low: number, high: number] {
  let [low, high] = [0, 0]
  for (const value of values) {
    if (value < low) low = value
    if (value > high) high = value
  }
  return low === high ? [low - 1, high + 1] : [low, high]
}
