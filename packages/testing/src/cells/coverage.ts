import type { Cell } from '@tapeloop/layers'
import { missingGolden, type Golden } from './golden.js'

/** What a file in `cells/` comes with. */
export interface CellFile {
  /** without `.ts` */
  readonly file: string
  readonly exported: Readonly<Record<string, unknown>>
  readonly golden: Golden | undefined
}

const inOrder: readonly string[] = ['options', 'state', 'params', 'step']

/**
 * What a file in `cells/` lacks to be a cell that everybody can have and trust, one sentence each, with the line to add:
 * a place in the registry, a title, a source, equations, what its options do, golden numbers and where those come from.
 */
export function gapsOf(
  { file, exported, golden }: CellFile,
  registry: Readonly<Record<string, Cell>>,
): string[] {
  const path = `packages/layers/src/cells/${file}.ts`
  const [[constant, cell] = []] = Object.entries(exported) as [string, Cell][]
  if (constant === undefined || cell === undefined)
    return [`${path} exports no cell; add export const … = defineCell({ … })`]
  const gaps: string[] = []
  if (cell.name !== file) gaps.push(`${path} names its cell ${cell.name}; write name: '${file}',`)
  if (registry[file] !== cell) {
    const line = constant === file ? `${file},` : `'${file}': ${constant},`
    gaps.push(
      `${path} is not registered; add to packages/layers/src/cells/index.ts ` +
        `import { ${constant} } from './${file}.js' and ${line}`,
    )
  }
  if (cell.title === '') gaps.push(`${path} has no title; add title: '…',`)
  if (cell.cite.length === 0)
    gaps.push(`${path} has no source; add the key of its paper, as in cite: ['elman1990'],`)
  if (!/h_t\b.*=/.test(cell.equations)) {
    gaps.push(`${path} has no equations for h_t; add equations: String.raw\`h_t = …\`,`)
  }
  for (const [name, { doc }] of Object.entries(cell.options)) {
    if (doc === '') gaps.push(`${path} does not say what its option ${name} does; add doc: '…',`)
  }
  const members = Object.keys(cell).filter((member) => inOrder.includes(member))
  if (members.join() !== inOrder.join()) {
    gaps.push(
      `${path} has ${members.join(', ')}; write them in the order ${inOrder.join(', ')}, for TypeScript infers the later ` +
        'from the earlier',
    )
  }
  if (golden === undefined) gaps.push(missingGolden(file))
  else if (Object.values(golden.sources).some(({ from }) => from === '')) {
    gaps.push(
      `packages/layers/golden/${file}.json does not say where its numbers come from; add source: '…' to ` +
        `packages/testing/src/cells/scalar/${file}.ts, and run npm run golden ${file}`,
    )
  }
  return gaps
}
