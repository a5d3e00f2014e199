// Starts Chromium for a test: a fresh profile, nothing that talks to the outside, closed by its handle.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium } from 'playwright-core'

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/**
 * A browser context with a profile of its own. `options` are playwright's, e.g. `{ colorScheme: 'dark' }`.
 * `close()` ends the browser and removes the profile.
 */
export async function startChromium(options = {}) {
  const profile = await mkdtemp(join(tmpdir(), 'flyte-remote-chromium-'))
  const executablePath = process.env.CHROMIUM || '/usr/bin/chromium'
  let context
  try {
    context = await chromium.launchPersistentContext(profile, { executablePath, headless: true, args: FLAGS, ...options })
  } catch (error) {
    await rm(profile, { recursive: true, force: true })
    throw error
  }
  return {
    context,
    async close() {
      await context.close()
      await rm(profile, { recursive: true, force: true })
    },
  }
}
