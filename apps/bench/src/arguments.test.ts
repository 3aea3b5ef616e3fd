import { describe, expect, test } from 'vitest'
import { parseArguments, usage } from './arguments.js'
import { peerNames } from './benchmarks/benchmark.js'
import { benchmarks } from './benchmarks/index.js'

const parse = (line: string) => parseArguments(line.split(' ').filter((word) => word !== ''))

test('nothing said is every benchmark against PyTorch', () => {
  expect(parse('')).toMatchObject({
    benchmarks: Object.values(benchmarks),
    peers: ['pytorch'],
    json: false,
    rounds: 5,
    given: {},
  })
})

test('names, peers, levels and lists', () => {
  expect(
    parse('step custom --json --peers tfjs,brain.js --levels simd,wide --cells lstm,gru --hidden 64,128'),
  ).toMatchObject({
    benchmarks: [benchmarks['step'], benchmarks['custom']],
    peers: ['tfjs', 'brain.js'],
    levels: ['simd', 'wide'],
    json: true,
    given: { cell: ['lstm', 'gru'], hidden: [64, 128] },
  })
})

test('all peers, none, and the -- that pnpm hands on', () => {
  expect(parse('--peers all').peers).toEqual(peerNames)
  expect(parse('--peers none').peers).toEqual([])
  expect(parse('-- step').benchmarks).toEqual([benchmarks['step']])
})

test('the help names every benchmark, peer and list', () => {
  for (const word of [...Object.keys(benchmarks), ...peerNames, '--cells', '--checkpoints']) {
    expect(usage).toContain(word)
  }
  expect(parse('--help').help).toBe(true)
})

describe('what is refused, in one sentence', () => {
  test.each([
    ['fast', /there is no fast; there is step, custom/],
    ['--peers keras', /--peers: there is no keras; there is pytorch/],
    ['--levels slow', /--levels: there is no slow/],
    ['--cells elman', /--cells: there is no elman; there is rnn/],
    ['--hidden 64,x', /--hidden has x; it takes whole numbers/],
    ['--hidden ,', /--hidden is empty/],
    ['--rounds 0', /--rounds has 0/],
    ['--seconds -1', /--seconds/],
    ['--seconds=0', /--seconds is 0; it takes a number above 0/],
    ['--speed 3', /'--speed'; see pnpm bench --help/],
    ['sample --heads inside', /--heads means nothing to sample/],
  ])('%s', (line, message) => {
    expect(() => parse(line)).toThrow(message)
  })
})
