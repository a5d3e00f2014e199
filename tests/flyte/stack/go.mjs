// Programs built from Go modules, kept in the user's cache by what they are made of.

import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ask, cache, run, say, which } from '../../../scripts/shell.mjs'
import { Unavailable } from './unavailable.mjs'

const here = fileURLToPath(new URL('.', import.meta.url))

/**
 * Builds the package `what` in the module `module` beside this file, unless the cache has it; returns the program's path.
 * `source` is the module that the program comes from.
 */
export function goProgram({ name, version, module, source, what = '.', ldflags = '' }) {
  const folder = join(here, module)
  const go = which('go')
  if (!go) throw new Unavailable(`${name} is built from source, and Go is missing: https://go.dev/dl`)
  const env = { ...process.env, CGO_ENABLED: '0' }
  const key = digest(folder, [what, ldflags, ask(go, ['env', 'GOVERSION', 'GOOS', 'GOARCH'], { cwd: folder })])
  const program = join(cache, `${name}-${version}-${key}`, name)
  if (existsSync(program)) return program

  // The program's own module first: it is the one that is most likely missing, and the others are many.
  for (const args of [
    ['mod', 'download', source],
    ['list', '-deps', what],
  ]) {
    const { status, stderr } = spawnSync(go, args, { cwd: folder, env, encoding: 'utf8', stdio: ['ignore', 'ignore', 'pipe'] })
    if (status !== 0) throw new Unavailable(`the Go modules of ${name} ${version} are not to be had: ${reason(stderr)}`)
  }
  say(`building ${name} ${version} (some minutes, once)`)
  const place = dirname(program)
  mkdirSync(dirname(place), { recursive: true })
  const draft = mkdtempSync(`${place}-`)
  try {
    run(go, ['build', '-trimpath', '-buildvcs=false', '-ldflags', `-s -w ${ldflags}`, '-o', join(draft, name), what], { cwd: folder, env })
    rmSync(place, { recursive: true, force: true })
    renameSync(draft, place)
  } finally {
    rmSync(draft, { recursive: true, force: true })
  }
  return program
}

function digest(folder, settings) {
  const hash = createHash('sha256').update(JSON.stringify(settings))
  for (const file of readdirSync(folder).sort()) hash.update(`${file}\0`).update(readFileSync(join(folder, file)))
  return hash.digest('hex').slice(0, 12)
}

/** The line of Go's complaint that says what is missing. */
function reason(stderr) {
  const lines = stderr.split('\n').filter((line) => line.trim() && !line.startsWith('go: downloading'))
  return (lines.find((line) => /^go: |: reading /.test(line)) ?? lines.at(-1) ?? 'go failed').trim()
}
