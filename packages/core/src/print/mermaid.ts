import type { Graph } from '../graph.js'
import { draw, type Box, type Picture } from './picture.js'

const shapes: Record<Box['kind'], readonly [string, string]> = {
  input: ['([', '])'],
  op: ['[', ']'],
  literal: ['[/', '/]'],
  output: ['([', '])'],
}

/** A graph as a Mermaid flowchart. Loops are subgraphs; a dotted arrow leads from a carry to the next step. */
export function toMermaid(graph: Graph): string {
  const { picture, arrows } = draw(graph)
  const lines = ['flowchart TD']
  const write = ({ boxes, groups }: Picture, indent: string) => {
    for (const { id, kind, lines: text } of boxes) {
      const [open, close] = shapes[kind]
      lines.push(`${indent}${id}${open}"${text.filter(Boolean).map(escaped).join('<br>')}"${close}`)
    }
    for (const group of groups) {
      lines.push(`${indent}subgraph ${group.id}["${escaped(group.title)}"]`)
      write(group, `${indent}  `)
      lines.push(`${indent}end`)
    }
  }
  write(picture, '  ')
  for (const { from, to, isNext } of arrows) lines.push(`  ${from} ${isNext ? '-. next .->' : '-->'} ${to}`)
  return lines.join('\n')
}

function escaped(text: string): string {
  return text.replaceAll('"', '#quot;')
}
