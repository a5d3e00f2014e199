// flytekit in a virtual environment under the user's cache folder, and a Python process that does what it is told.

import { spawn, spawnSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { cache } from '../../../scripts/shell.mjs'

const VERSION = '1.16.31'
const folder = join(cache, `flytekit-${VERSION}`)
/** The interpreter, once nothing is `missing`. */
export const python = join(folder, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python')

/** Prepares flytekit when it is not there yet, which takes about a minute; why it can't be had, or nothing. */
export function missing() {
  const done = join(folder, '.complete')
  if (existsSync(done) && existsSync(python)) return undefined
  const ran = (command, args) => spawnSync(command, args, { stdio: 'ignore', timeout: 300_000 }).status === 0
  if (!ran('python3', ['-c', 'import venv, sys; sys.exit(sys.version_info < (3, 10))'])) return 'Python 3.10 with venv is not there'
  if (!ran('python3', ['-m', 'venv', folder])) return 'a virtual environment of Python could not be made'
  if (!ran(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', `flytekit==${VERSION}`]))
    return `flytekit ${VERSION} could not be installed from PyPI`
  writeFileSync(done, '')
  return undefined
}

/** A Python with a FlyteRemote of flytekit: `ask('fetch', { … })` resolves to what `peer.py` answers. */
export class Peer {
  #process
  #waiting = []

  constructor(endpoint, { project, domain }) {
    const script = fileURLToPath(new URL('peer.py', import.meta.url))
    const env = { ...process.env, FLYTE_SDK_LOGGING_LEVEL: '50', TZ: 'UTC', PYTHONDONTWRITEBYTECODE: '1' }
    for (const name of ['FLYTE_ENDPOINT', 'FLYTE_STORAGE']) delete env[name]
    this.#process = spawn(python, [script, endpoint, project, domain], { env, stdio: ['pipe', 'pipe', 'pipe'] })
    let errors = ''
    this.#process.stderr.on('data', (text) => {
      errors = (errors + text).slice(-4000)
    })
    createInterface({ input: this.#process.stdout }).on('line', (line) => {
      if (!line.startsWith('{')) return
      const { error, value } = JSON.parse(line)
      const waiting = this.#waiting.shift()
      if (error) waiting?.reject(new Error(error))
      else waiting?.resolve(value)
    })
    this.#process.on('exit', () => {
      for (const waiting of this.#waiting.splice(0)) waiting.reject(new Error(`Python ended: ${errors}`))
    })
  }

  ask(what, args = {}) {
    const answer = new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }))
    this.#process.stdin.write(`${JSON.stringify({ do: what, ...args })}\n`)
    return answer
  }

  close() {
    this.#process.stdin.end()
    this.#process.kill()
  }
}
