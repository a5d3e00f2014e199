// The entry point of Node: the wasm file is read and compiled at the first use of anything.

import { fileSource } from './file.js'
import { isReady, onFirstUse, setSources, start } from './instance.js'

export * from './index.js'

function load(): void {
  if (isReady()) return
  // An import of node:fs reads all its exports, and that loads Node's streams.
  const { readFileSync } = process.getBuiltinModule('node:fs')
  start(new WebAssembly.Module(readFileSync(new URL('./flyte_remote.wasm', import.meta.url))))
}

setSources(fileSource)
onFirstUse(load)

/** Loads the package now. Node does so by itself at first use; the argument is for browsers. */
export async function init(_source?: unknown): Promise<void> {
  load()
}
