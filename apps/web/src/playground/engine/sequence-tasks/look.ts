/** What of a session is looked at. */
export interface Look {
  readonly plane: 'spread' | 'probe'
  /** the entry of the state that is drawn, where a cell has it */
  readonly entry: string
  /** the place of a string among those that are drawn */
  readonly string: number
  /** how far it has been read */
  readonly time: number
}

const usual: Look = { plane: 'spread', entry: 'h', string: 0, time: 0 }

/** Adds a look to an address, without what is as usual. */
export function printLook(address: string, look: Look): string {
  const query = new URLSearchParams(address)
  for (const name of Object.keys(usual) as (keyof Look)[]) {
    if (look[name] !== usual[name]) query.set(name, String(look[name]))
  }
  return query.toString()
}

/** The look of an address; what cannot be right is as usual. */
export function parseLook(address: string): Look {
  const query = new URLSearchParams(address)
  const place = (name: 'string' | 'time') => {
    const value = Number(query.get(name) ?? usual[name])
    return Number.isSafeInteger(value) && value >= 0 ? value : usual[name]
  }
  return {
    plane: query.get('plane') === 'probe' ? 'probe' : usual.plane,
    entry: query.get('entry') ?? usual.entry,
    string: place('string'),
    time: place('time'),
  }
}
