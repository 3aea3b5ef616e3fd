import { cells, type Cell } from '@tapeloop/layers'
import type { SectionGroup } from '../docs/section.js'
import { groupsOf } from '../docs/tree.js'
import type { ApiPackage } from './api/model.js'
import { apiPackages, packageUrl } from './api/packages.js'

/** Every cell of the registry. */
export const allCells: readonly Cell[] = Object.values<Cell>(cells)

/** The list beside a cell. */
export const cellGroups: readonly SectionGroup[] = [
  { items: [{ title: 'All cells', url: '/cells/' }] },
  { title: 'Cells', items: allCells.map(({ name }) => ({ title: name, url: `/cells/${name}/` })) },
]

const packagesGroup: SectionGroup = {
  title: 'Packages',
  items: [
    { title: 'All packages', url: '/reference/api/' },
    ...apiPackages.map((of) => ({ title: of.name.replace('@tapeloop/', ''), url: packageUrl(of) })),
  ],
}

/** The list beside a page of a package: its pages, and the other packages. */
export const apiGroups = (of: ApiPackage): readonly SectionGroup[] => [
  { items: [{ title: 'Reference', url: '/reference/' }] },
  ...(of.pages.length > 1
    ? [
        {
          title: of.name,
          items: [
            { title: 'All of it', url: packageUrl(of) },
            ...of.pages.map(({ title, url }) => ({ title, url })),
          ],
        },
      ]
    : []),
  packagesGroup,
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
  packagesGroup,
  {
    title: 'The project',
    items: [
      { title: 'Architecture', url: '/architecture/' },
      { title: 'Contributing', url: '/contributing/' },
    ],
  },
  { title: 'Decisions', items: groupsOf('decisions').flatMap(({ items }) => items) },
]
