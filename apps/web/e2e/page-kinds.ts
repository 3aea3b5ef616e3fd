/** One page of each kind that the site has. */
export const pageKinds: readonly string[] = [
  '/',
  '/learn/',
  '/guides/',
  '/guides/benchmarks/',
  '/cells/',
  '/reference/',
  '/decisions/0001-sources-first/',
  '/playground/',
]
