import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { chromiumPath } from '../../../scripts/chromium.js'
import { builtPages } from './built-pages.js'
import { outFolder } from './visitor.js'

// without Chromium the site is not built for the tests
const reason = 'there is no Chromium, and CHROMIUM_PATH names none'
const isBuilt = chromiumPath() !== null

/** The addresses that a page leads to, and whether each is for a place in it. */
const linksOf = (html: string) => [...html.matchAll(/<a [^>]*?href="([^"]+)"/g)].map(([, href = '']) => href)

test('every link within the site leads to a page, and to a place that is there', (context) => {
  if (!isBuilt) return context.skip(reason)
  const pages = new Map(builtPages().map(({ path, html }) => [path, html]))
  const broken = [...pages].flatMap(([from, html]) =>
    linksOf(html).flatMap((href) => {
      if (/^(https?|mailto):/.test(href)) return []
      const { pathname, hash } = new URL(href, `http://localhost${from}`)
      const target = pages.get(pathname) ?? (existsSync(join(outFolder, pathname)) ? '' : undefined)
      const isThere =
        target !== undefined && (hash === '' || target.includes(`id="${decodeURIComponent(hash.slice(1))}"`))
      return isThere ? [] : [`${from} links to ${href}`]
    }),
  )
  expect(pages.size).toBeGreaterThan(60)
  expect(broken).toEqual([])
})

test('no page but the playground needs 250 kB of scripts to begin', (context) => {
  if (!isBuilt) return context.skip(reason)
  const sizes = new Map<string, number>()
  const sizeOf = (file: string) => {
    const known = sizes.get(file) ?? gzipSync(readFileSync(join(outFolder, file))).length
    sizes.set(file, known)
    return known
  }
  const heavy = builtPages()
    .filter(({ path }) => !path.startsWith('/playground/'))
    .map(({ path, html }) => {
      // browsers that know modules leave `nomodule` scripts out
      const scripts = [...html.matchAll(/<script [^>]*?src="([^"]+)"([^>]*)>/g)]
        .filter(([, , rest = '']) => !rest.includes('nomodule'))
        .map(([, src = '']) => src)
      return { path, bytes: [...new Set(scripts)].reduce((sum, src) => sum + sizeOf(src), 0) }
    })
    .filter(({ bytes }) => bytes === 0 || bytes > 250_000)
  expect(heavy).toEqual([])
})

test('every page has a title of its own, a description and one first heading', (context) => {
  if (!isBuilt) return context.skip(reason)
  const pages = builtPages()
  const titles = pages.map(({ html }) => /<title>([^<]*)<\/title>/.exec(html)?.[1])
  expect(titles.filter((title, index) => titles.indexOf(title) !== index)).toEqual([])
  const wrong = pages.filter(
    ({ html }) => !html.includes('<meta name="description"') || html.match(/<h1[ >]/g)?.length !== 1,
  )
  expect(wrong.map(({ path }) => path)).toEqual([])
})

test('the page of the guides leads to every guide', (context) => {
  if (!isBuilt) return context.skip(reason)
  const pages = builtPages()
  const listed = linksOf(pages.find(({ path }) => path === '/guides/')!.html)
  const guides = pages.map(({ path }) => path).filter((path) => /^\/guides\/./.test(path))
  expect(guides.filter((path) => !listed.includes(path))).toEqual([])
})

test('an address that is not there is told in the look of the site, and robots may read all', (context) => {
  if (!isBuilt) return context.skip(reason)
  expect(readFileSync(join(outFolder, '404.html'), 'utf8')).toContain('This page was forgotten')
  expect(readFileSync(join(outFolder, 'robots.txt'), 'utf8')).toContain('Allow: /')
})
