import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { chromiumPath } from '../../../scripts/chromium.js'

const root = fileURLToPath(new URL('../../..', import.meta.url))

/** Builds the site before the tests that visit it; turbo does nothing where it is built of these very sources. */
export default function setup(): void {
  if (chromiumPath() === null) return
  execFileSync('npx', ['turbo', 'run', 'build', '--filter=@tapeloop/web', '--output-logs=errors-only'], {
    cwd: root,
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1', NEXT_TELEMETRY_DISABLED: '1' },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
}
