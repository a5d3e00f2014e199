// What the tests of the console share.

import { fileURLToPath } from 'node:url'
import { startChromium } from './chromium.mjs'

/** The built console. */
export const www = fileURLToPath(new URL('../../dist/www', import.meta.url))

/** A browser of a size, time zone and language that tests can count on. */
export const startBrowser = () => startChromium({ viewport: { width: 1280, height: 800 }, timezoneId: 'Europe/Vienna', locale: 'en-GB' })

/** Waits for a page's heading. */
export const heading = (page, text) => page.getByRole('heading', { level: 1, name: text }).waitFor()
