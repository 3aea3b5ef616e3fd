import { defineConfig } from 'tsup'

/** One module per source file, so that importing one cell brings one cell; the types come from tsc. */
export default defineConfig({
  entry: ['src/**/*.ts', '!src/**/*.test.ts', '!src/**/*.test-d.ts'],
  format: 'esm',
  target: 'es2023',
  bundle: false,
  clean: true,
  silent: true,
})
