import { adding, type AddingPicture, type AddingSettings } from './adding.js'

/** Who trains, one after the other. */
export interface RaceSettings {
  readonly runners: readonly { readonly label: string; readonly settings: AddingSettings }[]
}

/** All pictures so far of everyone, by label; given after every new one. */
export async function* race({
  runners,
}: RaceSettings): AsyncGenerator<Readonly<Record<string, readonly AddingPicture[]>>> {
  const all: Record<string, readonly AddingPicture[]> = {}
  for (const { label, settings } of runners) {
    for await (const picture of adding(settings)) {
      all[label] = [...(all[label] ?? []), picture]
      yield all
    }
  }
}
