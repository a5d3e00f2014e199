// The running control plane: everything that happens goes through here, one event at a time, journal first.

import { type Core, type CoreFile, coreFile, readTasks, type Task } from './core.js'
import { type Call, isReadOnly, UNAVAILABLE } from './rpc.js'

/** How a process ended. */
export interface RunResult {
  /** 128 + n when signal n killed it, 127 when the program was not found. */
  exitCode: number
  timedOut: boolean
  /** The end of what it wrote to stderr. */
  stderr: string
  files: CoreFile[]
}

/** Starts and stops container tasks. */
export interface Runner {
  start(task: Task, started: () => void): Promise<RunResult>
  stop(run: string): void
}

/** Something that changed the state, as the journal keeps it. */
export type Event =
  | { kind: 'call'; time: number; path: string; message: Uint8Array }
  | { kind: 'put'; time: number; path: string; query: string; headers: string[]; body: Uint8Array }
  | { kind: 'started'; time: number; run: string }
  | { kind: 'finished'; time: number; run: string; result: RunResult }
  | { kind: 'wake'; time: number }

/** An HTTP request below `/storage/`, as it came over the wire. */
export interface StorageRequest {
  method: string
  path: string
  query: string
  /** Names in lower case and values in turn. */
  headers: string[]
  body: Uint8Array
}

/** Its reply. */
export interface StorageReply {
  status: number
  /** Names in lower case and values in turn. */
  headers: string[]
  body: Uint8Array
}

/** setTimeout can't wait longer. */
const LONGEST_WAIT = 2 ** 31 - 1

/** A control plane over a core. `journal` is told every event that changed the state, before its reply goes out. */
export class Plane {
  readonly #core: Core
  readonly #runner: Runner
  readonly #journal: ((event: Event) => void) | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  #closed = false

  constructor(core: Core, runner: Runner, journal?: (event: Event) => void) {
    this.#core = core
    this.#runner = runner
    this.#journal = journal
  }

  /** Answers a unary call. */
  call(path: string, message: Uint8Array): Call {
    if (this.#closed) return { code: UNAVAILABLE, message: 'the sandbox is closed', details: NOTHING, reply: NOTHING }
    const event: Event = { kind: 'call', time: Date.now(), path, message }
    const result = this.#core.call(event.time, path, message)
    const { code, message: text, details, reply } = result
    result.free()
    if (!isReadOnly(path)) this.#remember(event)
    this.#settle()
    return { code, message: text, details, reply }
  }

  /** Answers a request to a signed URL. */
  storage(request: StorageRequest): StorageReply {
    if (this.#closed) return { status: 503, headers: [], body: NOTHING }
    const time = Date.now()
    const { path, query, headers, body } = request
    const result = this.#core.storage(time, request.method, path, query, headers, body)
    const reply = { status: result.status, headers: result.headers, body: result.body }
    result.free()
    if (request.method === 'PUT' && reply.status === 200) this.#remember({ kind: 'put', time, path, query, headers, body })
    return reply
  }

  /** Brings back the state of a journal. */
  restore(events: Iterable<Event>): void {
    for (const event of events) {
      this.#apply(event)
      readTasks(this.#core.tasks())
    }
  }

  /** Starts the processes again that ran when the journal ended, and the timers. */
  resume(): void {
    for (const task of readTasks(this.#core.unfinished())) this.#perform(task)
    this.#settle()
  }

  /** Takes no more calls and sets no more timers. */
  close(): void {
    this.#closed = true
    clearTimeout(this.#timer)
  }

  #apply(event: Event): void {
    switch (event.kind) {
      case 'call':
        this.#core.call(event.time, event.path, event.message).free()
        break
      case 'put':
        this.#core.storage(event.time, 'PUT', event.path, event.query, event.headers, event.body).free()
        break
      case 'started':
        this.#core.containerStarted(event.time, event.run)
        break
      case 'finished': {
        const { exitCode, timedOut, stderr, files } = event.result
        this.#core.containerFinished(event.time, event.run, exitCode, timedOut, stderr, files.map(coreFile))
        break
      }
      case 'wake':
        this.#core.wake(event.time)
    }
  }

  /** Something happened by itself: remember it and go on. */
  #happen(event: Event): void {
    if (this.#closed) return
    this.#apply(event)
    this.#remember(event)
    this.#settle()
  }

  #remember(event: Event): void {
    try {
      this.#journal?.(event)
    } catch (error) {
      // The state is ahead of its journal now: nothing more may be answered from it.
      this.#closed = true
      throw error
    }
  }

  /** Does what the core asks for, and sets the next timer. */
  #settle(): void {
    for (const task of readTasks(this.#core.tasks())) this.#perform(task)
    clearTimeout(this.#timer)
    const next = this.#core.nextWake()
    if (next === undefined) return
    const wait = Math.min(Math.max(next - Date.now(), 0), LONGEST_WAIT)
    this.#timer = setTimeout(() => this.#happen({ kind: 'wake', time: Date.now() }), Math.ceil(wait))
  }

  #perform(task: Task): void {
    const { run } = task
    if (!task.start) {
      this.#runner.stop(run)
      return
    }
    this.#runner
      .start(task, () => this.#happen({ kind: 'started', time: Date.now(), run }))
      .catch((error: unknown) => ({ exitCode: 127, timedOut: false, stderr: String(error), files: [] }))
      .then((result) => this.#happen({ kind: 'finished', time: Date.now(), run, result }))
  }
}

const NOTHING = new Uint8Array()
