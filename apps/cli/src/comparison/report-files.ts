import { fileStorage } from '@tapeloop/formats/node'
import { svgFigure } from '../figures/figure.js'
import type { Comparison, Result } from './compare.js'
import { meanCurve } from './curves.js'

/** The files that `writeComparison` writes. */
export const comparisonFiles = ['results.csv', 'curves.csv', 'curves.svg'] as const

/**
 * Writes what a comparison came to: `results.csv` has a line for each training, `curves.csv` one for each point of its
 * learning curve, and `curves.svg` the mean curve of each cell.
 */
export async function writeComparison(
  folder: string,
  { experiment, entries }: Comparison,
  results: readonly Result[],
): Promise<void> {
  const { measure } = experiment
  const storage = fileStorage(folder)
  const write = (name: (typeof comparisonFiles)[number], text: string) =>
    storage.replace(name, new TextEncoder().encode(text))
  const trainings = results.map(({ entry, seed, score, stepsPerSecond }) => [
    entry.cell.name,
    entry.hiddenSize,
    entry.parameters,
    seed,
    entry.steps,
    score,
    stepsPerSecond,
  ])
  const heading = ['cell', 'hidden', 'parameters', 'seed', 'steps', measure.key, 'stepsPerSecond']
  await write('results.csv', csv([heading, ...trainings]))
  const points = results.flatMap(({ entry, seed, curve }) =>
    curve.map(([step, score]) => [entry.cell.name, seed, step, score]),
  )
  await write('curves.csv', csv([['cell', 'seed', 'step', `training ${measure.key}`], ...points]))
  const figure = svgFigure({
    title: experiment.about,
    x: { label: 'step' },
    y: { label: `${measure.title}, while training` },
    series: entries.map((entry) => ({
      name: entry.cell.name,
      points: meanCurve(results.filter((result) => result.entry === entry).map(({ curve }) => curve)),
    })),
  })
  await write('curves.svg', `${figure}\n`)
}

/** Rows as RFC 4180 has them, but with plain line feeds; no field needs quotes. What is not finite is empty. */
function csv(rows: readonly (readonly (string | number)[])[]): string {
  const field = (value: string | number) =>
    typeof value === 'number' && !Number.isFinite(value) ? '' : value
  return rows.map((row) => `${row.map(field).join(',')}\n`).join('')
}
