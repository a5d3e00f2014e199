// The entry point of pages and workers: `await init()` once, before anything else.

import { imports } from '#bindings'
import { FlyteUserError } from './errors.js'
import { adopt, isReady, notReady, onFirstUse, start } from './instance.js'

export * from './index.js'

onFirstUse(notReady)

/** Where the wasm file comes from: its URL, its bytes, a fetched response, or a compiled module. */
export type InitSource = string | URL | Request | Response | PromiseLike<Response> | BufferSource | WebAssembly.Module

let loading: Promise<void> | undefined

/**
 * Loads the package. By default the wasm file beside this one is fetched; a bundler or a strict page may pass
 * `flyte-remote/flyte_remote.wasm` as a URL, bytes, a `Response` or a `WebAssembly.Module` instead.
 * Calling it again waits for the first call; a failed load may be tried again. Node loads by itself, and takes bytes and modules
 * here for bundles that leave the file behind.
 */
export function init(source?: InitSource): Promise<void> {
  loading ??= load(source ?? new URL('./flyte_remote.wasm', import.meta.url)).catch((error) => {
    loading = undefined
    throw error
  })
  return loading
}

async function load(source: InitSource): Promise<void> {
  if (isReady()) return
  const given = await source
  if (given instanceof WebAssembly.Module) return start(given)
  if (ArrayBuffer.isView(given) || given instanceof ArrayBuffer) return start(await WebAssembly.compile(given))
  await fromResponse(given instanceof Response ? given : await fetched(given as string | URL | Request))
}

async function fetched(url: string | URL | Request): Promise<Response> {
  try {
    return await fetch(url)
  } catch (cause) {
    throw new FlyteUserError(`flyte-remote could not fetch its wasm file ${String(url)}; pass its URL to init()`, {
      cause,
      code: 'NOT_READY',
    })
  }
}

async function fromResponse(response: Response): Promise<void> {
  const type = response.headers.get('content-type') ?? 'no content type'
  if (!response.ok || /html/.test(type)) {
    const where = response.url || 'the response given to init()'
    throw new FlyteUserError(
      `flyte-remote expected its wasm file at ${where} but got HTTP ${response.status} with ${type}; pass the file's URL to init()`,
      { code: 'NOT_READY' },
    )
  }
  if (/^application\/wasm/.test(type) && 'instantiateStreaming' in WebAssembly) {
    adopt((await WebAssembly.instantiateStreaming(response, imports())).instance)
  } else {
    start(await WebAssembly.compile(await response.arrayBuffer()))
  }
}
