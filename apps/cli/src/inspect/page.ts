import type { LayerInspection } from '@tapeloop/inspect'
import { escaped, svgFigure } from '../figures/figure.js'
import { htmlPage } from '../figures/page.js'
import { bitsPerCharacter } from '@tapeloop/tapeloop'
import { score } from '../terminal/numbers.js'
import type { TextInspection } from './text-subject.js'

/** What a page on a model tells. */
export interface Inspected {
  /** what was looked at, in a sentence */
  readonly about: string
  /** the text, token by token; the last is the one that is explained */
  readonly tokens: readonly string[]
  readonly inspection: TextInspection
}

/** Surprise at which a token is as dark as can be, in bits. */
const darkest = 8

/** A model explained: one page of figures, which needs nothing from outside. */
export function inspectionPage({ about, tokens, inspection }: Inspected): string {
  const { surprise, saliency, layers } = inspection
  const read = tokens.slice(0, -1)
  const mean = surprise.reduce((sum, value) => sum + value, 0) / surprise.length
  const largest = Math.max(...saliency.map(Math.abs))
  return htmlPage({
    title: 'Inside a trained model',
    sections: [
      `<p>${escaped(about)}</p>`,
      section(
        'What surprised it',
        `The darker a token, the less the model expected it; here ${score(bitsPerCharacter(mean))} bits on average.`,
        shaded(tokens, [0, ...surprise.map((nats) => bitsPerCharacter(nats) / darkest)]),
      ),
      section(
        'Why it expected the last token',
        `Orange text made “${shown(tokens.at(-1)!)}” likelier, blue text made it less likely ` +
          '(integrated gradients of its log probability).',
        shaded(
          read,
          saliency.map((value) => value / largest),
        ),
      ),
      section(
        'How far back the gradient reaches',
        'The mean norm of the gradient of the loss at the end of a text in the state so many steps before. ' +
          'Where it falls to nothing, nothing can be learned from what was further back.',
        svgFigure({
          title: 'Gradient by time lag',
          x: { label: 'steps before the loss' },
          y: { label: 'norm of the gradient', scale: 'log' },
          series: layers.flatMap(({ flow }, i) =>
            Object.entries(flow).map(([name, norms]) => ({
              name: nameIn(layers, i, name),
              points: norms.map((norm, lag) => [lag, norm] as const),
            })),
          ),
        }),
      ),
      ...gateSections(layers),
      ...layers.map(({ active }, i) =>
        section(
          nameIn(layers, i, 'The most active units'),
          'The text, coloured by the output of the units that vary most: orange above zero, blue below.',
          active.map(({ unit, values }) => `<h3>Unit ${unit}</h3>${shaded(read, values)}`).join('\n'),
        ),
      ),
    ],
  })
}

function gateSections(layers: readonly LayerInspection[]): string[] {
  return layers.flatMap(({ gates }, i) => {
    if (Object.keys(gates).length === 0) return []
    const figure = svgFigure({
      title: nameIn(layers, i, 'Gates'),
      x: { label: 'part of the text with the gate nearly closed (below 0.1)' },
      y: { label: 'nearly open (above 0.9)' },
      series: Object.entries(gates).map(([name, { closed, open }]) => ({
        name,
        mark: 'dots' as const,
        points: closed.map((value, unit) => [value, open[unit]!] as const),
      })),
    })
    const about =
      'A dot for each unit. At the lower left gates work in between; further out they act as switches.'
    return [section(nameIn(layers, i, 'How its gates work'), about, figure)]
  })
}

function section(title: string, about: string, figure: string): string {
  return `<section><h2>${escaped(title)}</h2>\n<p>${escaped(about)}</p>\n<figure>${figure}</figure></section>`
}

/** With several layers, which of them it is. */
function nameIn(layers: readonly LayerInspection[], layer: number, name: string): string {
  return layers.length === 1 ? name : `${name}, layer ${layer + 1}`
}

/** A text whose tokens are coloured by values of −1 (blue) to 1 (orange). */
function shaded(tokens: readonly string[], values: readonly number[]): string {
  const spans = tokens.map((token, i) => {
    const value = Math.min(1, Math.max(-1, values[i] ?? 0))
    const colour = value < 0 ? '0 114 178' : '230 159 0'
    const text = escaped(token).replaceAll('\n', '↵\n')
    return `<span style="background:rgb(${colour} / ${Math.abs(value).toFixed(2)})" title="${(values[i] ?? 0).toFixed(3)}">${text}</span>`
  })
  return `<p class="text">${spans.join('')}</p>`
}

/** A token in a sentence. */
function shown(token: string): string {
  return token === '\n' ? '↵' : token
}
