const tokens =
  /\s*(?:([{}[\],:])|("(?:[ !#-[\]-\uFFFF]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*")|(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])|(?:true|false|null)(?!\w)))/y

/** What may come next in a JSON text. */
type Expected = 'value' | 'value or end' | 'name' | 'name or end' | 'colon' | 'comma or end'

/** The column, from 1, at which a text stops being JSON. Engines disagree on whether and how they say it. */
export function jsonErrorColumn(text: string): number {
  const open: ('{' | '[')[] = []
  let expected: Expected = 'value'
  let at = 0
  for (;;) {
    tokens.lastIndex = at
    const match = tokens.exec(text)
    if (match === null) break
    const [whole, mark, string] = match
    const next = after(expected, mark, string !== undefined, open)
    if (next === undefined) break
    expected = next
    at += whole.length
  }
  return at + /^\s*/.exec(text.slice(at))![0].length + 1
}

/** What may come after a token; nothing where the token may not come. */
function after(
  expected: Expected,
  mark: string | undefined,
  isString: boolean,
  open: ('{' | '[')[],
): Expected | undefined {
  if (mark === undefined) {
    if (expected === 'name' || expected === 'name or end') return isString ? 'colon' : undefined
    return expected === 'value' || expected === 'value or end' ? 'comma or end' : undefined
  }
  if (mark === ':') return expected === 'colon' ? 'value' : undefined
  if (mark === ',') {
    if (expected !== 'comma or end' || open.length === 0) return undefined
    return open.at(-1) === '{' ? 'name' : 'value'
  }
  if (mark === '{' || mark === '[') {
    if (expected !== 'value' && expected !== 'value or end') return undefined
    open.push(mark)
    return mark === '{' ? 'name or end' : 'value or end'
  }
  const mayEnd = expected === 'comma or end' || expected === (mark === '}' ? 'name or end' : 'value or end')
  if (!mayEnd || open.pop() !== (mark === '}' ? '{' : '[')) return undefined
  return 'comma or end'
}
