import { escaped, svgFigure, type Figure } from '../figures/figure.js'
import { htmlPage } from '../figures/page.js'
import { score } from '../terminal/numbers.js'
import { ranked } from './report-text.js'
import { describe } from './space.js'
import type { Scoring, SweepPlan, Trial } from './store.js'

/** Learning curves that one figure bears. */
const shownCurves = 7

/** A sweep as one page with figures, which needs nothing from outside. */
export function sweepPage(plan: SweepPlan, trials: readonly Trial[], scorings: readonly Scoring[]): string {
  const best = ranked(trials)
  const names = plan.space.map(({ name }) => name)
  const heading = ['trial', 'state', 'score', ...names]
  const failed = trials.filter(({ state }) => state === 'failed')
  const rows = [...best, ...failed].map((trial) => [
    String(trial.id),
    trial.message ?? trial.state,
    trial.score === null ? '–' : score(trial.score),
    ...names.map((name) => trial.values[name] ?? ''),
  ])
  return htmlPage({
    title: 'Sweep',
    sections: [
      `<p>${trials.length} trials of <code>train ${escaped(plan.args.join(' '))}</code>, searched by ${plan.search}.</p>`,
      `<ul>${plan.space.map((dimension) => `<li>${escaped(describe(dimension))}</li>`).join('')}</ul>`,
      ...figuresOf(plan, trials, scorings).map((figure) => `<figure>${svgFigure(figure)}</figure>`),
      tableOf(heading, rows),
    ],
  })
}

function figuresOf({ space }: SweepPlan, trials: readonly Trial[], scorings: readonly Scoring[]): Figure[] {
  const best = ranked(trials)
  const y = { label: 'score on the validation data' }
  const scored = trials.filter((trial) => best.includes(trial))
  const soFar = scored.map(
    ({ id }, i) => [id, Math.min(...scored.slice(0, i + 1).map((trial) => trial.score!))] as const,
  )
  return [
    {
      title: 'The best so far',
      x: { label: 'trial' },
      y,
      series: [
        { name: 'each trial', mark: 'dots', points: scored.map(({ id, score }) => [id, score!] as const) },
        { name: 'best so far', points: soFar },
      ],
    },
    ...space.map((dimension): Figure => {
      const { name } = dimension
      const scale = dimension.kind === 'choice' ? 'category' : dimension.log ? 'log' : 'linear'
      const valueOf = (trial: Trial) =>
        scale === 'category' ? trial.values[name]! : Number(trial.values[name])
      return {
        title: name,
        x: { label: name, scale },
        y,
        series: [
          {
            name: 'trials',
            mark: 'dots',
            points: scored.map((trial) => [valueOf(trial), trial.score!] as const),
          },
        ],
      }
    }),
    {
      title: 'Learning curves of the best',
      x: { label: 'step' },
      y,
      series: best.slice(0, shownCurves).map(({ id }) => ({
        name: `trial ${id}`,
        points: scorings.filter(({ trial }) => trial === id).map(({ step, score }) => [step, score] as const),
      })),
    },
  ]
}

function tableOf(heading: readonly string[], rows: readonly (readonly string[])[]): string {
  const row = (cells: readonly string[], tag: string) =>
    `<tr>${cells.map((cell) => `<${tag}>${escaped(cell)}</${tag}>`).join('')}</tr>`
  return `<table><thead>${row(heading, 'th')}</thead><tbody>${rows.map((cells) => row(cells, 'td')).join('\n')}</tbody></table>`
}
