import type { Palette } from '../../design/palette.js'

/** The colour of a category on a canvas; after the last it begins again. */
export const seriesIndexColor = ({ series }: Palette, index: number): string => series[index % series.length]!
