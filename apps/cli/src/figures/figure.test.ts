import { expect, test } from 'vitest'
import { svgFigure, type Figure } from './figure.js'

const plain: Figure = {
  title: 'Loss',
  x: { label: 'step' },
  y: { label: 'nats' },
  series: [
    {
      name: 'lstm',
      points: [
        [0, 4],
        [100, 2],
        [200, 1],
      ],
    },
  ],
}
const pathsOf = (svg: string) => [...svg.matchAll(/<path d="([^"]*)"/g)].map(([, path]) => path!)
const dotsOf = (svg: string) =>
  [...svg.matchAll(/<circle cx="([^"]*)" cy="([^"]*)"/g)].map(([, x, y]) => [Number(x), Number(y)])

test('a line falls where its values fall, from the left to the right', () => {
  const [path] = pathsOf(svgFigure(plain))
  const places = path!
    .slice(1)
    .split('L')
    .map((pair) => pair.split(',').map(Number))
  expect(places).toHaveLength(3)
  expect(places[0]![0]).toBeLessThan(places[1]![0]!)
  // downwards is a larger y
  expect(places[0]![1]).toBeLessThan(places[2]![1]!)
})

test('equal factors are equal distances on a logarithmic axis', () => {
  const points = [1e-4, 1e-3, 1e-2].map((x) => [x, 1] as const)
  const svg = svgFigure({
    ...plain,
    x: { label: 'lr', scale: 'log' },
    series: [{ name: 'a', points, mark: 'dots' }],
  })
  const [a, b, c] = dotsOf(svg).map(([x]) => x!)
  expect(b! - a!).toBeCloseTo(c! - b!, 0)
})

test('categories stand side by side under their names', () => {
  const points = [
    ['gru', 1],
    ['lstm', 2],
    ['gru', 3],
  ] as const
  const svg = svgFigure({
    ...plain,
    x: { label: 'cell', scale: 'category' },
    series: [{ name: 'a', points, mark: 'dots' }],
  })
  const [a, b, c] = dotsOf(svg).map(([x]) => x!)
  expect(a).toBe(c)
  expect(a).toBeLessThan(b!)
  expect(svg).toContain('>gru</text>')
})

test('what is not finite, or not above 0 on a logarithmic axis, is left out', () => {
  const points = [
    [1, NaN],
    [2, 1],
    [3, Infinity],
    [0, 1],
  ] as const
  const svg = svgFigure({
    ...plain,
    x: { label: 'n', scale: 'log' },
    series: [{ name: 'a', points, mark: 'dots' }],
  })
  expect(dotsOf(svg)).toHaveLength(1)
  expect(svg).not.toContain('NaN')
})

test('nothing to draw, and a single point, are figures', () => {
  for (const points of [[], [[3, 3]] as const]) {
    expect(svgFigure({ ...plain, series: [{ name: 'a', points }] })).not.toMatch(/NaN|Infinity|undefined/)
  }
})

test('names cannot break out of the figure', () => {
  const svg = svgFigure({ ...plain, title: '<script>"&' })
  expect(svg).not.toContain('<script>')
})
