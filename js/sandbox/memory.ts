// A sandbox without a server: a function that answers requests as `fetch` would.

import { type CoreFile, newCore } from './core.js'
import { answerGrpcWeb, isGrpcWeb } from './grpc-web.js'
import type { SandboxFetch, SandboxFetchOptions } from './index.js'
import { Plane, type Runner, type RunResult } from './plane.js'

const PUBLIC_URL = 'http://sandbox.invalid'

/** Options without the wasm file, which is loaded by now. */
export function memoryFetch(options: SandboxFetchOptions, randomSeed: bigint): SandboxFetch {
  const core = newCore(options.seed === undefined ? randomSeed : BigInt(options.seed), '/sandbox', options.engine ?? true)
  core.setPublicUrl(PUBLIC_URL)
  const plane = new Plane(core, runner(options.runContainer))
  const answer = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const request = new Request(new URL(input instanceof Request ? input.url : input, PUBLIC_URL), input instanceof Request ? input : init)
    const merged = input instanceof Request && init ? new Request(request, init) : request
    return respond(plane, merged, performance.now())
  }
  return Object.assign(answer, { url: PUBLIC_URL, close: () => plane.close() })
}

async function respond(plane: Plane, request: Request, arrived: number): Promise<Response> {
  request.signal.throwIfAborted()
  const { pathname: path, search } = new URL(request.url)
  const body = new Uint8Array(await request.arrayBuffer())
  request.signal.throwIfAborted()
  const headers = Object.fromEntries(request.headers)
  const { method } = request
  if (path.startsWith('/storage/')) {
    const reply = plane.storage({ method, path, query: search.slice(1), headers: Object.entries(headers).flat(), body })
    const answered: [string, string][] = []
    for (let at = 0; at < reply.headers.length; at += 2) answered.push([reply.headers[at] ?? '', reply.headers[at + 1] ?? ''])
    return new Response(method === 'HEAD' ? null : (reply.body as BodyInit), { status: reply.status, headers: answered })
  }
  if (method !== 'POST' || !isGrpcWeb(headers['content-type'])) return new Response('the sandbox speaks gRPC-Web\n', { status: 404 })
  const reply = answerGrpcWeb({ path, headers, body, arrived }, (path, message) => plane.call(path, message))
  return new Response(reply.body as BodyInit, { status: reply.status, headers: reply.headers })
}

function runner(run: SandboxFetchOptions['runContainer']): Runner {
  const aborts = new Map<string, AbortController>()
  return {
    async start(task, started): Promise<RunResult> {
      if (!run) {
        return {
          exitCode: 127,
          timedOut: false,
          stderr: 'a sandbox in memory starts no processes; pass runContainer to createSandboxFetch',
          files: [],
        }
      }
      const abort = new AbortController()
      aborts.set(task.run, abort)
      // The caller sees the run as started only after the call that caused it is answered.
      await Promise.resolve()
      started()
      const env: Record<string, string> = {}
      for (let at = 0; at < task.env.length; at += 2) env[task.env[at] ?? ''] = task.env[at + 1] ?? ''
      const files = Object.fromEntries(task.files.map(({ path, bytes }) => [path, bytes]))
      try {
        const result = await run({ argv: task.argv, env, dir: task.dir, files, filesOut: task.filesOut, signal: abort.signal })
        const out = Object.entries(result.files ?? {}).map(([path, content]): CoreFile => {
          return { path, bytes: typeof content === 'string' ? new TextEncoder().encode(content) : content }
        })
        return { exitCode: result.exitCode ?? 0, timedOut: false, stderr: result.stderr ?? '', files: out }
      } catch (error) {
        return { exitCode: 1, timedOut: false, stderr: String(error), files: [] }
      } finally {
        aborts.delete(task.run)
      }
    },
    stop: (run) => aborts.get(run)?.abort(),
  }
}
