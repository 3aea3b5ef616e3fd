import type { Folder, Item, Node } from 'fumadocs-core/page-tree'
import { leadOf } from './lead.js'
import type { SectionGroup, SectionItem } from './section.js'
import { docs } from './source.js'

/** The pages of a folder of docs/, in the order of its meta.json; its separators begin groups, its folders are some. */
export function groupsOf(folder: string): readonly SectionGroup[] {
  const groups: { title?: string; items: SectionItem[] }[] = [{ items: [] }]
  for (const node of folderNamed(folder)?.children ?? []) {
    if (node.type === 'separator') groups.push({ title: String(node.name), items: [] })
    if (node.type === 'page') groups.at(-1)!.items.push(itemOf(node))
    if (node.type === 'folder') groups.push({ title: String(node.name), items: itemsIn(node.children) })
  }
  return groups.filter(({ items }) => items.length > 0)
}

const itemOf = ({ name, url }: Item): SectionItem => ({ title: String(name), url: withSlash(url) })

/** The pages of a folder, and of all folders in it. */
const itemsIn = (nodes: readonly Node[]): SectionItem[] =>
  nodes.flatMap((node) => {
    if (node.type === 'page') return [itemOf(node)]
    return node.type === 'folder' ? itemsIn(node.children) : []
  })

/** What the document at an address is about, in a line; nothing where it does not begin with a paragraph. */
export function leadAt(url: string): string | undefined {
  const { description, structuredData } =
    docs.getPages().find((page) => withSlash(page.url) === url)?.data ?? {}
  const first = structuredData?.contents[0]?.content
  return description ?? (first === undefined ? undefined : leadOf(first))
}

const folderNamed = (name: string): Folder | undefined =>
  foldersIn(docs.getPageTree().children).find((folder) =>
    folder.children.some((node) => node.type === 'page' && node.url.startsWith(`/${name}/`)),
  )

const foldersIn = (nodes: readonly Node[]): Folder[] =>
  nodes.flatMap((node) => (node.type === 'folder' ? [node, ...foldersIn(node.children)] : []))

/** The address as the export has it: every page is a folder. */
export const withSlash = (url: string): string => (url.endsWith('/') ? url : `${url}/`)
