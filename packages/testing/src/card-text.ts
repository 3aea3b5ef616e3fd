import { isSound, type CellCard, type CheckResult } from './card.js'

/** A card as a text, a line an entry. */
export function cardText(card: CellCard): string {
  const { name, title, cite, equations, size, parameters, flops, products, speed } = card
  const { inputSize, hiddenSize, batchSize, time } = size
  const listed = (what: readonly string[]) => (what.length === 0 ? 'none' : what.join(', '))
  const errors = Object.entries(card.gradientErrors)
  const margin = Math.max(...errors.map(([path]) => path.length))
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
    `    speed            ${speed.toFixed(2)} × lstm in training`,
    '',
    'Gradients, and how far they are from differences:',
    ...errors.map(
      ([path, error]) => `    ${path.padEnd(margin)}  ${error.toExponential(1)}${error < 1e-6 ? '' : ' ✗'}`,
    ),
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

/** TeX as it is written, without empty lines at its ends and without what all lines are indented by. */
function withoutIndent(text: string): string[] {
  const all = text.split('\n').filter((line) => line.trim() !== '')
  const indent = Math.min(...all.map((line) => line.search(/\S/)))
  return all.map((line) => line.slice(indent))
}

function count(value: number): string {
  return Math.round(value).toLocaleString('en-US')
}
