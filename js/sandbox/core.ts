// The sandbox core: one wasm instance, shared by all sandboxes of this process or page.

import * as bindings from '#sandbox-bindings'

/** The core's own class; its methods are described in `sandbox/src/wasm.rs`. */
export type Core = bindings.Sandbox

/** Something the core wants done: start a process or stop one. */
export interface Task {
  start: boolean
  run: string
  dir: string
  argv: string[]
  /** Name, value, name, value … */
  env: string[]
  files: CoreFile[]
  dirs: string[]
  filesOut: string[]
  timeoutMs?: number | undefined
}

/** A file, its path relative to the run's folder. */
export interface CoreFile {
  path: string
  bytes: Uint8Array
}

let loaded = false

/** Compiles and starts the instance; later calls do nothing. */
export function load(module: () => WebAssembly.Module): void {
  if (loaded) return
  const { exports } = new WebAssembly.Instance(module(), bindings.imports())
  bindings.__wbg_set_wasm(exports)
  loaded = true
}

/** Whether the instance is there. */
export const isLoaded = (): boolean => loaded

/** A fresh core. */
export function newCore(seed: bigint, scratchRoot: string, engine: boolean): Core {
  return new bindings.Sandbox(seed, scratchRoot, engine)
}

/** Copies the core's objects and frees them. */
export function readTasks(tasks: bindings.Task[]): Task[] {
  return tasks.map((task) => {
    const { start, run, dir, argv, env, dirs, filesOut, timeoutMs } = task
    const files = task.files.map((file) => ({ path: file.path, bytes: file.bytes }))
    task.free()
    return { start, run, dir, argv, env, files, dirs, filesOut, timeoutMs }
  })
}

/** A file as the core takes it. */
export const coreFile = (file: CoreFile): bindings.File => new bindings.File(file.path, file.bytes)
