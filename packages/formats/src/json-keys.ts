/**
 * The first key that stands twice in one object of `json`, which `JSON.parse` would drop in silence.
 *
 * @param json text that `JSON.parse` has accepted.
 */
export function findDuplicateKey(json: string): string | undefined {
  const open: Set<string>[] = []
  for (let i = 0; i < json.length; i++) {
    const character = json[i]
    if (character === '{' || character === '[') open.push(new Set())
    else if (character === '}' || character === ']') open.pop()
    else if (character === '"') {
      const start = i
      for (i++; i < json.length && json[i] !== '"'; i++) if (json[i] === '\\') i++
      // in valid JSON, a string is a key if and only if a colon follows
      let after = i + 1
      while (' \t\n\r'.includes(json[after] ?? '.')) after++
      if (json[after] !== ':') continue
      const key: unknown = JSON.parse(json.slice(start, i + 1))
      const keys = open.at(-1)
      if (typeof key !== 'string' || keys === undefined) continue
      if (keys.has(key)) return key
      keys.add(key)
    }
  }
  return undefined
}
