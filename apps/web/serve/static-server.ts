import { createReadStream, existsSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join, normalize } from 'node:path'
import { createGzip } from 'node:zlib'

/** What a server of files is told. */
export interface ServeOptions {
  /** Port to listen at; a free one by default. */
  readonly port?: number
  /** Whether pages are cross-origin isolated by headers, as they are on a host that can set them. */
  readonly isolated?: boolean
}

/** A server of one folder. */
export interface StaticServer {
  readonly origin: string
  close(): void
}

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.woff2': 'font/woff2',
}

const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
}

/**
 * Serves `folder` as any plain host of files does: a folder is its `index.html`, what is not there is `404.html`, and
 * text travels compressed.
 */
export async function serveFolder(
  folder: string,
  { port = 0, isolated = false }: ServeOptions = {},
): Promise<StaticServer> {
  const server = createServer(({ url = '/', headers }, response) => {
    const path = normalize(decodeURIComponent(new URL(url, 'http://localhost').pathname))
    const named = join(folder, path)
    const file = existsSync(named) && statSync(named).isDirectory() ? join(named, 'index.html') : named
    const isFound = existsSync(file)
    const served = isFound ? file : join(folder, '404.html')
    const type = types[extname(served)] ?? 'application/octet-stream'
    const isPacked = /gzip/.test(headers['accept-encoding'] ?? '') && /^text|json|svg/.test(type)
    response.writeHead(isFound ? 200 : 404, {
      'Content-Type': type,
      Vary: 'Accept-Encoding',
      ...(isPacked ? { 'Content-Encoding': 'gzip' } : {}),
      ...(isolated ? isolation : {}),
    })
    const bytes = createReadStream(served)
    if (isPacked) bytes.pipe(createGzip()).pipe(response)
    else bytes.pipe(response)
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  const { port: actual } = server.address() as AddressInfo
  return {
    // a secure context, as 127.0.0.1 and localhost are
    origin: `http://127.0.0.1:${actual}`,
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}
