/** What a run came to, as JSON, and the page of the docs that shows it. */
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { TapeloopError } from '@tapeloop/tapeloop'
import type { Experiment, Settings } from './experiment.js'
import { report } from './report.js'
import { replaceFile } from './store.js'
import type { CellResult } from './trials.js'

/** All that the report of an experiment shows, besides what the experiment itself says. */
export interface Recorded {
  readonly experiment: string
  readonly date: string
  readonly machine: string
  readonly settings: Settings
  readonly results: readonly CellResult[]
}

/** Where the docs keep the numbers, and where they show them. */
export const recordFile = (root: string, name: string) => join(root, 'docs/reproductions', `${name}.json`)
export const pageFile = (root: string) => join(root, 'docs/guides/reproductions.md')

/** Writes a result into the docs: its numbers as JSON, its tables into the page. */
export async function recordInDocs(root: string, experiment: Experiment, recorded: Recorded): Promise<void> {
  const file = recordFile(root, experiment.name)
  await mkdir(join(file, '..'), { recursive: true })
  await replaceFile(file, json(recorded))
  const page = await readFile(pageFile(root), 'utf8')
  await replaceFile(pageFile(root), withBlock(page, experiment.name, report(experiment, recorded)))
}

/** As the formatter of the repository has it: lists of numbers stand on one line. */
export function json(recorded: Recorded): string {
  const text = JSON.stringify(recorded, null, 2)
  const onOneLine = text.replaceAll(/\[[^[\]{}]*\]/g, (list) =>
    list.replaceAll(/\s+/g, ' ').replaceAll(/\[ | \]/g, (end) => end.trim()),
  )
  return `${onOneLine}\n`
}

/** The page with another text between the marks of an experiment. */
function withBlock(page: string, name: string, text: string): string {
  const { start, end } = blockOf(page, name)
  return `${page.slice(0, start)}\n\n${text}\n\n${page.slice(end)}`
}

/** The text between the marks of an experiment. */
export function blockIn(page: string, name: string): string {
  const { start, end } = blockOf(page, name)
  return page.slice(start, end).trim()
}

function blockOf(page: string, name: string): { readonly start: number; readonly end: number } {
  const [opening, closing] = [`<!-- reproduce ${name} -->`, `<!-- end of ${name} -->`]
  const [start, end] = [page.indexOf(opening), page.indexOf(closing)]
  if (start < 0 || end < start) {
    throw new TapeloopError(
      `docs/guides/reproductions.md has no place for ${name}; write "${opening}" and "${closing}" where its tables belong.`,
    )
  }
  return { start: start + opening.length, end }
}
