import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { jsonLines, scratch, tapeloop } from '../../fixtures/shell.js'

test('doctor says of each thing what was found and what to do', async () => {
  const { out, code } = await tapeloop('doctor')
  expect(code).toBe(0)
  for (const what of ['Node', 'WebAssembly', 'threads', 'memory', 'GPU', 'terminal'])
    expect(out).toMatch(new RegExp(`^${what} +\\S`, 'm'))
  const [findings] = jsonLines((await tapeloop('doctor', '--json')).out) as unknown as {
    what: string
    found: string
    advice: string
  }[][]
  expect(findings).toHaveLength(6)
  expect(findings!.find(({ what }) => what === 'Node')!.found).toBe(process.versions.node)
  expect(findings!.every(({ advice }) => advice.length > 5)).toBe(true)
})

test('bench measures training and writing', async () => {
  const flags = '--hidden 8 --batch-size 2 --seq-length 8 --seconds 1 --json'.split(' ')
  const [speeds] = jsonLines((await tapeloop('bench', ...flags)).out)
  expect(speeds).toMatchObject({ cell: 'lstm', hidden: 8, backend: expect.stringMatching(/^wasm/) })
  expect(speeds!['trainCharactersPerSecond']).toBeGreaterThan(100)
  expect(speeds!['sampleCharactersPerSecond']).toBeGreaterThan(100)
})

test('completion knows commands, options and names', async () => {
  const folder = scratch()
  const bash = (await tapeloop('completion', 'bash')).out
  const script = join(folder, 'complete.bash')
  const complete = (...words: string[]) => {
    const list = words.map((word) => `'${word}'`).join(' ')
    writeFileSync(
      script,
      `${bash}\nCOMP_WORDS=(tapeloop ${list}); COMP_CWORD=${words.length}; _tapeloop; printf '%s\\n' "\${COMPREPLY[@]}"\n`,
    )
    return spawnSync('bash', [script], { encoding: 'utf8' }).stdout.trimEnd().split('\n')
  }
  expect(complete('tr')).toEqual(['train'])
  expect(complete('train', '--seq')).toEqual(['--seq-length'])
  expect(complete('train', '--schedule', 'co')).toEqual(['cosine', 'constant'])
  expect((await tapeloop('completion', 'zsh')).out).toContain('bashcompinit')
  const fish = (await tapeloop('completion', 'fish')).out
  expect(fish).toContain(
    "complete -c tapeloop -n '__fish_seen_subcommand_from train' -l schedule -x -a 'cosine constant",
  )
  expect((await tapeloop('completion', 'tcsh')).err).toMatch(
    /The shell is "tcsh"; it must be bash, zsh or fish/,
  )
})

test('the help of train has examples that are commands', async () => {
  const { out } = await tapeloop('train', '--help')
  const examples = [...out.matchAll(/^ {2}tapeloop (train .*)$/gm)]
  expect(examples.length).toBeGreaterThan(4)
  const flags = examples.flatMap(([, line]) => line!.match(/--[\w-]+/g) ?? [])
  for (const flag of flags) expect(out).toMatch(new RegExp(`^ {2}(-\\w, )?${flag}[ ,]`, 'm'))
})
