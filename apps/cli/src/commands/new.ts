import { existsSync } from 'node:fs'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { cellNameProblem } from '@tapeloop/layers'
import type { Command } from 'commander'
import { refuseUsage } from '../errors.js'
import type { Shell } from '../shell.js'
import { version } from '../version.js'

/** `tapeloop new cell <folder>`: a package with one cell, and the conformance suite for it. */
export function addNew(program: Command, { output }: Shell): void {
  program
    .command('new')
    .summary('begin a recurrent cell of your own')
    .description(
      'Makes a package with a recurrent cell, the smallest there is, for you to change, and with the conformance suite that ' +
        'every cell of Tapeloop passes.',
    )
    .argument('<kind>', 'what to make: cell')
    .argument('<folder>', 'a new folder, by the name of the cell')
    .action(async (kind: string, folder: string) => {
      if (kind !== 'cell') refuseUsage(`There is no new "${kind}"; write tapeloop new cell <folder>.`)
      const name = basename(resolve(folder))
      const problem = cellNameProblem(name)
      if (problem !== undefined) refuseUsage(`new cell: ${problem}.`)
      if (existsSync(folder) && (await readdir(folder)).length > 0) {
        refuseUsage(`"${folder}" is not empty; name a new folder.`)
      }
      await mkdir(folder, { recursive: true })
      const files = { 'package.json': manifest(name), 'index.js': cell(name), 'index.test.js': suite() }
      for (const [file, text] of Object.entries(files)) await writeFile(join(folder, file), text)
      output.write(`${join(folder, 'index.js')} is a cell that passes everything. Next:

1. cd ${folder} && npm install
2. npm test                  runs the suite; npm test -- --watch runs it at every change
3. Write your equations, step and source in index.js.

From the terminal: tapeloop train text.txt --out model --cell ${join(folder, 'index.js')}
Who has the package uses the cell as any other: recurrent(cell, { inputSize, hiddenSize }) or languageModel({ cell, … });
after registerCell(cell) it is found by its name, too.
`)
    })
}

function manifest(name: string): string {
  const range = `^${version}`
  const value = {
    name,
    version: '0.1.0',
    type: 'module',
    exports: './index.js',
    files: ['index.js'],
    scripts: { test: 'node --test' },
    peerDependencies: { '@tapeloop/core': range, '@tapeloop/layers': range },
    devDependencies: { '@tapeloop/testing': range },
  }
  return `${JSON.stringify(value, null, 2)}\n`
}

/** The simple recurrent network, written with what packages export. */
function cell(name: string): string {
  const title = name[0]!.toUpperCase() + name.slice(1).replaceAll('-', ' ')
  return `import { tanh } from '@tapeloop/core'
import { defineCell, glorotUniform, orthogonal, zerosInit } from '@tapeloop/layers'

/** The simple recurrent network: write what yours computes, and who published it. */
export const cell = defineCell({
  name: '${name}',
  title: '${title}',
  cite: ['elman1990'],
  equations: String.raw\`h_t = \\tanh(W x_t + R h_{t-1} + b)\`,
  options: {},
  state: ({ hiddenSize }) => ({ h: [hiddenSize] }),
  params: ({ inputSize, hiddenSize }) => ({
    kernel: glorotUniform([inputSize, hiddenSize]),
    recurrentKernel: orthogonal([hiddenSize, hiddenSize]),
    bias: zerosInit([hiddenSize]),
  }),
  step: ({ kernel, recurrentKernel, bias }, { h }, x) => ({
    h: tanh(x.matmul(kernel).add(h.matmul(recurrentKernel)).add(bias)),
  }),
})
`
}

function suite(): string {
  return `import { test } from 'node:test'
import { cellChecks, cellSubject } from '@tapeloop/testing'
import { cell } from './index.js'

// none of these sees two gates swapped: compare with numbers that something else computed, by checkGolden
for (const { title, check } of cellChecks) test(title, () => check(cellSubject(cell)))
`
}
