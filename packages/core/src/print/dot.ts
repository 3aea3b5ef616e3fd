import type { Graph } from '../graph.js'
import { draw, type Box, type Picture } from './picture.js'

const styles: Record<Box['kind'], string> = {
  input: 'shape=box, style=rounded',
  op: 'shape=box',
  literal: 'shape=plaintext',
  output: 'shape=box, style=rounded',
}

/** A graph in the DOT language of Graphviz. Loops are clusters; a dashed arrow leads from a carry to the next step. */
export function toDot(graph: Graph): string {
  const { picture, arrows } = draw(graph)
  const lines = ['digraph {', '  node [fontname="monospace"]']
  const write = ({ boxes, groups }: Picture, indent: string) => {
    for (const { id, kind, lines: text } of boxes) {
      lines.push(`${indent}${id} [label="${text.filter(Boolean).map(escaped).join('\\n')}", ${styles[kind]}]`)
    }
    for (const group of groups) {
      lines.push(`${indent}subgraph cluster_${group.id} {`, `${indent}  label="${escaped(group.title)}"`)
      write(group, `${indent}  `)
      lines.push(`${indent}}`)
    }
  }
  write(picture, '  ')
  for (const { from, to, isNext } of arrows) {
    lines.push(`  ${from} -> ${to}${isNext ? ' [style=dashed, constraint=false]' : ''}`)
  }
  return [...lines, '}'].join('\n')
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')
}
