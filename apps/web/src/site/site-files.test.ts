import { expect, test } from 'vitest'
import { robotsFor, sitemapFor } from './site-files.js'

test('a sitemap has the whole address of every page, below that of the site', () => {
  const sitemap = sitemapFor('https://example.org/tapeloop', ['', 'learn/', 'a&b/'])
  expect([...sitemap.matchAll(/<loc>(.*)<\/loc>/g)].map(([, url]) => url)).toEqual([
    'https://example.org/tapeloop/',
    'https://example.org/tapeloop/learn/',
    'https://example.org/tapeloop/a&amp;b/',
  ])
})

test('robots may read everything, and are told of a sitemap that there is', () => {
  expect(robotsFor(undefined)).toBe('User-agent: *\nAllow: /\n')
  expect(robotsFor('https://example.org/')).toContain('Sitemap: https://example.org/sitemap.xml\n')
})
