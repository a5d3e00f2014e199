// `flyte-remote/sandbox` in a page: in memory only.

import { isLoaded, load } from './core.js'
import type { RunningSandbox, SandboxFetch, SandboxFetchOptions } from './index.js'
import { memoryFetch } from './memory.js'
import { checkInMemory } from './options.js'

export type * from './index.js'

/** A Flyte control plane without a server: gRPC-Web requests and signed URLs are answered in memory. */
export async function createSandboxFetch(options: SandboxFetchOptions = {}): Promise<SandboxFetch> {
  checkInMemory(options)
  if (!isLoaded()) {
    const module = await compiled(options.wasm ?? new URL('./flyte_sandbox.wasm', import.meta.url))
    load(() => module)
  }
  const [seed = 0n] = crypto.getRandomValues(new BigUint64Array(1))
  return memoryFetch(options, seed)
}

/** Only Node can serve. */
export async function startSandbox(): Promise<RunningSandbox> {
  throw new Error('startSandbox needs Node; a page uses createSandboxFetch')
}

async function compiled(source: string | URL | BufferSource | WebAssembly.Module): Promise<WebAssembly.Module> {
  if (source instanceof WebAssembly.Module) return source
  if (ArrayBuffer.isView(source) || source instanceof ArrayBuffer) return WebAssembly.compile(source)
  const response = await fetch(source)
  if (!response.ok) throw new Error(`the sandbox's wasm file is not at ${source}: HTTP ${response.status}`)
  return WebAssembly.compile(await response.arrayBuffer())
}
