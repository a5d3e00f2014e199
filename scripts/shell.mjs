// What every build script needs: run a command, say a line, stop with one.

import { spawnSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The checkout. */
export const root = fileURLToPath(new URL('..', import.meta.url))

/** Where things that outlive a checkout are kept. */
export const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'flyte-remote')

/** A failure that is the reader's to mend: printed as one line, without a stack. */
export class SetupError extends Error {}

/** Runs a command in the checkout with its output shown, or returned where `stdio` says so; stops the script when it fails. */
export function run(command, args, options = {}) {
  const { status, error, stdout } = spawnSync(command, args, { cwd: root, stdio: 'inherit', encoding: 'utf8', ...options })
  if (error) throw new SetupError(`${command} could not be started: ${error.message}`)
  if (status !== 0) throw new SetupError(`${[command, ...args].join(' ')} failed (exit code ${status})`)
  return stdout
}

/** Runs a command and returns what it printed, or undefined when it fails or is missing. */
export function ask(command, args, options = {}) {
  const { status, stdout } = spawnSync(command, args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], ...options })
  return status === 0 ? stdout.trim() : undefined
}

/** The full path of a command on PATH, or undefined. */
export function which(command) {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const path = join(folder, command)
    try {
      accessSync(path, constants.X_OK)
      return path
    } catch {}
  }
  return undefined
}

/** Prints a line of progress. */
export function say(text) {
  console.error(`flyte-remote: ${text}`)
}

/** Runs a script's main function; a SetupError becomes one line and exit code 1. */
export async function main(body) {
  try {
    await body()
  } catch (error) {
    if (!(error instanceof SetupError)) throw error
    say(error.message)
    process.exit(1)
  }
}
