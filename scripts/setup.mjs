// Prepares what is missing: npm packages, a Rust compiler for wasm, and for the tests a Chromium. Needs Node 20.16 and
// Rust, nothing else; every npm script calls it first, and it is quick when all is in place.

import { createHash } from 'node:crypto'
import { existsSync, lstatSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { prepareChromium } from './setup/chromium.mjs'
import { prepareWasm } from './setup/wasm.mjs'
import { main, root, run, SetupError } from './shell.mjs'

const stampFile = join(root, 'target/setup.json')

/** Prepares the checkout; returns where the tools are. */
export function setup({ browser = false } = {}) {
  const major = Number(process.versions.node.split('.')[0])
  if (major < 20) throw new SetupError(`Node ${process.versions.node} is too old, version 20 or newer is needed; see https://nodejs.org`)
  const stamp = readStamp()
  const recipe = digest('scripts/setup/wasm.mjs')
  const known = stamp.recipe === recipe ? existing(stamp.rustc) : undefined
  const next = { packages: preparePackages(stamp), recipe, rustc: known ?? prepareWasm() }
  if (browser || stamp.chromium)
    next.chromium = process.env.CHROMIUM || (existing(stamp.chromium) ?? (browser ? prepareChromium() : undefined))
  if (JSON.stringify(stamp) !== JSON.stringify(next)) {
    mkdirSync(join(root, 'target'), { recursive: true })
    writeFileSync(stampFile, JSON.stringify(next))
  }
  return next
}

function existing(path) {
  return path && existsSync(path) ? path : undefined
}

function digest(file) {
  return createHash('sha256')
    .update(readFileSync(join(root, file)))
    .digest('hex')
}

function readStamp() {
  try {
    return JSON.parse(readFileSync(stampFile, 'utf8'))
  } catch {
    return {}
  }
}

/** `npm ci` when the lock file is not the one that was installed. */
function preparePackages(stamp) {
  const lock = digest('package-lock.json')
  const folder = join(root, 'node_modules')
  if (stamp.packages === lock && existsSync(folder)) return lock
  // npm ci would empty the folder behind the link.
  if (lstatSync(folder, { throwIfNoEntry: false })?.isSymbolicLink()) {
    throw new SetupError(`${folder} is a link and out of date; remove the link, or run npm ci in the folder that it leads to`)
  }
  run('npm', ['ci', '--no-audit', '--no-fund'])
  return lock
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await main(() => {
    setup({ browser: process.argv.includes('--browser') })
  })
}
