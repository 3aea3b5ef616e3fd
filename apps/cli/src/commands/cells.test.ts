import { cells as registry } from '@tapeloop/layers'
import { describe, expect, test } from 'vitest'
import { jsonLines, tapeloop } from '../../fixtures/shell.js'

describe('cells', () => {
  test('lists the registry', async () => {
    const [list] = jsonLines((await tapeloop('cells', '--json', '--input-size', '3', '--hidden', '5')).out)
    const cells = list as unknown as { name: string; parameters: number; title: string }[]
    expect(cells.map(({ name }) => name)).toEqual(Object.keys(registry))
    expect(cells.find(({ name }) => name === 'lstm')).toMatchObject({
      title: 'Long short-term memory',
      parameters: 4 * 5 * (3 + 5 + 1),
    })
    const { out } = await tapeloop('cells')
    expect(out).toMatch(/^gru +98,688 +Gated recurrent unit$/m)
    expect(out).toContain('--forget-bias 1')
  })
})
