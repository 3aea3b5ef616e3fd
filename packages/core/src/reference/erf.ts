const twoOverRootPi = 2 / Math.sqrt(Math.PI)

/**
 * Error function to a few ulp of float64: its everywhere positive series below 2.5 (Abramowitz & Stegun 7.1.6), the
 * continued fraction of erfc above (7.1.14, evaluated from the tail).
 */
export function erfOf(x: number): number {
  const a = Math.abs(x)
  if (a > 6) return Math.sign(x)
  if (Number.isNaN(x)) return NaN
  return a < 2.5 ? series(x) : Math.sign(x) * (1 - complement(a))
}

function series(x: number): number {
  let term = x
  let sum = x
  for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
    term *= (2 * x * x) / (2 * n + 1)
    sum += term
  }
  return twoOverRootPi * Math.exp(-x * x) * sum
}

function complement(a: number): number {
  let tail = a
  for (let n = 60; n > 0; n--) tail = a + n / 2 / tail
  return (Math.exp(-a * a) / tail) * (twoOverRootPi / 2)
}
