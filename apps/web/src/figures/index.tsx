import type { MDXComponents } from 'mdx/types'
import { AddingTapes } from './adding-tapes.js'

/** The figures that documents may use. */
export const figures: MDXComponents = { AddingTapes }
