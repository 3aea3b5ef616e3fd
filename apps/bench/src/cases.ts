import type { Axes, Benchmark } from './benchmarks/benchmark.js'
import type { Case } from './protocol.js'

/** Axes by which no other is measured: sizes of the whole table, not properties of their own. */
const columns = new Set(['hidden', 'batch', 'time'])

/**
 * The cases of a benchmark. Where the user gave lists, all combinations of them, each other axis at its first value;
 * otherwise as the benchmark says.
 */
export function casesOf({ axes, vary }: Pick<Benchmark, 'axes' | 'vary'>, given: Axes): Case[] {
  const known = Object.keys(axes)
  const chosen = Object.fromEntries(known.map((name) => [name, given[name] ?? axes[name]!]))
  if (vary === 'together') return combinations(chosen)
  const others = known.filter((name) => !columns.has(name))
  const only = (kept: readonly string[]) =>
    Object.fromEntries(
      known.map((name) => {
        const whole = columns.has(name) || kept.includes(name)
        return [name, whole ? chosen[name]! : chosen[name]!.slice(0, 1)]
      }),
    )
  if (others.some((name) => given[name])) return combinations(only(others.filter((name) => given[name])))
  const all = others.flatMap((name) => combinations(only([name])))
  return [...new Map(all.map((each) => [JSON.stringify(each), each])).values()]
}

/** Every combination; the last axis changes fastest. An axis without values is left out. */
export function combinations(axes: Axes): Case[] {
  let cases: Case[] = [{}]
  for (const [name, values] of Object.entries(axes)) {
    if (values.length > 0)
      cases = cases.flatMap((each) => values.map((value) => ({ ...each, [name]: value })))
  }
  return cases
}
