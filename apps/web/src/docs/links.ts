import { posix } from 'node:path'
import { docs } from './source.js'
import { withSlash } from './tree.js'

/**
 * Where a link of a document leads on the site: links between documents name files, so that they work in a repository
 * browser, too.
 *
 * @param path of the document in the repository
 * @throws where it names a file that is no page
 */
export function resolveLink(path: string, href: string): string {
  const [, target = '', anchor = ''] = /^([^#]*)(#.*)?$/.exec(href) ?? []
  if (target === '' || /^[a-z]+:/.test(target) || target.startsWith('/')) return href
  const file = posix.join(posix.dirname(path), target)
  const page = docs.getPages().find((page) => page.path === file)
  if (page) return withSlash(page.url) + anchor
  throw new Error(`${path} links to ${href}, which is no page of the site`)
}
