import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { foxText, jsonLines, scratch, tapeloop, tiny } from '../../fixtures/shell.js'

describe('eval', () => {
  test('leaves out characters that the model does not know, and says how many', async () => {
    const folder = scratch({ 'fox.txt': foxText, 'strange.txt': `${foxText}§¶ and more` })
    const out = join(folder, 'a')
    await tapeloop('train', join(folder, 'fox.txt'), '--out', out, ...tiny, '--steps', '1')
    const [result] = jsonLines((await tapeloop('eval', out, join(folder, 'strange.txt'), '--json')).out)
    expect(result).toMatchObject({ unknownCharacters: 2, characters: foxText.length + 8 })
    const { out: shown } = await tapeloop('eval', out, join(folder, 'strange.txt'), '--lanes', '3')
    expect(shown).toContain('2 characters (0.2 %) the model does not know were left out, and count nowhere')
    writeFileSync(join(folder, 'none.txt'), '§§§§')
    const none = await tapeloop('eval', out, join(folder, 'none.txt'))
    expect(none).toMatchObject({ code: 1, out: '' })
    expect(none.err).toMatch(
      /^error: ".*none\.txt" has 0 characters that the model knows \(and 4 others\).*\n$/,
    )
  })
})
