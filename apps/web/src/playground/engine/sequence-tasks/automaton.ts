/** A state of an automaton, and where it is drawn, in widths of a state. */
export interface Node {
  readonly label: string
  /** what has this colour and shape in common; null for what has none */
  readonly kind: number | null
  /** drawn as an outline: the same as the filled one of its kind, but for what came before */
  readonly isHollow: boolean
  readonly x: number
  readonly y: number
}

/** From one state to another by a symbol. */
export interface Edge {
  readonly from: number
  readonly to: number
  readonly symbol: string
}

/** The machine that says what may come: what a network has to find out. The first state is where it begins. */
export interface Automaton {
  readonly nodes: readonly Node[]
  readonly edges: readonly Edge[]
}

/** Where something is drawn. */
export type Place = readonly [x: number, y: number]

/** A state; `kind` and the rest as a `Node` has them. */
export const node = (label: string, kind: number | null, [x, y]: Place, isHollow = false): Node => ({
  label,
  kind,
  isHollow,
  x,
  y,
})
