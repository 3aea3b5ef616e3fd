import { createFromSource } from 'fumadocs-core/search/server'
import { docs } from '../../../docs/source.js'

export const dynamic = 'force-static'

/** The search index of the whole site: one file, searched in the browser. */
export const { staticGET: GET } = createFromSource(docs)
