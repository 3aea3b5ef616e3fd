import { seriesColor } from '../../design/palette.js'
import type { Automaton, Edge, Node } from '../engine/sequence-tasks/automaton.js'
import { glyph } from '../ui/glyphs.js'
import styles from './sequence.module.css'

/** Half the width of a state. */
const radius = 0.42
/** The space around the picture, and more of it where edges leave it. */
const [space, outside] = [0.75, 0.75]

/** An automaton, its states in the colours and shapes of the states of networks, and where a string has brought it. */
export function Machine({
  automaton: { nodes, edges },
  from,
  at,
  label,
}: {
  readonly automaton: Automaton
  /** the state before the last symbol, where one has been read, and that after it */
  readonly from: number | null
  readonly at: number
  readonly label: string
}) {
  const above = edges.some(({ from, to }) => from === to) ? outside : 0
  const below = edges.some((edge) => hasReverse(edges, edge)) ? outside : 0
  const [width, height] = [
    Math.max(...nodes.map(({ x }) => x)) + 2 * space,
    Math.max(...nodes.map(({ y }) => y)) + 2 * space + above + below,
  ]
  const isTaken = (edge: Edge) => edge.from === from && edge.to === at
  return (
    <svg
      className={styles.machine}
      viewBox={`${-space} ${-space - above} ${width} ${height}`}
      style={{ maxWidth: `${3.4 * width}rem` }}
      role="img"
      aria-label={label}
    >
      {edges
        .toSorted((a, b) => Number(isTaken(a)) - Number(isTaken(b)))
        .map((edge, i) => (
          <Arrow key={i} {...{ nodes, edge }} isTaken={isTaken(edge)} isBent={hasReverse(edges, edge)} />
        ))}
      {nodes.map((node, i) => (
        <State key={i} {...{ node }} isAt={i === at} />
      ))}
    </svg>
  )
}

const hasReverse = (edges: readonly Edge[], { from, to }: Edge): boolean =>
  from !== to && edges.some((other) => other.from === to && other.to === from)

function State({
  node: { x, y, kind, label, isHollow },
  isAt,
}: {
  readonly node: Node
  readonly isAt: boolean
}) {
  const color = kind === null ? 'var(--ink-faint)' : seriesColor(kind)
  const size = kind === null ? radius / 2 : radius
  return (
    <g transform={`translate(${x} ${y})`}>
      {isAt && <circle r={size + 0.2} className={styles.here} />}
      <path
        d={glyph(kind ?? 0, size)}
        fill={isHollow ? 'var(--paper)' : `color-mix(in srgb, ${color} 30%, var(--paper))`}
        stroke={color}
        strokeWidth={0.07}
      />
      <text className={styles.state} data-long={label.length > 2} y={0.12}>
        {label}
      </text>
    </g>
  )
}

/** An edge with its symbol: a line, a bow where there is one back, a loop where it leads to where it began. */
function Arrow({
  nodes,
  edge: { from, to, symbol },
  isTaken,
  isBent,
}: {
  readonly nodes: readonly Node[]
  readonly edge: Edge
  readonly isTaken: boolean
  readonly isBent: boolean
}) {
  const [a, b] = [nodes[from]!, nodes[to]!]
  const { path, tip, angle, text } = from === to ? loop(a) : line(a, b, isBent ? 0.55 : 0)
  return (
    <g className={styles.edge} data-taken={isTaken}>
      <path d={path} />
      <path d="M0 0L-.24 .11V-.11Z" transform={`translate(${tip.join(' ')}) rotate(${angle})`} />
      <text x={text[0]} y={text[1] + 0.12}>
        {symbol}
      </text>
    </g>
  )
}

type Place = readonly [x: number, y: number]
interface Drawn {
  readonly path: string
  readonly tip: Place
  /** in degrees */
  readonly angle: number
  readonly text: Place
}

const clearance = ({ kind }: Node): number => (kind === null ? radius / 2 : 1.12 * radius) + 0.06

function line(a: Node, b: Node, bow: number): Drawn {
  const length = Math.hypot(b.x - a.x, b.y - a.y)
  const [dx, dy] = [(b.x - a.x) / length, (b.y - a.y) / length]
  // to the side, on the left of who walks along
  const [sx, sy] = [dy, -dx]
  const middle: Place = [(a.x + b.x) / 2 + 2 * bow * sx, (a.y + b.y) / 2 + 2 * bow * sy]
  const towards = (node: Node): Place => {
    const far = Math.hypot(middle[0] - node.x, middle[1] - node.y)
    const part = clearance(node) / far
    return [node.x + (middle[0] - node.x) * part, node.y + (middle[1] - node.y) * part]
  }
  const [start, tip] = [towards(a), towards(b)]
  return {
    path: `M${start.join(' ')}Q${middle.join(' ')} ${tip.join(' ')}`,
    tip,
    angle: (Math.atan2(b.y - middle[1], b.x - middle[0]) * 180) / Math.PI,
    text: [(a.x + b.x) / 2 + (bow + 0.32) * sx, (a.y + b.y) / 2 + (bow + 0.32) * sy],
  }
}

function loop({ x, y }: Node): Drawn {
  const top = y - 1.12 * radius
  return {
    path: `M${x - 0.18} ${top}C${x - 0.7} ${y - 1.45} ${x + 0.7} ${y - 1.45} ${x + 0.18} ${top}`,
    tip: [x + 0.18, top],
    angle: 118,
    text: [x, y - 1.32],
  }
}
