// The one wasm instance behind all objects: made once, and declared dead when it breaks.

import * as bindings from '#bindings'
import { FlyteAssertionError, FlyteError, FlyteSystemError, FlyteUserError } from './errors.js'
import { Exchange, type Fetch } from './exchange.js'
import { installFields } from './fields.js'
import { installInspection } from './inspection.js'
import { iterate, list } from './iterate.js'
import { encodeJson } from './json.js'
import { makeError } from './kinds.js'
import { membersOf } from './members.js'
import { pack } from './pack.js'
import { installParts } from './parts.js'
import { installRemote } from './remote.js'
import { memorySource, type Source } from './source.js'
import { unpack } from './unpack.js'
import { installValues } from './values.js'

type Exports = Record<string, unknown>
type Rest = ConstructorParameters<typeof Exchange> extends [unknown, ...infer R] ? R : never

let openSource: (value: unknown) => Promise<Source | undefined> = async (value) => memorySource(value)

/** Sets what opens the files to upload; by default only what is in memory can be. */
export function setSources(open: typeof openSource): void {
  openSource = open
}

let beforeListening: (signal: AbortSignal) => void = () => {}

/** Sets what is done with a caller's signal before a call listens to it. */
export function onListening(prepare: typeof beforeListening): void {
  beforeListening = prepare
}

let state: 'none' | 'ready' = 'none'

/** Whether the instance is there. */
export const isReady = (): boolean => state !== 'none'

const pending = new Set<(reason: unknown) => void>()

/** Makes `load` run at the first use of anything that needs the instance. */
export function onFirstUse(load: () => void): void {
  const waiting = new Proxy(
    {},
    {
      get(_target, name) {
        load()
        return current[name as string]
      },
    },
  )
  bindings.__wbg_set_wasm(waiting)
}

let current: Exports = {}

/** Starts the core on a compiled module. */
export function start(module: WebAssembly.Module): void {
  if (state === 'none') adopt(new WebAssembly.Instance(module, bindings.imports()))
}

/** Starts the core on an instance. */
export function adopt(instance: WebAssembly.Instance): void {
  if (state !== 'none') return
  if (Object.keys(instance.exports).length !== bindings.COUNT) {
    const advice = 'take flyte_remote.wasm from the same version of the package'
    throw new FlyteUserError(`flyte-remote can't use this wasm file, which is another's; ${advice}`, { code: 'NOT_READY' })
  }
  current = guarded(instance.exports)
  bindings.__wbg_set_wasm(current)
  bindings.setEnvironment({
    makeError: (...args: Parameters<typeof makeError>) => told(makeError(...args), caller()),
    encodeJson,
    follow,
    iterate,
    list,
    pack,
    unpack,
    openSource: (value: unknown) => openSource(value),
    exchange: ([fetch, ...rest]: [Fetch | undefined, ...Rest]) => new Exchange(fetch ?? platformFetch, ...rest),
  })
  installMethods()
  installValues()
  installFields()
  installParts()
  installRemote()
  installInspection()
  state = 'ready'
}

// Looked up at each call: tests and service workers replace it.
const platformFetch: Fetch = (url, init) => globalThis.fetch(url, init)

/** The exports, so that a trap in any of them ends the instance. They are wrapped when they are first used: most never are. */
function guarded(exports: Exports): Exports {
  const stack = exports[bindings.STACK] as Move
  const copy: Exports = Object.create(
    new Proxy({} as Exports, {
      get(_target, name: string) {
        const value = exports[name]
        copy[name] = typeof value === 'function' && value !== stack ? guard(name, value as Call, stack) : value
        return copy[name]
      },
    }),
  )
  return copy
}

type Call = (...args: unknown[]) => unknown
/** Moves the stack of the core, and returns where it then is. */
type Move = (by: number) => number

function guard(name: string, call: Call, stack: Move): Call {
  // A trap must not get into the event loop from a callback or a finalizer: that would end a Node process.
  const isQuiet = bindings.QUIET.has(name)
  return function guarded(...args) {
    const outer = entered
    entered = guarded
    const at = stack(0)
    try {
      return call(...args)
    } catch (error) {
      if (!(error instanceof WebAssembly.RuntimeError)) {
        // What JavaScript throws leaves the functions of the core without their end, where they give their part back.
        stack(at - stack(0))
        // Giving back what was given back changes nothing: `using` does it after free().
        if (isQuiet && isFreed(error)) return
        throw isFreed(error) ? new FlyteAssertionError(FREED) : error
      }
      const dead = die(error)
      if (!isQuiet) throw dead
    } finally {
      entered = outer
    }
  }
}

/** The export that is running, if any. */
let entered: Call | undefined

/** Whether an object that is no more was used; what wasm-bindgen says then. */
const isFreed = (error: unknown) => (error as Error | undefined)?.message === 'null pointer passed to rust'
const FREED = "this object was given back by free() or `using`, or made with `new`: it can't be used"

let death: FlyteSystemError | undefined

/** Ends the instance: every promise rejects, every later call says why. The place in the core is in the stack of the cause. */
function die(cause: WebAssembly.RuntimeError): FlyteSystemError {
  if (death) return death
  const advice = 'load the page or start the process anew, and please report it'
  const error = new FlyteSystemError(`flyte-remote broke down and can't go on; ${advice}: ${cause.message}`, { code: 'DEAD', cause })
  death = error
  bindings.__wbg_set_wasm(
    new Proxy(
      {},
      {
        get(_target, name) {
          // Finalizers and callbacks of old objects still run; there is nothing left for them to do.
          if (bindings.QUIET.has(String(name))) return () => {}
          throw error
        },
      },
    ),
  )
  for (const reject of pending) reject(error)
  pending.clear()
  return error
}

/** Follows a promise of the core, and rejects when the instance dies first. */
function follow<T>(promise: Promise<T>, signal?: AbortSignal): Promise<T> {
  if (signal) beforeListening(signal)
  // An error is made when a reply comes, where the stack knows nothing of who called.
  const from = caller()
  return new Promise((resolve, reject) => {
    pending.add(reject)
    const rejected = (error: unknown) => reject(told(error, from))
    promise.then(resolve, rejected).finally(() => pending.delete(reject))
  })
}

/** The stack of who called the core. */
function caller(): { stack?: string } {
  const from: { stack?: string } = {}
  if (entered) Error.captureStackTrace?.(from, entered)
  return from
}

/** An error of this package with the stack of the call that it is about, without what is inside of the core. */
function told(error: unknown, { stack }: { stack?: string }): unknown {
  const frames = stack?.match(/\n +at (?!.*wasm:).*/g)
  if (frames && error instanceof FlyteError) error.stack = `${error.name}: ${error.message}${frames.join('')}`
  return error
}

type Rpc = (this: bindings.FlyteClient, request?: unknown, options?: unknown) => unknown

/** One method of the client for each RPC. */
function installMethods(): void {
  const client = membersOf(bindings.FlyteClient) as Record<string, Rpc>
  for (const name of bindings.methodNames().split(' ')) {
    client[name] = async function (request, options) {
      return JSON.parse((await this.callJson(name, request, options)) as string)
    }
  }
}

/** The error of a call before the instance is there. */
export function notReady(): never {
  throw new FlyteUserError("flyte-remote is not loaded yet: call `await init()` first (import { init } from 'flyte-remote')", {
    code: 'NOT_READY',
  })
}

export type { Fetch }
