// `flyte-remote/sandbox` in Node: a Flyte control plane for development and tests, on loopback or in memory.

import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { load } from './core.js'
import { memoryFetch } from './memory.js'
import { checkInMemory, checkServed } from './options.js'
import { serve } from './server.js'

/** Options of `startSandbox`. All optional. */
export interface SandboxOptions {
  /** Port of gRPC-Web, signed URLs and the console. Default: 0, any free one. */
  port?: number | undefined
  /** Port of native gRPC (HTTP/2 without TLS). Default: 0, any free one; `false` for none. */
  grpcPort?: number | false | undefined
  /** Folder that keeps the state across restarts, even after `kill -9`. Default: memory only. One process at a time. */
  data?: string | undefined
  /** Folder with a web console to serve. Default: none. */
  www?: string | undefined
  /** Where generated names come from; the same seed and calls give the same names. Default: random. */
  seed?: number | bigint | undefined
  /** Runs executions. `false` accepts them and waits for events, as FlyteAdmin without a propeller. Default: true. */
  engine?: boolean | undefined
  /** Largest number of container tasks that run at a time, 1 or more. Default: the number of cores. */
  maxProcesses?: number | undefined
}

/** A running sandbox. */
export interface RunningSandbox {
  /** Where it is, e.g. `http://127.0.0.1:30080`: the endpoint for `FlyteRemote.forEndpoint`. */
  url: string
  /** Where native gRPC is, e.g. `127.0.0.1:30081`; empty when switched off. */
  grpcUrl: string
  /** Ends its processes and servers. A second call does nothing. */
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/** A container task to run. */
export interface ContainerRun {
  /** Program and arguments, templates filled in. */
  argv: string[]
  /** Environment variables. */
  env: Record<string, string>
  /** The task's folder, as it occurs in `argv`. */
  dir: string
  /** Input files by their path below `dir`. */
  files: Record<string, Uint8Array>
  /** Paths below `dir` where outputs are expected. */
  filesOut: string[]
  /** Aborted when the execution is terminated. */
  signal: AbortSignal
}

/** How a container task ended. */
export interface ContainerOutcome {
  /** Default: 0, success. */
  exitCode?: number | undefined
  /** Why it failed. */
  stderr?: string | undefined
  /** Output files by their path below the task's folder. */
  files?: Record<string, Uint8Array | string> | undefined
}

/** Options of `createSandboxFetch`. All optional. */
export interface SandboxFetchOptions {
  /** Where generated names come from; the same seed and calls give the same names. Default: random. */
  seed?: number | bigint | undefined
  /** Runs executions. `false` accepts them and waits for events. Default: true. */
  engine?: boolean | undefined
  /** Runs a container task. Without it they fail: a sandbox in memory starts no processes. */
  runContainer?: ((run: ContainerRun) => ContainerOutcome | Promise<ContainerOutcome>) | undefined
  /** The sandbox's wasm file, for pages: its URL, bytes or module. Default: the file beside this one. Node needs none. */
  wasm?: string | URL | BufferSource | WebAssembly.Module | undefined
}

/** Answers requests in memory: the option `fetch` of `FlyteRemote.forEndpoint(sandboxFetch.url, { fetch: sandboxFetch })`. */
export interface SandboxFetch {
  (input: string | URL | Request, init?: RequestInit): Promise<Response>
  /** The endpoint it answers for. */
  url: string
  /** Frees it. */
  close(): void
}

/**
 * Starts a Flyte control plane on 127.0.0.1. Container tasks run as local processes of this user, without isolation.
 * Rejects with TypeError for options that can't be used, and with Error when a port or the data folder is in use.
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<RunningSandbox> {
  checkServed(options)
  loadCore()
  return serve(options, randomSeed())
}

/**
 * A Flyte control plane without a server: gRPC-Web requests and signed URLs are answered in memory. Rejects with TypeError for
 * options that can't be used.
 */
export async function createSandboxFetch(options: SandboxFetchOptions = {}): Promise<SandboxFetch> {
  checkInMemory(options)
  loadCore()
  return memoryFetch(options, randomSeed())
}

function loadCore(): void {
  load(() => {
    try {
      return new WebAssembly.Module(readFileSync(new URL('./flyte_sandbox.wasm', import.meta.url)))
    } catch (cause) {
      throw new Error("the sandbox can't read its wasm file; make flyte-remote/sandbox external to the bundle", { cause })
    }
  })
}

const randomSeed = (): bigint => randomBytes(8).readBigUInt64LE()
