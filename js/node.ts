// The entry point of Node: the wasm file is read and compiled at the first use of anything.

import { FlyteUserError } from './errors.js'
import { fileSource } from './file.js'
import { isReady, onFirstUse, onListening, setSources, start } from './instance.js'

export * from './index.js'

function load(): void {
  if (isReady()) return
  // An import of node:fs reads all its exports, and that loads Node's streams.
  const { readFileSync } = process.getBuiltinModule('node:fs')
  let bytes: BufferSource
  try {
    bytes = readFileSync(new URL('./flyte_remote.wasm', import.meta.url))
  } catch (cause) {
    const advice = 'make flyte-remote external to the bundle, copy its flyte_remote.wasm beside it, or give the bytes to init()'
    throw new FlyteUserError(`flyte-remote can't read its wasm file; ${advice}`, { cause, code: 'NOT_READY' })
  }
  start(new WebAssembly.Module(bytes))
}

setSources(fileSource)
// Any number of calls may share a signal; Node takes more than ten listeners for a leak, and warns.
onListening((signal) => {
  try {
    process.getBuiltinModule('node:events').setMaxListeners(0, signal)
  } catch {
    // Not a signal of Node: jsdom has its own, and libraries do.
  }
})
onFirstUse(load)

/** Loads the package now, from bytes or a module when they are given; any other source is for browsers. Node does so by itself at first use. */
export async function init(source?: unknown): Promise<void> {
  if (source instanceof WebAssembly.Module) start(source)
  else if (ArrayBuffer.isView(source) || source instanceof ArrayBuffer) start(new WebAssembly.Module(source as BufferSource))
  else load()
}
