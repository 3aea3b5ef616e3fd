import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

/** A package of the workspace: `folder` is relative to the root, as `packages/core`. */
export interface WorkspacePackage {
  readonly folder: string
  readonly name: string
  readonly version: string
  readonly private?: boolean
  readonly exports: Record<string, string>
}

/** The packages and apps under `root`, each with what its package.json says. */
export function workspace(root: string): WorkspacePackage[] {
  return ['packages', 'apps']
    .filter((group) => existsSync(join(root, group)))
    .flatMap((group) => readdirSync(join(root, group)).map((name) => `${group}/${name}`))
    .filter((folder) => existsSync(join(root, folder, 'package.json')))
    .map((folder) => ({ folder, ...JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) }))
}
