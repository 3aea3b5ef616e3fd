/** A result as Markdown: what the terminal prints and what the page of the docs shows is the same text. */
import type { Experiment, Measure } from './experiment.js'
import type { Recorded } from './record.js'
import { spreadOf, verdictsOf, type Verdict } from './summary.js'

/** The table, the pass lines, and how it was done. */
export function report(experiment: Experiment, { date, machine, results }: Recorded): string {
  const { measures, contenders, settings } = experiment
  const heading = ['cell', 'parameters', 'learning rate', ...measures.map(({ title }) => title), 'published']
  const rows = results.map(({ cell, parameters, rate, scores }) => [
    cell,
    parameters.toLocaleString('en-US'),
    String(rate),
    ...measures.map((measure) => spread(measure, scores)),
    contenders.find(({ name }) => name === cell)?.published ?? '',
  ])
  const verdicts = verdictsOf(experiment, results)
  const { rates, searchSteps, seeds } = settings
  const search =
    rates.length === 1
      ? []
      : [
          `The learning rate is chosen for each cell from ${rates.join(', ')}, by trials of ` +
            `${searchSteps.toLocaleString('en-US')} steps with a seed of their own; all else is the same for all cells.`,
        ]
  return [
    ...table(heading, rows, 1),
    '',
    `Medians of ${seeds.length} seeds${seeds.length % 2 === 0 ? ' (the worse of the two in the middle)' : ''}, and in brackets the range.`,
    '',
    ...table(
      ['pass line', 'found', ''],
      verdicts.map((verdict) => rowOf(experiment, verdict)),
    ),
    '',
    ...list([...experiment.protocol, ...search]),
    '',
    ...(experiment.differences.length > 0 ? ['Where this differs from what was published:', ''] : []),
    ...list(experiment.differences),
    '',
    'Published:',
    '',
    ...list(experiment.sources),
    '',
    `Run on ${date}: ${machine}.`,
  ]
    .join('\n')
    .replaceAll(/\n{3,}/g, '\n\n')
}

function rowOf({ measures }: Experiment, { line, cell, found, isMet }: Verdict): string[] {
  const measure = measures.find(({ key }) => key === line.measure)!
  const of = line.of === cell ? cell : `${line.of} (${cell})`
  return [
    `${of}: ${measure.title} ${line.side} ${line.bound}`,
    show(measure, found),
    isMet ? 'PASS' : 'not met',
  ]
}

function spread(measure: Measure, scores: Parameters<typeof spreadOf>[1]): string {
  const { best, median, worst } = spreadOf(measure, scores)
  const [first, last] = [best, worst].map((value) => show(measure, value))
  return first === last ? show(measure, median) : `${show(measure, median)} (${first} to ${last})`
}

function show({ digits }: Measure, value: number | null): string {
  return value === null
    ? 'never'
    : value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })
}

/** Columns as wide as they need be; those from `numbers` on end at the same place, but for the last. */
function table(
  heading: readonly string[],
  rows: readonly (readonly string[])[],
  numbers = Infinity,
): string[] {
  const widths = heading.map((_, column) =>
    Math.max(3, ...[heading, ...rows].map((row) => row[column]!.length)),
  )
  const isNumber = (column: number) => column >= numbers && column < heading.length - 1
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, i) => (isNumber(i) ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!))).join(' | ')} |`
  const rule = widths.map((width, i) => (isNumber(i) ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width)))
  return [line(heading), `| ${rule.join(' | ')} |`, ...rows.map(line)]
}

const list = (sentences: readonly string[]): string[] => sentences.map((sentence) => `- ${sentence}`)
