// The processes of a stack: started with a log each, checked until they answer, stopped by their own ids.

import { spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { SetupError, which } from '../../../scripts/shell.mjs'

const STOP_MS = 10_000

/** The processes of one stack, stopped in the opposite order of their start. */
export class Processes {
  #folder
  #running = []
  #kill = () => this.kill()

  /** `folder` takes the logs. */
  constructor(folder) {
    this.#folder = folder
    process.on('exit', this.#kill)
  }

  /** Starts a command that stays. `user` is a user and group id; `stopWith` the signal that asks it to end. */
  start(name, command, args, { user, stopWith = 'SIGTERM', ...options } = {}) {
    const child = this.#spawn(name, ...command_of(command, args, user), options)
    const entry = { name, child, stopWith, log: this.#log(name) }
    this.#running.push(entry)
    return entry
  }

  /** Runs a command to its end; fails with the end of its log. */
  async run(name, command, args, { user, ...options } = {}) {
    const entry = this.start(name, command, args, { user, ...options })
    await ended(entry.child)
    this.#running = this.#running.filter((other) => other !== entry)
    if (entry.child.exitCode !== 0) throw failure(entry)
  }

  /** Asks until `check` gives a value other than undefined; fails when the process ends or the time is over. */
  async ready(entry, check, timeoutMs = 60_000) {
    const deadline = Date.now() + timeoutMs
    for (;;) {
      if (hasEnded(entry.child)) throw failure(entry)
      const answer = await check().catch(() => undefined)
      if (answer !== undefined) return answer
      if (Date.now() > deadline) throw new SetupError(`${entry.name} does not answer after ${timeoutMs / 1000} s; see ${entry.log}`)
      await sleep(50)
    }
  }

  /** Asks all to end, the last one first, and ends those that don't. */
  async stop() {
    for (const { child, stopWith } of this.#running.reverse()) {
      if (hasEnded(child)) continue
      child.kill(stopWith)
      await Promise.race([ended(child), sleep(STOP_MS, undefined, { ref: false })])
      if (!hasEnded(child)) child.kill('SIGKILL')
      await ended(child)
    }
    this.#running = []
    process.off('exit', this.#kill)
  }

  /** Ends all at once: what is left to do when the script itself ends. */
  kill() {
    for (const { child, stopWith } of this.#running) {
      // PostgreSQL ends its own children only when it is asked.
      if (!hasEnded(child)) child.kill(stopWith === 'SIGINT' ? 'SIGQUIT' : 'SIGKILL')
    }
  }

  #log(name) {
    return join(this.#folder, `${name}.log`)
  }

  #spawn(name, command, args, options) {
    const log = openSync(this.#log(name), 'a')
    // A group of its own: Ctrl-C in a terminal reaches the script alone, which then stops them in order.
    const child = spawn(command, args, { detached: true, stdio: ['ignore', log, log], ...options })
    closeSync(log)
    child.on('error', () => {})
    return child
  }
}

/** The command as another user, if wanted, and such that it ends with this process even when that is killed. */
function command_of(command, args, user) {
  const setpriv = which('setpriv')
  if (!setpriv) return [command, args]
  const identity = user ? [`--reuid=${user.uid}`, `--regid=${user.gid}`, '--clear-groups'] : []
  return [setpriv, [...identity, '--pdeathsig', 'TERM', '--', command, ...args]]
}

const hasEnded = (child) => child.exitCode !== null || child.signalCode !== null || child.pid === undefined

const ended = (child) => (hasEnded(child) ? undefined : new Promise((resolve) => child.once('exit', resolve)))

function failure({ name, child, log }) {
  const lines = readFileSync(log, 'utf8').trim().split('\n').slice(-5)
  return new SetupError(`${name} ended (${child.signalCode ?? `exit code ${child.exitCode}`}); the end of ${log}:\n${lines.join('\n')}`)
}
