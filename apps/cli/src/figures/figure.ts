import { scaleLinear, scaleLog, scalePoint } from 'd3-scale'
import { line } from 'd3-shape'

/** A value along an axis: a number, or the name of a category. */
type Place = number | string

/** One axis of a figure. */
interface Axis {
  readonly label: string
  /** `log` needs values above 0; `category` has its names in the order of their first appearance */
  readonly scale?: 'linear' | 'log' | 'category'
}

/** What belongs together in a figure, in one colour. */
interface Series {
  readonly name: string
  readonly points: readonly (readonly [x: Place, y: number])[]
  /** the points, or a line through them: a line unless said */
  readonly mark?: 'line' | 'dots'
}

/** Lines and dots over two axes. */
export interface Figure {
  readonly title: string
  readonly x: Axis
  readonly y: Axis
  readonly series: readonly Series[]
}

/** The colours of Okabe and Ito (2008), which most kinds of colour blindness tell apart; yellow, too pale, left out. */
const colours = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#56b4e9', '#e69f00', '#5b5b5b']
const dashes = ['', '6 3', '2 3']

const width = 680
const height = 380
const margin = { top: 62, right: 18, bottom: 48, left: 64 }
const ticks = { x: 7, y: 6 }

/** A figure as SVG, which stands alone, and follows the reader's choice of light or dark. Points that are not finite are left out. */
export function svgFigure({ title, x, y, series }: Figure): string {
  const shown = series.map(({ points, ...rest }) => ({
    ...rest,
    points: points.filter(([px, py]) => isShown(x, px) && isShown(y, py)),
  }))
  const points = shown.flatMap((one) => one.points)
  const across = axisScale(
    x,
    points.map(([px]) => px),
    [margin.left, width - margin.right],
    ticks.x,
  )
  const up = axisScale(
    y,
    points.map(([, py]) => py),
    [height - margin.bottom, margin.top],
    ticks.y,
  )
  const marks = shown.map((one, i) => {
    const colour = colours[i % colours.length]!
    const placed = one.points.map(([px, py]) => [across.place(px), up.place(py)] as [number, number])
    if (one.mark === 'dots') {
      const dots = placed.map(([cx, cy], k) => {
        const [px, py] = one.points[k]!
        return `<circle cx="${rounded(cx)}" cy="${rounded(cy)}" r="4"><title>${escaped(`${one.name}: ${px}, ${py}`)}</title></circle>`
      })
      return `<g fill="${colour}" fill-opacity="0.75">${dots.join('')}</g>`
    }
    const dash = dashes[Math.floor(i / colours.length) % dashes.length]!
    return `<path d="${line().digits(1)(placed) ?? ''}" fill="none" stroke="${colour}" stroke-width="1.8" stroke-dasharray="${dash}"><title>${escaped(one.name)}</title></path>`
  })
  const bottom = height - margin.bottom
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(title)}" font-family="system-ui, sans-serif" font-size="12">`,
    `<style>.ink{fill:#222}.soft{fill:#666}.rule{stroke:#ddd}@media (prefers-color-scheme: dark){.ink{fill:#eee}.soft{fill:#aaa}.rule{stroke:#444}}</style>`,
    `<text class="ink" x="${margin.left}" y="20" font-size="15" font-weight="600">${escaped(title)}</text>`,
    ...(series.length > 1 ? [legend(series)] : []),
    ...up.ticks.map(
      ({ at, text }) =>
        `<line class="rule" x1="${margin.left}" x2="${width - margin.right}" y1="${at}" y2="${at}"/>` +
        `<text class="soft" x="${margin.left - 8}" y="${at + 4}" text-anchor="end">${escaped(text)}</text>`,
    ),
    ...across.ticks.map(
      ({ at, text }) =>
        `<text class="soft" x="${at}" y="${bottom + 18}" text-anchor="middle">${escaped(text)}</text>`,
    ),
    `<text class="soft" x="${(margin.left + width - margin.right) / 2}" y="${height - 10}" text-anchor="middle">${escaped(x.label)}</text>`,
    `<text class="soft" transform="translate(14 ${(margin.top + bottom) / 2}) rotate(-90)" text-anchor="middle">${escaped(y.label)}</text>`,
    ...marks,
    '</svg>',
  ].join('\n')
}

function isShown(axis: Axis, value: Place): boolean {
  if (axis.scale === 'category') return true
  return Number.isFinite(value) && (axis.scale !== 'log' || Number(value) > 0)
}

/** Where values are placed along an axis, and what is written there. */
interface Scale {
  place(value: Place): number
  readonly ticks: readonly { readonly at: number; readonly text: string }[]
}

function axisScale(
  { scale }: Axis,
  values: readonly Place[],
  range: [number, number],
  wanted: number,
): Scale {
  if (scale === 'category') {
    const names = [...new Set(values.map(String))]
    const points = scalePoint(names, range).padding(0.5)
    const place = (value: Place) => points(String(value)) ?? range[0]
    return { place, ticks: names.map((name) => ({ at: rounded(place(name)), text: name })) }
  }
  const numbers = values.map(Number)
  const extent = numbers.length === 0 ? [1, 2] : [Math.min(...numbers), Math.max(...numbers)]
  const make = scale === 'log' ? scaleLog : scaleLinear
  const continuous = make().domain(widened(extent, scale)).nice().range(range)
  const text = continuous.tickFormat(wanted, scale === 'log' ? '~g' : undefined)
  return {
    place: (value) => continuous(Number(value)),
    ticks: continuous
      .ticks(wanted)
      .map((tick) => ({ at: rounded(continuous(tick)), text: text(tick) }))
      .filter((tick) => tick.text !== ''),
  }
}

/** A single value has room on both sides. */
function widened([low, high]: readonly number[], scale: Axis['scale']): [number, number] {
  if (low !== high) return [low!, high!]
  return scale === 'log' ? [low! / 2, low! * 2] : [low! - 0.5, low! + 0.5]
}

/** The names of the series with their colours, in a row. */
function legend(series: readonly Series[]): string {
  let at = margin.left
  return series
    .map(({ name }, i) => {
      const colour = colours[i % colours.length]!
      const entry = `<rect x="${at}" y="36" width="12" height="4" fill="${colour}"/><text class="ink" x="${at + 17}" y="42">${escaped(name)}</text>`
      at += 17 + 7.2 * name.length + 16
      return entry
    })
    .join('')
}

function rounded(value: number): number {
  return Math.round(value * 10) / 10
}

/** A text inside SVG or HTML. */
export function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
