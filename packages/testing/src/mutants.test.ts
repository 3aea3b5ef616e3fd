import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { PrimitiveName } from '@tapeloop/core'
import { build } from 'esbuild'
import { describe, expect, test } from 'vitest'

/** The tester is tested: every fault below is planted into a copy of core, and the suite must notice. */
interface Mutant {
  readonly fault: string
  /** in packages/core/src */
  readonly file: string
  readonly find: string
  readonly put: string
  /** the primitive whose conformance suite notices, or random programs */
  readonly caughtBy: PrimitiveName | 'programs'
}

const mutants: readonly Mutant[] = [
  {
    fault: 'a derivative wrong by 0.1 %',
    file: 'ops/unary.ts',
    find: 'slope: (_x, y) => sub(1, mul(y, y))',
    put: 'slope: (_x, y) => mul(sub(1, mul(y, y)), 1.001)',
    caughtBy: 'tanh',
  },
  {
    fault: 'a derivative wrong by 0.1 % in one of two operands',
    file: 'ops/binary.ts',
    find: 'neg(div(a, squares(a, b)))',
    put: 'neg(div(mul(a, 0.999), squares(a, b)))',
    caughtBy: 'atan2',
  },
  {
    fault: 'a derivative that is right but has none of its own',
    file: 'ops/unary.ts',
    find: 'slope: (x) => cos(x)',
    put: "slope: (x) => apply1({ ...cosOp, derivative: { kind: 'none' } }, [x], {})",
    caughtBy: 'sin',
  },
  {
    fault: 'a missing term in forward mode',
    file: 'autodiff/jvp.ts',
    find: 'terms.reduce((a, b) => add(a, b))',
    put: 'terms[0]!',
    caughtBy: 'mul',
  },
  {
    fault: 'a missing term in the forward rule of the product',
    file: 'ops/matmul.ts',
    find: 'left && right ? add(left, right) : (left ?? right)!',
    put: '(left ?? right)!',
    caughtBy: 'matmul',
  },
  {
    fault: 'a gradient overwritten instead of added',
    file: 'autodiff/vjp.ts',
    find: 'sum === null ? part : add(sum, part)',
    put: 'part',
    caughtBy: 'tanh',
  },
  {
    fault: 'a transposed product',
    file: 'ops/matmul.ts',
    find: 'multiply(g, a!, true, transposeA)',
    put: 'multiply(a!, g, !transposeA, false)',
    caughtBy: 'matmul',
  },
  {
    fault: 'a broadcast undone along one axis only',
    file: 'ops/movement.ts',
    find: 'return sum(g, stretched, { keepDims: true })',
    put: 'return sum(g, stretched.slice(0, 1), { keepDims: true })',
    caughtBy: 'add',
  },
  {
    fault: 'a gradient of the maximum that goes to one of two equal elements',
    file: 'ops/binary.ts',
    find: '[1, 0.5, 0].map',
    put: '[1, 0, 0].map',
    caughtBy: 'maximum',
  },
  {
    fault: 'a reversed loop that reads the carry of the wrong step',
    file: 'autodiff/scan-vjp.ts',
    find: 'concat([sliceAxis(stack, 0, 1, length), first])',
    put: 'concat([first, sliceAxis(stack, 0, 0, length - 1)])',
    caughtBy: 'scan',
  },
  {
    fault: 'a backward loop in the direction of the forward one',
    file: 'autodiff/scan-vjp.ts',
    find: 'reverse: !attrs.reverse',
    put: 'reverse: attrs.reverse',
    caughtBy: 'scan',
  },
  {
    fault: 'a backward loop that forgets the cotangent of the last carry',
    file: 'autodiff/scan-vjp.ts',
    find: 'finals[i] ?? zeros(',
    put: 'zeros(',
    caughtBy: 'scan',
  },
  {
    fault: 'a block of a checkpointed loop that takes the wrong steps',
    file: 'autodiff/scan-blocks.ts',
    find: 'concat(reverse ? [last, flat] : [flat, last])',
    put: 'concat([flat, last])',
    caughtBy: 'scan',
  },
  {
    fault: 'activity that is not followed round the loop',
    file: 'autodiff/activity.ts',
    find: 'flags = grown',
    put: 'return grown',
    caughtBy: 'programs',
  },
  {
    fault: 'a loop over time run backwards under vmap',
    file: 'autodiff/scan-batch.ts',
    find: 'moveAxis(x, 0, 1)',
    put: 'x',
    caughtBy: 'scan',
  },
  {
    fault: 'batched indices that all read the first table',
    file: 'ops/indexing.ts',
    find: 'offsetRows(indices!, rows)], {})',
    put: 'indices!], {})',
    caughtBy: 'take',
  },
  {
    fault: 'a batching rule that forgets the new axis',
    file: 'ops/reduce.ts',
    find: 'apply1(cumsumOp, [x!], { axis: axis + 1, reverse })',
    put: 'apply1(cumsumOp, [x!], { axis, reverse })',
    caughtBy: 'cumsum',
  },
  {
    fault: 'a batching rule that reads the left matrix untransposed',
    file: 'ops/matmul.ts',
    find: 'layout.transposeA ? turned(a!) : a!',
    put: 'a!',
    caughtBy: 'matmul',
  },
  {
    fault: 'a kernel that leaves old numbers',
    file: 'ops/indexing.ts',
    find: 'y!.fill(0)\n      for (let i = 0; i < indices!.length; i++) {\n        const to',
    put: 'for (let i = 0; i < indices!.length; i++) {\n        const to',
    caughtBy: 'scatterAdd',
  },
  {
    fault: 'a kernel that writes to its input',
    file: 'ops/indexing.ts',
    find: 'const from = checked(',
    put: 'indices![i] = 0\n        const from = checked(',
    caughtBy: 'take',
  },
  {
    fault: 'a refusal that does not name the op',
    file: 'ops/concat.ts',
    find: "'there are no parts; give at least one tensor'",
    put: "'bad input'",
    caughtBy: 'concat',
  },
]

const root = fileURLToPath(new URL('../../..', import.meta.url))

interface Suite {
  checkOp(name: PrimitiveName): void
  checkPrograms(): void
}

/** The testing package on a copy of core with one fault. */
async function suiteWith(mutant: Mutant | null): Promise<Suite> {
  const entry = `
    import fc from 'fast-check'
    import { checkGradients } from './gradient-check.js'
    import { programs } from './programs/index.js'
    export { checkOp } from './op-conformance.js'
    fc.configureGlobal({ endOnFailure: true }) // nobody reads the counterexamples of planted faults
    export const checkPrograms = () => fc.assert(
      fc.property(programs({ smooth: true }), ({ f, args }) => checkGradients(f, args, { order: 1 })),
      { seed: 1, numRuns: 80 },
    )`
  const { outputFiles } = await build({
    stdin: { contents: entry, resolveDir: join(root, 'packages/testing/src'), loader: 'ts' },
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2023',
    alias: { '@tapeloop/core': join(root, 'packages/core/src/index.ts') },
    plugins: mutant
      ? [
          {
            name: 'mutant',
            setup: ({ onLoad }) =>
              onLoad({ filter: /packages\/core\/src\/.*\.ts$/ }, ({ path }) =>
                path.endsWith(`/src/${mutant.file}`)
                  ? { contents: planted(path, mutant), loader: 'ts' }
                  : null,
              ),
          },
        ]
      : [],
  })
  const code = Buffer.from(outputFiles[0]!.contents).toString('base64')
  return (await import(/* @vite-ignore */ `data:text/javascript;base64,${code}`)) as Suite
}

function planted(path: string, { find, put, file, fault }: Mutant): string {
  const source = readFileSync(path, 'utf8')
  expect(source.split(find).length, `"${fault}" finds its place in ${file}: ${find}`).toBeGreaterThan(1)
  return source.replace(find, () => put)
}

function run({ checkOp, checkPrograms }: Suite, by: Mutant['caughtBy']): void {
  if (by === 'programs') checkPrograms()
  else checkOp(by)
}

describe('a planted fault is caught:', () => {
  test.each(mutants)(
    '$fault',
    async (mutant) => {
      const suite = await suiteWith(mutant)
      expect(() => run(suite, mutant.caughtBy)).toThrow(/./)
    },
    60_000,
  )
})

test('without a fault the same checks pass', async () => {
  const suite = await suiteWith(null)
  for (const by of new Set(mutants.map(({ caughtBy }) => caughtBy)))
    expect(() => run(suite, by)).not.toThrow()
}, 60_000)
