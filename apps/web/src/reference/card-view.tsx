import type { Card } from './cell-facts.js'

const count = (value: number) => Math.round(value).toLocaleString('en-US')

/** What proves a cell, and what it costs. */
export function CardView({ card }: { readonly card: Card }) {
  const { parameters, flops, products, speed, gradientErrors, invariants, tasks, golden } = card
  const checks = [...invariants, ...tasks, golden]
  const worst = Math.max(...Object.values(gradientErrors.byParameter))
  return (
    <>
      <p>
        {checks.filter(({ passed }) => passed).length} of {checks.length} checks pass. The largest relative
        error of a gradient against central differences, in float64, is {worst.toExponential(1)}.
      </p>
      <ul className="checks">
        {checks.map(({ title, passed }) => (
          <li key={title} data-passed={passed}>
            <span aria-label={passed ? 'passed' : 'failed'}>{passed ? '✓' : '✗'}</span> {title}
          </li>
        ))}
      </ul>
      <p>
        One layer of 128 units on 128 features has {count(parameters)} parameters. A step of one row takes{' '}
        {count(flops.forward)} floating-point operations forwards and {count(flops.training)} in training. In
        each step of the loop remain the products {listed(products.forward)} forwards and{' '}
        {listed(products.backward)} backwards; everything else is computed for all steps at once.
        {speed !== null && ` It trains ${speed.toFixed(2)} × as fast as an LSTM of as many units.`}
      </p>
    </>
  )
}

const listed = (products: readonly string[]) => (products.length === 0 ? 'none' : products.join(', '))
