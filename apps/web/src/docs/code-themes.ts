/** The colours of code, by name of the token of tokens.css; both themes are in the token itself. */
const colors = {
  ink: ['variable', 'meta', 'support.type', 'entity.name.type'],
  'ink-soft': ['punctuation', 'keyword.operator', 'storage.type.function.arrow'],
  'ink-faint': ['comment', 'punctuation.definition.comment'],
  'code-keyword': [
    'keyword.control',
    'storage',
    'keyword.operator.new',
    'variable.language',
    'entity.name.tag',
  ],
  'code-string': ['string', 'punctuation.definition.string', 'markup.inline.raw'],
  'code-constant': [
    'constant',
    'support.constant',
    'entity.other.attribute-name',
    'variable.parameter.option',
  ],
  'code-function': ['entity.name.function', 'support.function', 'meta.function-call.generic'],
}

const theme = {
  name: 'tapeloop',
  type: 'light' as const,
  fg: 'var(--ink)',
  bg: 'var(--paper-sunk)',
  settings: Object.entries(colors).map(([token, scope]) => ({
    scope,
    settings: { foreground: `var(--${token})` },
  })),
}

/** The theme of all code on the site: one, for light and dark. */
export const codeThemes = { light: theme, dark: theme }
