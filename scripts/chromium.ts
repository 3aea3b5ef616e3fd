import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** The browser for tests: CHROMIUM_PATH, or the first of the usual names that is found; null if there is none. */
export function chromiumPath(): string | null {
  const { CHROMIUM_PATH: own, PATH = '' } = process.env
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
  const found = PATH.split(delimiter).flatMap((folder) => names.map((name) => join(folder, name)))
  return [...(own ? [own] : []), ...found].find(existsSync) ?? null
}
