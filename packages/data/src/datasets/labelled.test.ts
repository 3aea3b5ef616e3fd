import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { sharedFolder } from '../../../../scripts/shared.js'
import { readLabelledFolder } from '../node.js'
import { labelledLines, parseLabelledSequences } from './labelled.js'

test('each file of a folder is a class, each of its lines an example', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tapeloop-labelled-'))
  try {
    await writeFile(join(folder, 'Spanish.txt'), 'García\r\n\nLópez\n')
    await writeFile(join(folder, 'Czech.txt'), 'Dvořák\n')
    await writeFile(join(folder, 'notes.md'), 'no class')
    expect(await readLabelledFolder(folder)).toEqual({
      classes: ['Czech', 'Spanish'],
      examples: [
        { text: 'Dvořák', y: 0 },
        { text: 'García', y: 1 },
        { text: 'López', y: 1 },
      ],
    })
  } finally {
    await rm(folder, { recursive: true })
  }
  await expect(readLabelledFolder(join(folder, 'none'))).rejects.toThrow('there is no such file')
  expect(() => labelledLines([{ name: 'a.txt', text: 'x' }])).toThrow(
    'labelledLines: each file is a class, but there are 1 with text in them; give at least 2.',
  )
})

test('sequences keep their parts and groups, and labels become places', () => {
  const value = {
    classes: [-1, 1],
    train: [
      { label: 1, group: 2, seq: [[1, 2]] },
      {
        label: -1,
        seq: [
          [3, 4],
          [5, 6],
        ],
      },
    ],
    test: [{ label: 1, seq: [[7, 8]] }],
  }
  expect(parseLabelledSequences(value)).toEqual({
    classes: [-1, 1],
    features: 2,
    parts: {
      train: [
        { x: [[1, 2]], y: 1, group: 2 },
        {
          x: [
            [3, 4],
            [5, 6],
          ],
          y: 0,
        },
      ],
      test: [{ x: [[7, 8]], y: 1 }],
    },
  })
})

test.each([
  [
    [],
    'a.json has no list of sequences; it must be a record such as {"train": [{"label": 0, "seq": [[1, 2]]}]}.',
  ],
  [{ train: [{ seq: [[1]] }] }, 'a.json, train 0: label must be a text or a number, but it is undefined.'],
  [
    { train: [{ label: 1, seq: [] }] },
    'a.json, train 0: seq must be a list with a list of numbers for each time.',
  ],
  [
    {
      train: [
        { label: 1, seq: [[1], [2]] },
        { label: 1, seq: [[1], [1, 2]] },
      ],
    },
    'a.json, train 1: time 1 must have 1 numbers, but it is [1,2].',
  ],
  [
    { train: [{ label: 1, seq: [[1], ['2']] }] },
    'a.json, train 0: time 1 must have 1 numbers, but it is ["2"].',
  ],
])('%j is refused', (value, message) => {
  expect(() => parseLabelledSequences(value, 'a.json')).toThrow(message)
})

const indoor = join(sharedFolder, 'data/seqclass/indoor_movement.json')

test.skipIf(!existsSync(indoor))('movements in rooms are read with their groups', () => {
  const { classes, features, parts } = parseLabelledSequences(JSON.parse(readFileSync(indoor, 'utf8')))
  expect([classes, features, Object.keys(parts)]).toEqual([[-1, 1], 4, ['sequences']])
  expect(parts.sequences).toHaveLength(314)
  expect(new Set(parts.sequences!.map(({ group }) => group))).toEqual(new Set([1, 2, 3]))
})
