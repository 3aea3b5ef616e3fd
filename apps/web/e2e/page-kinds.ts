/** One page of each kind that the site has. */
export const pageKinds: readonly string[] = [
  '/',
  '/learn/',
  '/learn/vanishing-gradients/',
  '/learn/lstm/',
  '/guides/',
  '/guides/benchmarks/',
  '/cells/',
  '/cells/lstm/',
  '/reference/',
  '/reference/ops/',
  '/reference/cli/',
  '/decisions/0001-sources-first/',
  '/playground/',
  '/playground/gradient-lab/',
  '/playground/sequence-tasks/',
  '/playground/text/',
]
