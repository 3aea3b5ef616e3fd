/** A page in the list beside a document. */
export interface SectionItem {
  readonly title: string
  readonly url: string
}

/** Pages that belong together, under a common name where they have one. */
export interface SectionGroup {
  readonly title?: string
  readonly items: readonly SectionItem[]
}
