import { cells, type Cell } from '@tapeloop/layers'
import type { SectionGroup } from '../docs/section.js'
import { groupsOf } from '../docs/tree.js'

/** Every cell of the registry. */
export const allCells: readonly Cell[] = Object.values<Cell>(cells)

/** The list beside a cell. */
export const cellGroups: readonly SectionGroup[] = [
  { items: [{ title: 'All cells', url: '/cells/' }] },
  { title: 'Cells', items: allCells.map(({ name }) => ({ title: name, url: `/cells/${name}/` })) },
]

/** The list beside a page of the reference. */
export const referenceGroups = (): readonly SectionGroup[] => [
  {
    items: [
      { title: 'Overview', url: '/reference/' },
      { title: 'Ops and derivatives', url: '/reference/ops/' },
      { title: 'Command line', url: '/reference/cli/' },
    ],
  },
  {
    title: 'The project',
    items: [
      { title: 'Architecture', url: '/architecture/' },
      { title: 'Contributing', url: '/contributing/' },
    ],
  },
  { title: 'Decisions', items: groupsOf('decisions').flatMap(({ items }) => items) },
]
