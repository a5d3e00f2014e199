// Build steps that run only when what they read has changed.

import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './shell.mjs'

const folder = join(root, 'target/steps')

/** Runs `work` when an input has changed since the last time or an output is missing. Paths are relative to the checkout. */
export function step(name, { inputs, outputs, settings = '' }, work) {
  const stamp = join(folder, `${name}.txt`)
  const now = digest(inputs, settings)
  const before = existsSync(stamp) ? readFileSync(stamp, 'utf8') : undefined
  if (now === before && outputs.every((path) => existsSync(join(root, path)))) return false
  rmSync(stamp, { force: true })
  work()
  mkdirSync(folder, { recursive: true })
  writeFileSync(stamp, now)
  return true
}

function digest(inputs, settings) {
  const hash = createHash('sha256').update(settings)
  for (const path of inputs) feed(hash, path)
  return hash.digest('hex')
}

function feed(hash, path) {
  const full = join(root, path)
  const stat = statSync(full, { throwIfNoEntry: false })
  if (!stat) return
  if (!stat.isDirectory()) {
    hash.update(`${path}\0${stat.size}\0`).update(readFileSync(full))
    return
  }
  for (const name of readdirSync(full).sort()) {
    if (name !== 'node_modules' && name !== 'dist') feed(hash, join(path, name))
  }
}
