import { cpSync, existsSync, mkdirSync, symlinkSync } from 'node:fs'
import { execFileSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import { workspace } from './workspace.js'

/**
 * Copies what git knows of the checkout at `root`, and what is new in it, to an empty folder, and links what is installed:
 * the packages there find each other, not those of the original.
 */
export function copyCheckout(root: string, folder: string): void {
  const known = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
  })
  for (const path of known.split('\0').filter((path) => path !== '' && existsSync(join(root, path)))) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    cpSync(join(root, path), join(folder, path))
  }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  for (const { folder: own } of workspace(root)) {
    const installed = join(own, 'node_modules')
    // links relative to where they stand
    if (existsSync(join(root, installed)))
      cpSync(join(root, installed), join(folder, installed), { recursive: true, verbatimSymlinks: true })
  }
}
