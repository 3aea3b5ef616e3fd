import { expect, test } from 'vitest'
import { invocation, quoted } from './command-line.js'

test.each([
  [{}, 'tapeloop'],
  [
    { npm_lifecycle_event: 'tapeloop', npm_config_user_agent: 'pnpm/10.34.9 npm/? node/v20' },
    'pnpm tapeloop',
  ],
  [{ npm_lifecycle_event: 'train', npm_config_user_agent: 'npm/10.8.2 node/v20' }, 'npm run tapeloop --'],
])('called with %o it is %s', (env, command) => {
  expect(invocation(env)).toBe(command)
})

test.each([
  ['runs/moby-dick', 'runs/moby-dick'],
  ['--lr=2e-3', '--lr=2e-3'],
  ['my runs', `'my runs'`],
  [`it's`, String.raw`'it'\''s'`],
  ['', `''`],
])('%s is quoted as %s', (arg, text) => {
  expect(quoted(arg)).toBe(text)
})
