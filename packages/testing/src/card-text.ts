import { isSound, mostError, type CellCard } from './card.js'
import type { CheckResult } from './proof.js'

/** A card as a text, a line an entry. */
export function cardText(card: CellCard): string {
  const { name, title, cite, equations, size, parameters, flops, products, speed } = card
  const { inputSize, hiddenSize, batchSize, time } = size
  const listed = (what: readonly string[]) => (what.length === 0 ? 'none' : what.join(', '))
  return [
    `${name}: ${title}`,
    `source: ${cite.length === 0 ? '✗ none; name the key of its paper in cite' : cite.join(', ')}`,
    '',
    ...withoutIndent(equations).map((line) => `    ${line}`),
    '',
    `One layer of ${hiddenSize} units, ${inputSize} numbers in, ${batchSize} rows, ${time} steps:`,
    `    parameters       ${count(parameters)}`,
    `    FLOPs a step     ${count(flops.forward)} a row forwards, ${count(flops.training)} in training`,
    `    products a step  ${listed(products.forward)} forwards; ${listed(products.backward)} backwards`,
    `                     (those that need no state are made for all steps at once)`,
    ...(speed === null ? [] : [`    speed            ${speed.toFixed(2)} × lstm in training`]),
    '',
    'How far gradients are from differences, by parameter, and by op at the values it has in the cell:',
    ...besides(errorLines(card.gradientErrors.byParameter), errorLines(card.gradientErrors.byOp)),
    '',
    'Checks:',
    ...card.invariants.flatMap(lines),
    '',
    'Tasks:',
    ...card.tasks.flatMap(lines),
    '',
    'Golden numbers:',
    ...lines(card.golden),
    '',
    isSound(card) ? `${name} passes everything.` : `${name} fails what is marked ✗.`,
    '',
  ].join('\n')
}

function lines({ title, passed, said }: CheckResult): string[] {
  const reason = said.split('\n').map((line) => `      ${line}`)
  return [`  ${passed ? '✓' : '✗'} ${title}`, ...(passed ? [] : reason)]
}

function errorLines(errors: Readonly<Record<string, number>>): string[] {
  const margin = Math.max(...Object.keys(errors).map((name) => name.length))
  return Object.entries(errors).map(
    ([name, error]) => `${name.padEnd(margin)}  ${error.toExponential(1)}${error < mostError ? '' : ' ✗'}`,
  )
}

/** Two lists side by side. */
function besides(left: readonly string[], right: readonly string[]): string[] {
  const margin = Math.max(...left.map(({ length }) => length))
  return Array.from({ length: Math.max(left.length, right.length) }, (_, i) =>
    `    ${(left[i] ?? '').padEnd(margin)}      ${right[i] ?? ''}`.trimEnd(),
  )
}

/** TeX as it is written, without empty lines at its ends and without what all lines are indented by. */
function withoutIndent(text: string): string[] {
  const all = text.split('\n').filter((line) => line.trim() !== '')
  const indent = Math.min(...all.map((line) => line.search(/\S/)))
  return all.map((line) => line.slice(indent))
}

function count(value: number): string {
  return Math.round(value).toLocaleString('en-US')
}
