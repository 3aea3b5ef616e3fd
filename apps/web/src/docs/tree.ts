import type { Folder, Node } from 'fumadocs-core/page-tree'
import type { SectionGroup, SectionItem } from './section.js'
import { docs } from './source.js'

/** The pages of a folder of docs/, in the order of its meta.json; its separators begin groups. */
export function groupsOf(folder: string): readonly SectionGroup[] {
  const groups: { title?: string; items: SectionItem[] }[] = [{ items: [] }]
  for (const node of folderNamed(folder)?.children ?? []) {
    if (node.type === 'separator') groups.push({ title: String(node.name), items: [] })
    if (node.type === 'page')
      groups.at(-1)!.items.push({ title: String(node.name), url: withSlash(node.url) })
  }
  return groups.filter(({ items }) => items.length > 0)
}

const folderNamed = (name: string): Folder | undefined =>
  foldersIn(docs.getPageTree().children).find((folder) =>
    folder.children.some((node) => node.type === 'page' && node.url.startsWith(`/${name}/`)),
  )

const foldersIn = (nodes: readonly Node[]): Folder[] =>
  nodes.flatMap((node) => (node.type === 'folder' ? [node, ...foldersIn(node.children)] : []))

/** The address as the export has it: every page is a folder. */
export const withSlash = (url: string): string => (url.endsWith('/') ? url : `${url}/`)
