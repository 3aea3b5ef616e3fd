/**
 * Writes robots.txt beside the built pages, and sitemap.xml where SITE_URL says at which address the site will stand:
 * a sitemap must tell whole addresses, and the pages themselves work at any.
 */
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { robotsFor, sitemapFor } from '../src/site/site-files.js'

const out = fileURLToPath(new URL('../out', import.meta.url))
const site = process.env['SITE_URL']
const paths = readdirSync(out, { recursive: true, encoding: 'utf8' })
  .filter((name) => /(^|\/)index\.html$/.test(name) && !/^(404|_not-found)\//.test(name))
  .map((name) => name.replace(/index\.html$/, ''))
writeFileSync(join(out, 'robots.txt'), robotsFor(site))
if (site !== undefined) writeFileSync(join(out, 'sitemap.xml'), sitemapFor(site, paths.toSorted()))
