/** Shapes for categories, beside their colours: nobody needs colour to tell them apart. Of the same area, around 0, 0. */
const shapes: readonly ((r: number) => string)[] = [
  (r) => `M${-r} 0A${r} ${r} 0 1 1 ${r} 0A${r} ${r} 0 1 1 ${-r} 0Z`,
  (r) => polygon(4, 1.25 * r, Math.PI / 4),
  (r) => polygon(3, 1.5 * r, -Math.PI / 2),
  (r) => polygon(4, 1.3 * r, 0),
  (r) => polygon(3, 1.5 * r, Math.PI / 2),
  (r) => polygon(6, 1.15 * r, 0),
]

/** The path of the shape of a category, for SVG and for `Path2D`; after the last it begins again. */
export const glyph = (kind: number, radius: number): string => shapes[kind % shapes.length]!(radius)

function polygon(corners: number, radius: number, turn: number): string {
  const places = Array.from({ length: corners }, (_, i) => {
    const angle = turn + (2 * Math.PI * i) / corners
    return `${(radius * Math.cos(angle)).toFixed(3)} ${(radius * Math.sin(angle)).toFixed(3)}`
  })
  return `M${places.join('L')}Z`
}
