import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ApiPackage } from '../../src/reference/api/model.js'
import { readApi } from './convert.js'

const root = fileURLToPath(new URL('../../../..', import.meta.url))
const file = join(root, 'apps/web/.api/api.json')

/** What makes the file what it is: the sources of the packages, and what reads them. */
const sources = () =>
  [
    ...readdirSync(join(root, 'packages'), { recursive: true, encoding: 'utf8' })
      .filter((name) => /^[\w-]+\/(src\/.*\.ts|package\.json)$/.test(name) && !/\.test(-d)?\.ts$/.test(name))
      .map((name) => join(root, 'packages', name)),
    ...readdirSync(import.meta.dirname).map((name) => join(import.meta.dirname, name)),
  ].toSorted()

/** What the packages export: from the file where it is of these very sources, else read anew, which takes seconds. */
export async function freshApi(): Promise<readonly ApiPackage[]> {
  const hash = createHash('sha256')
  for (const path of sources()) hash.update(path.slice(root.length)).update(readFileSync(path))
  const key = hash.digest('hex')
  const kept = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as { key: string }) : undefined
  if (kept?.key === key) return (kept as unknown as { packages: readonly ApiPackage[] }).packages
  const packages = await readApi(root)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, JSON.stringify({ key, packages }))
  return packages
}
