import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { outFolder } from './visitor.js'

/** A page of the built site: its address and its text as it is served. */
export interface BuiltPage {
  readonly path: string
  readonly html: string
}

/** All pages of the built site but those that say that something is not there. */
export function builtPages(): readonly BuiltPage[] {
  return readdirSync(outFolder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /(^|\/)index\.html$/.test(name) && !/^(404|_not-found)\//.test(name))
    .map((name) => ({
      path: `/${name.replace(/index\.html$/, '')}`,
      html: readFileSync(join(outFolder, name), 'utf8'),
    }))
}
