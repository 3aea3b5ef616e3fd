import { createSearchAPI } from 'fumadocs-core/search/server'
import { searchIndexes } from '../../../reference/search-indexes.js'

export const dynamic = 'force-static'

/** The search index of the whole site: one file, searched in the browser. */
export const { staticGET: GET } = createSearchAPI('advanced', { indexes: searchIndexes })
