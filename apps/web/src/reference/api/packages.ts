import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ApiPackage, ApiPage, ApiSymbol } from './model.js'

/** Every package in the order in which they build on each other; `build/api` wrote it before the site was built. */
export const apiPackages: readonly ApiPackage[] = JSON.parse(
  readFileSync(join(process.cwd(), '.api/api.json'), 'utf8'),
).packages

/** A page with the package it is of. */
interface Place {
  readonly of: ApiPackage
  readonly page: ApiPage
}

const places: readonly Place[] = apiPackages.flatMap((of) => of.pages.map((page) => ({ of, page })))

/** The page at an address below /reference/api/; a package of many pages has one for itself, which is not among them. */
export const placeAt = (url: string): Place | undefined => places.find(({ page }) => page.url === url)

/** The address of a package. */
export const packageUrl = ({ folder }: Pick<ApiPackage, 'folder'>) => `/reference/api/${folder}/`

const addresses = new Map<string, { readonly of: ApiPackage; readonly url: string }[]>()
for (const { of, page } of places) {
  for (const { name, anchor } of page.symbols) {
    const others = addresses.get(name) ?? []
    addresses.set(name, [...others, { of, url: `${page.url}#${anchor}` }])
  }
}

/** Where a name stands that `from` uses: in that package, or in the first that has it. */
export function addressOf(name: string, from: string): string | undefined {
  const found = addresses.get(name) ?? []
  return (found.find(({ of }) => of.folder === from) ?? found[0])?.url
}

/** Every export with its address. */
export const allSymbols: readonly (Place & { readonly symbol: ApiSymbol; readonly url: string })[] =
  places.flatMap(({ of, page }) =>
    page.symbols.map((symbol) => ({ of, page, symbol, url: `${page.url}#${symbol.anchor}` })),
  )
