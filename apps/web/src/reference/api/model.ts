/** Text of a docstring, as HTML. */
export type Html = string

/** A name with what is said of it: a parameter, a member, what is thrown. */
export interface ApiRow {
  /** As TypeScript writes it: a name, or a whole signature. */
  readonly code: string
  readonly doc: Html
}

/** Rows under a common word, as “Parameters”. */
export interface ApiFacts {
  readonly title: string
  readonly rows: readonly ApiRow[]
}

/** What a package exports under one name. */
export interface ApiSymbol {
  readonly name: string
  /** Where it stands on its page. */
  readonly anchor: string
  readonly kind: 'function' | 'class' | 'interface' | 'type' | 'constant' | 'namespace'
  /** What it is imported from: a package, or a subpath of one. */
  readonly from: string
  /** TypeScript, one declaration for every overload. */
  readonly declaration: string
  /** The docstring without its tags; empty where there is none. */
  readonly doc: Html
  /** The first sentence of it, without marks. */
  readonly summary: string
  readonly facts: readonly ApiFacts[]
  /** The file in the repository, and the line. */
  readonly file: string
  readonly line: number
  /** Names of exported types in the declaration and the members. */
  readonly mentions: readonly string[]
}

/** Exports that stand on one page: those of one file or folder of the sources, which belong together. */
export interface ApiPage {
  readonly title: string
  /** Its address, with slashes at both ends. */
  readonly url: string
  readonly symbols: readonly ApiSymbol[]
}

/** A package with all that it exports. */
export interface ApiPackage {
  readonly name: string
  /** Its folder in packages/. */
  readonly folder: string
  readonly description: string
  /** What is said of it as a whole; empty where nothing is. */
  readonly doc: Html
  readonly pages: readonly ApiPage[]
  /** Packages whose exports it hands on. */
  readonly handsOn: readonly string[]
}
