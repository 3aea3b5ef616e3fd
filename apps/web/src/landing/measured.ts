import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const repository = join(process.cwd(), '../..')

/**
 * A number of the guide on benchmarks, so that the home page says nothing that was not measured.
 *
 * @param table what stands first in the head of the table
 * @param row what stands first in the row
 * @param column from 1
 * @param size which of the numbers between slashes, from 0
 * @throws where the guide has no such number
 */
export function measured(table: string, row: string, column: number, size = 0): string {
  const guide = readFileSync(join(repository, 'docs/guides/benchmarks.md'), 'utf8')
  const [, rows = ''] = guide.split(`| ${table} `)
  const cells = rows
    .split('\n')
    .find((line) => line.startsWith(`| ${row} `))
    ?.split('|')
  const number = cells?.[column + 1]?.split(' / ')[size]?.replace('×', '').trim()
  if (!number) throw new Error(`docs/guides/benchmarks.md has no number ${size} in "${row}" of "${table}"`)
  return number
}

/** The cell that README.md defines: the code from `const mgu` to the end of the definition. */
export function readmeCell(): string {
  const readme = readFileSync(join(repository, 'README.md'), 'utf8')
  const [cell] = /^const mgu = [^]*?^\}\)$/m.exec(readme) ?? []
  if (cell === undefined) throw new Error('README.md defines no cell named mgu')
  return cell
}
