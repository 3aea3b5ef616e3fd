/** How a training came down: the last step of each part of it, and the mean score of that part. */
export type Curve = readonly (readonly [step: number, score: number])[]

/** Parts that a training is seen in: one batch tells little, and more points than a terminal has columns nobody sees. */
const parts = 60

/** Averages losses over equal parts of a training of so many steps. */
export function curveRecorder(steps: number, scoreOf: (loss: number) => number) {
  const size = Math.ceil(steps / parts)
  const points: [number, number][] = []
  let losses: number[] = []
  return {
    add(step: number, loss: number): void {
      losses.push(loss)
      if (step % size !== 0 && step !== steps) return
      points.push([step, scoreOf(mean(losses))])
      losses = []
    },
    points: (): Curve => points,
  }
}

/** The mean of the curves of one cell. Where a training broke off, the others go on without it. */
export function meanCurve(curves: readonly Curve[]): Curve {
  const scores = new Map<number, number[]>()
  for (const [step, score] of curves.flat()) scores.set(step, [...(scores.get(step) ?? []), score])
  return [...scores].toSorted(([a], [b]) => a - b).map(([step, values]) => [step, mean(values)])
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
