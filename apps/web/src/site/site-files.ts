/** What robots may read: everything. Names the sitemap where the address of the site is known. */
export const robotsFor = (site: string | undefined): string =>
  `User-agent: *\nAllow: /\n${site === undefined ? '' : `Sitemap: ${addressOf(site, 'sitemap.xml')}\n`}`

/**
 * A sitemap (sitemaps.org).
 *
 * @param site the address of its first page
 * @param paths of the pages, relative to that
 */
export function sitemapFor(site: string, paths: readonly string[]): string {
  const urls = paths.map((path) => `  <url><loc>${addressOf(site, path)}</loc></url>`)
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">',
    ...urls,
    '</urlset>\n',
  ].join('\n')
}

/** Encoded as a URL must be; `&` is what XML would not take as it is. */
const addressOf = (site: string, path: string) =>
  new URL(path, site.endsWith('/') ? site : `${site}/`).href.replaceAll('&', '&amp;')
