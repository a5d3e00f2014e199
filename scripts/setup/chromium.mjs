// A Chromium for the browser tests.

import { SetupError, which } from '../shell.mjs'
import * as debian from './debian.mjs'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']

/** The path of a Chromium: CHROMIUM, one on PATH, or Debian's package. */
export function prepareChromium() {
  const found = process.env.CHROMIUM || NAMES.map(which).find(Boolean)
  if (found) return found
  if (!debian.canInstall()) {
    throw new SetupError('Chromium is missing, the browser tests drive it; install it or name one in the environment variable CHROMIUM')
  }
  debian.install(['chromium'])
  return which('chromium')
}
