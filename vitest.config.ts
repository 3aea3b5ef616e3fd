import { readFileSync, readdirSync, existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const root = fileURLToPath(new URL('.', import.meta.url))

/** Every `@tapeloop/…` import, subpaths too, goes to the sources, by the `exports` of the package it names. */
const alias = readdirSync(`${root}packages`)
  .filter((folder) => existsSync(`${root}packages/${folder}/package.json`))
  .flatMap((folder) => {
    const { name, exports } = JSON.parse(readFileSync(`${root}packages/${folder}/package.json`, 'utf8'))
    return Object.entries<string>(exports).map(([subpath, file]) => ({
      find: new RegExp(`^${name}${subpath.slice(1)}$`),
      replacement: `${root}packages/${folder}/${file.slice(2)}`,
    }))
  })

const folders = '{packages/*/src,apps/*/src,scripts,docs}'

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
        extends: true,
        test: { name: 'long', include: [`${folders}/**/*.long.test.ts`], testTimeout: 3_600_000 },
      },
    ],
  },
})
