/** What waits to be painted, by who painted last; only the newest of each. */
const waiting = new Map<object, () => void>()

/** Paints soon, each picture in a task of its own: no task of the page is long, however many pictures there are. */
export function paintSoon(owner: object, paint: () => void): void {
  if (waiting.size === 0) schedule()
  waiting.set(owner, paint)
}

/** Forgets what has not been painted. */
export function dontPaint(owner: object): void {
  waiting.delete(owner)
}

function schedule(): void {
  requestAnimationFrame(() => setTimeout(paintNext))
}

function paintNext(): void {
  const [next] = waiting
  if (next === undefined) return
  const [owner, paint] = next
  waiting.delete(owner)
  paint()
  if (waiting.size > 0) setTimeout(paintNext)
}
