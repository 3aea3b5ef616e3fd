import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

/** Pages that differ in nothing but what their headers allow. */
const pages = {
  '/': {},
  '/isolated': {
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Embedder-Policy': 'require-corp',
  },
  '/forbidding': { 'Content-Security-Policy': "default-src 'self'" },
  '/allowing': { 'Content-Security-Policy': "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'" },
} satisfies Record<string, Record<string, string>>

export type Page = keyof typeof pages

/** A server with the pages and the bundles they load; `worker.js?/page` comes with the headers of that page. */
export interface Site {
  readonly origin: string
  close(): void
}

/** Bundles the tasks as a user of the packages would, and serves them at a free port of this machine. */
export async function openSite(): Promise<Site> {
  const bundles = await bundle()
  const server = createServer(({ url = '' }, response) => {
    const [path = '', page = path] = url.split('?')
    const headers = pages[page as Page] as Record<string, string> | undefined
    const script = bundles.get(path)
    if (script !== undefined) {
      response.writeHead(200, { 'Content-Type': 'text/javascript', ...headers }).end(script)
    } else if (headers !== undefined) {
      response
        .writeHead(200, { 'Content-Type': 'text/html', ...headers })
        .end('<!doctype html><script type="module" src="/page.js"></script>')
    } else response.writeHead(404).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    // a secure context, as 127.0.0.1 and localhost are
    origin: `http://127.0.0.1:${port}`,
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}

async function bundle(): Promise<ReadonlyMap<string, Uint8Array>> {
  const pathOf = (name: string) => fileURLToPath(new URL(name, import.meta.url))
  const { outputFiles } = await build({
    entryPoints: [pathOf('page.ts'), pathOf('worker.ts')],
    bundle: true,
    format: 'esm',
    target: 'es2023',
    outdir: '/',
    write: false,
    // packages as their sources
    tsconfig: pathOf('../../../tsconfig.json'),
  })
  return new Map(outputFiles.map(({ path, contents }) => [path, contents]))
}
