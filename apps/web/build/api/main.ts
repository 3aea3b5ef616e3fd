/**
 * Writes what the packages export to .api/api.json, of which the pages of the reference are made. The site runs it
 * before it is built and before it is served for development.
 */
import { freshApi } from './fresh.js'

await freshApi()
