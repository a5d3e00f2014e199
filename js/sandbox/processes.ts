// Container tasks as local processes: one folder each, its own process group, nothing left behind. No isolation.

import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { lstat, open, readdir, readFile, rm } from 'node:fs/promises'
import { availableParallelism, constants } from 'node:os'
import { dirname, join, resolve, sep } from 'node:path'
import type { CoreFile, Task } from './core.js'
import { startTime } from './lock.js'
import type { Runner, RunResult } from './plane.js'

/** How long a process may take to end after SIGTERM. */
const GRACE_MS = 5000
/** The part of stderr that is kept in the execution's error. */
const STDERR_BYTES = 10_000

interface Waiting {
  task: Task
  start: () => void
}

interface Running {
  child: ChildProcess
  timedOut: boolean
  kill: ReturnType<typeof setTimeout> | undefined
}

const SIGNALS: NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP']

/** Runs tasks below `root`, at most `limit` at a time; a temporary root is removed in the end. */
export class Processes implements Runner {
  /** Where the runs have their folders. */
  readonly root: string
  readonly #limit: number
  readonly #temporary: boolean
  readonly #running = new Map<string, Running>()
  readonly #waiting: Waiting[] = []
  /** Settle when nothing of a run is left. */
  readonly #ends = new Set<Promise<unknown>>()
  readonly #onExit = () => this.#endNow()
  readonly #onSignal = (signal: NodeJS.Signals) => {
    this.#endNow()
    // Without another listener the signal would have ended this process: let it.
    for (const name of SIGNALS) process.off(name, this.#onSignal)
    if (process.listenerCount(signal) === 0) process.kill(process.pid, signal)
  }
  #closed = false

  constructor(root: string, temporary: boolean, limit = availableParallelism()) {
    this.root = root
    this.#temporary = temporary
    this.#limit = limit
    mkdirSync(join(root, '.running'), { recursive: true, mode: 0o700 })
    process.on('exit', this.#onExit)
    for (const signal of SIGNALS) process.on(signal, this.#onSignal)
  }

  start(task: Task, started: () => void): Promise<RunResult> {
    return new Promise((resolve, reject) => {
      const start = () => this.#run(task, started).then(resolve, reject)
      this.#waiting.push({ task, start })
      this.#next()
    })
  }

  stop(run: string): void {
    const at = this.#waiting.findIndex(({ task }) => task.run === run)
    if (at >= 0) this.#waiting.splice(at, 1)
    const running = this.#running.get(run)
    if (running) terminate(running)
  }

  /** Ends everything that runs. */
  async close(): Promise<void> {
    this.#closed = true
    this.#waiting.length = 0
    for (const running of this.#running.values()) terminate(running, 500)
    await Promise.allSettled(this.#ends)
    process.off('exit', this.#onExit)
    for (const signal of SIGNALS) process.off(signal, this.#onSignal)
    if (this.#temporary) rmSync(this.root, { recursive: true, force: true })
  }

  #next(): void {
    while (!this.#closed && this.#running.size < this.#limit) {
      const next = this.#waiting.shift()
      if (!next) return
      next.start()
    }
  }

  async #run(task: Task, started: () => void): Promise<RunResult> {
    const dir = this.#inside(task.dir, this.root)
    prepare(dir, task, this.#inside)
    const child = launch(dir, task)
    const exit = exitOf(child, task.argv[0])
    const running: Running = { child, timedOut: false, kill: undefined }
    this.#running.set(task.run, running)
    child.once('spawn', started)
    const end = this.#follow(task, dir, running, exit)
    this.#ends.add(end)
    return end.finally(() => this.#ends.delete(end))
  }

  async #follow(task: Task, dir: string, running: Running, exit: Promise<Exit>): Promise<RunResult> {
    const { child } = running
    remember(this.root, child, dir)
    const limit = task.timeoutMs === undefined ? undefined : setTimeout(() => expire(running), Math.min(task.timeoutMs, 2 ** 31 - 1))
    const { exitCode, problem } = await exit
    clearTimeout(limit)
    clearTimeout(running.kill)
    killGroup(child, 'SIGKILL')
    this.#running.delete(task.run)
    this.#next()
    try {
      const files = await collect(dir, task.filesOut)
      return { exitCode, timedOut: running.timedOut, stderr: problem ?? (await tail(`${dir}.stderr`)), files }
    } finally {
      await rm(dir, { recursive: true, force: true })
      forget(this.root, child)
    }
  }

  /** An absolute path below a folder; anything else is refused. */
  readonly #inside = (path: string, folder: string): string => {
    const full = resolve(folder, path)
    if (!full.startsWith(folder + sep)) throw new Error(`${path} is outside of ${folder}`)
    return full
  }

  #endNow(): void {
    for (const { child } of this.#running.values()) killGroup(child, 'SIGKILL')
    if (this.#temporary) rmSync(this.root, { recursive: true, force: true })
  }
}

function prepare(dir: string, task: Task, inside: (path: string, folder: string) => string): void {
  rmSync(dir, { recursive: true, force: true })
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  for (const folder of task.dirs) mkdirSync(inside(folder, dir), { recursive: true })
  for (const file of task.files) {
    const path = inside(file.path, dir)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, file.bytes)
  }
}

function launch(dir: string, task: Task): ChildProcess {
  const [program = '', ...args] = task.argv
  const env: Record<string, string> = { PATH: process.env.PATH ?? '/usr/local/bin:/usr/bin:/bin', HOME: dir, TMPDIR: dir }
  for (let at = 0; at + 1 < task.env.length; at += 2) env[task.env[at] ?? ''] = task.env[at + 1] ?? ''
  const out = openSync(`${dir}.stdout`, 'w', 0o600)
  const err = openSync(`${dir}.stderr`, 'w', 0o600)
  try {
    return spawn(program, args, { cwd: dir, env, stdio: ['ignore', out, err], detached: true, shell: false })
  } finally {
    closeSync(out)
    closeSync(err)
  }
}

interface Exit {
  exitCode: number
  /** Why it could not be started. */
  problem?: string
}

function exitOf(child: ChildProcess, program = 'the task'): Promise<Exit> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ exitCode: 127, problem: `${program} could not be started: ${error.message}` }))
    child.once('exit', (code, signal) => resolve({ exitCode: code ?? 128 + (signal ? constants.signals[signal] : 0) }))
  })
}

function expire(running: Running): void {
  running.timedOut = true
  terminate(running)
}

/** SIGTERM, then SIGKILL, to the process and all it started. */
function terminate(running: Running, grace = GRACE_MS): void {
  killGroup(running.child, 'SIGTERM')
  running.kill ??= setTimeout(() => killGroup(running.child, 'SIGKILL'), grace)
}

function killGroup(child: { pid?: number | undefined }, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return
  try {
    process.kill(-child.pid, signal)
  } catch {
    // All of the group have ended.
  }
}

/** Where the ids of running processes are noted, for the time after a `kill -9` of the sandbox. */
const noteOf = (root: string, pid: number): string => join(root, '.running', String(pid))

function remember(root: string, { pid }: ChildProcess, dir: string): void {
  if (pid !== undefined) writeFileSync(noteOf(root, pid), `${startTime(pid)} ${dir}`)
}

function forget(root: string, { pid }: ChildProcess): void {
  if (pid !== undefined) rmSync(noteOf(root, pid), { force: true })
}

/** Ends the processes that a killed sandbox left running below `root`, and removes their folders. */
export async function sweep(root: string): Promise<void> {
  for (const name of await readdir(join(root, '.running')).catch(() => [])) {
    const pid = Number(name)
    const [, started, dir] = /^(\d+) (.*)$/s.exec(readFileSync(noteOf(root, pid), 'utf8')) ?? []
    // The number may belong to another process by now; its start time tells, where the system does.
    if (pid > 1 && Number(started) > 0 && startTime(pid) === Number(started)) killGroup({ pid }, 'SIGKILL')
    if (dir?.startsWith(root + sep)) await rm(dir, { recursive: true, force: true })
    rmSync(noteOf(root, pid), { force: true })
  }
}

/** The files that a task wrote, of those asked for; symbolic links are not followed. */
async function collect(dir: string, wanted: string[]): Promise<CoreFile[]> {
  const files: CoreFile[] = []
  for (const path of wanted) await gather(dir, path.replace(/\/+$/, ''), files)
  return files
}

async function gather(dir: string, path: string, files: CoreFile[]): Promise<void> {
  const full = resolve(dir, path)
  if (full !== dir && !full.startsWith(dir + sep)) return
  const stat = await lstat(full).catch(() => undefined)
  if (stat?.isFile()) files.push({ path, bytes: await readFile(full) })
  if (!stat?.isDirectory()) return
  for (const name of (await readdir(full)).sort()) await gather(dir, path === '' || path === '.' ? name : `${path}/${name}`, files)
}

async function tail(path: string): Promise<string> {
  const file = await open(path).catch(() => undefined)
  if (!file) return ''
  try {
    const { size } = await file.stat()
    const length = Math.min(size, STDERR_BYTES)
    const { buffer } = await file.read(Buffer.alloc(length), 0, length, size - length)
    return buffer.toString()
  } finally {
    await file.close()
  }
}
