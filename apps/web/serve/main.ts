/** `pnpm serve`: the built site at http://127.0.0.1:3000; `--port` and `--isolated` as their names say. */
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { serveFolder } from './static-server.js'

const folder = fileURLToPath(new URL('../out', import.meta.url))
const { values } = parseArgs({
  options: { port: { type: 'string', default: '3000' }, isolated: { type: 'boolean', default: false } },
})
if (existsSync(folder)) {
  const { origin } = await serveFolder(folder, { port: Number(values.port), isolated: values.isolated })
  console.log(`The site is at ${origin}`)
} else {
  console.error('There is no built site; run `pnpm build` first.')
  process.exitCode = 1
}
