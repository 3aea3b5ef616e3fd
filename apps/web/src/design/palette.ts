/** The colours of tokens.css for figures: by name for SVG and CSS, by value for a canvas. */

/** Colours for categories, in the order to take them; told apart with any colour vision. */
const series = [1, 2, 3, 4, 5, 6].map((index) => `var(--series-${index})`)

/** The colour of the category with this index; after the last it begins again. */
export const seriesColor = (index: number): string => series[index % series.length]!

type Rgb = readonly [red: number, green: number, blue: number]

/** The colours of a page as they are now, light or dark. */
export interface Palette {
  readonly paper: string
  readonly ink: string
  readonly inkFaint: string
  readonly line: string
  readonly accent: string
  readonly series: readonly string[]
  /** The colour of an amount from 0 to 1, as red, green and blue from 0 to 255. */
  heat(amount: number): Rgb
}

/** The palette where `element` stands. Ask again when the theme changes (see `onThemeChange`). */
export function paletteAt(element: Element): Palette {
  const style = getComputedStyle(element)
  const color = (name: string) => style.getPropertyValue(`--${name}`)
  const stops = [0, 1, 2, 3].map((index) => rgb(color(`heat-${index}`)))
  return {
    paper: color('paper'),
    ink: color('ink'),
    inkFaint: color('ink-faint'),
    line: color('line'),
    accent: color('accent'),
    series: series.map((_, index) => color(`series-${index + 1}`)),
    heat(amount) {
      const at = Math.min(Math.max(amount, 0), 1) * (stops.length - 1)
      const index = Math.min(Math.floor(at), stops.length - 2)
      return mix(stops[index]!, stops[index + 1]!, at - index)
    },
  }
}

/** Calls `listener` after every change between light and dark; returns how to stop. */
export function onThemeChange(listener: () => void): () => void {
  const media = matchMedia('(prefers-color-scheme: dark)')
  media.addEventListener('change', listener)
  const observer = new MutationObserver(listener)
  observer.observe(document.documentElement, { attributeFilter: ['data-theme'] })
  return () => {
    media.removeEventListener('change', listener)
    observer.disconnect()
  }
}

/** `rgb(r, g, b)`, which is how a computed colour is written. */
const rgb = (color: string): Rgb => {
  const [red = 0, green = 0, blue = 0] = color.match(/[\d.]+/g)?.map(Number) ?? []
  return [red, green, blue]
}

const mix = (a: Rgb, b: Rgb, amount: number): Rgb => [
  a[0] + (b[0] - a[0]) * amount,
  a[1] + (b[1] - a[1]) * amount,
  a[2] + (b[2] - a[2]) * amount,
]
