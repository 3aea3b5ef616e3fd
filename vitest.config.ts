import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { workspace } from './scripts/workspace.js'

const root = fileURLToPath(new URL('.', import.meta.url))

/** Every `@tapeloop/…` import, subpaths too, goes to the sources, by the `exports` of the package it names. */
const alias = workspace(root).flatMap(({ folder, name, exports }) =>
  Object.entries(exports).map(([subpath, file]) => ({
    find: new RegExp(`^${name}${subpath.slice(1)}$`),
    replacement: join(root, folder, file),
  })),
)

const folders = '{packages/*/src,packages/*/browser,apps/*/src,scripts,docs}'

export default defineConfig({
  resolve: { alias },
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: [`${folders}/**/*.test.ts`],
          exclude: ['**/*.long.test.ts', '**/node_modules/**'],
          // a machine may be slow, and busy with something else
          testTimeout: 60_000,
          typecheck: {
            enabled: true,
            include: [`${folders}/**/*.test-d.ts`],
            tsconfig: './tsconfig.json',
            // errors in sources are the business of `pnpm types`
            ignoreSourceErrors: true,
          },
        },
      },
      {
        // drives the built site in a browser; builds it first where it is stale
        extends: true,
        test: {
          name: 'site',
          include: ['apps/web/e2e/**/*.test.ts'],
          globalSetup: 'apps/web/e2e/build.ts',
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: { name: 'long', include: [`${folders}/**/*.long.test.ts`], testTimeout: 3_600_000 },
      },
    ],
  },
})
