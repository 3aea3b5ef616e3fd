import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const folder = join(process.cwd(), '../../packages/core/src/ops')

const sources = readdirSync(folder)
  .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
  .map((name) => readFileSync(join(folder, name), 'utf8'))

/**
 * The record of a primitive, as it is written.
 *
 * @throws where no file of the ops defines it
 */
export function recordOf(primitive: string): string {
  const definition = new RegExp(`^export const ${primitive}Op\\b[^]*?^\\}\\)?$`, 'm')
  const found = sources.map((source) => definition.exec(source)?.[0]).find((record) => record !== undefined)
  if (found === undefined) throw new Error(`no file in packages/core/src/ops defines ${primitive}Op`)
  return found
}
