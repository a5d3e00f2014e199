// The HTTP/1.1 port: gRPC-Web, signed URLs, the console.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { concat } from '../bytes.js'
import { answerGrpcWeb, isGrpcWeb } from './grpc-web.js'
import { corsHeaders, preflightHeaders, refusal } from './guard.js'
import type { Plane } from './plane.js'
import { MAX_REQUEST_BYTES, statusHeaders, tooLarge } from './rpc.js'
import { asset } from './static.js'

/** Room for base64 and a frame head. */
const MAX_CALL_BODY = Math.ceil((MAX_REQUEST_BYTES + 5) / 3) * 4 + 4
/** One upload is kept in memory whole. */
const MAX_UPLOAD_BODY = 1024 * 1024 * 1024

/** A server that is not listening yet. `www` is the console's folder. */
export function httpServer(plane: Plane, www: string | undefined): Server {
  const server = createServer((request, response) => {
    serve(plane, www, request, response).catch((error: unknown) => fail(response, error))
  })
  server.keepAliveTimeout = 60_000
  return server
}

async function serve(plane: Plane, www: string | undefined, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { origin } = request.headers
  const refused = refusal(request.headers.host, origin)
  if (refused) return text(response, 403, refused)
  if (request.method === 'OPTIONS') {
    const requested = request.headers['access-control-request-headers']
    return send(response, 200, preflightHeaders(origin, requested), NOTHING)
  }
  for (const [name, value] of Object.entries(corsHeaders(origin))) response.setHeader(name, value)
  const [path = '/', query = ''] = split(request.url ?? '/')
  if (path.startsWith('/storage/')) return storage(plane, path, query, request, response)
  if (isGrpcWeb(request.headers['content-type'])) return grpcWeb(plane, path, request, response)
  if (path === '/healthcheck') return text(response, 200, '')
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return text(response, 415, `the sandbox speaks gRPC-Web here, not ${request.headers['content-type'] ?? 'a body without content type'}`)
  }
  return page(www, path, request, response)
}

function split(url: string): [string, string] {
  const at = url.indexOf('?')
  return at < 0 ? [url, ''] : [url.slice(0, at), url.slice(at + 1)]
}

async function grpcWeb(plane: Plane, path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method !== 'POST') return text(response, 405, 'gRPC-Web calls are POST requests')
  const arrived = performance.now()
  const body = await readBody(request, MAX_CALL_BODY)
  if (body === undefined) {
    const type = request.headers['content-type'] ?? ''
    const length = Number(request.headers['content-length'] ?? MAX_REQUEST_BYTES + 1)
    return send(response, 200, { 'content-type': type, ...statusHeaders(tooLarge(length)), connection: 'close' }, NOTHING)
  }
  const headers = request.headers as Record<string, string | undefined>
  const reply = answerGrpcWeb({ path, headers, body, arrived }, (path, message) => plane.call(path, message))
  send(response, reply.status, reply.headers, reply.body)
}

async function storage(plane: Plane, path: string, query: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await readBody(request, MAX_UPLOAD_BODY)
  if (body === undefined) return text(response, 413, `the sandbox takes uploads of up to ${MAX_UPLOAD_BODY} bytes`)
  const signed = Object.entries(request.headers).filter(([name]) => name === 'content-md5' || name.startsWith('x-amz-'))
  const headers = signed.flatMap(([name, value]) => [name, String(value)])
  const method = request.method ?? 'GET'
  const reply = plane.storage({ method, path, query, headers, body })
  const answered: Record<string, string> = {}
  for (let at = 0; at < reply.headers.length; at += 2) answered[reply.headers[at] ?? ''] = reply.headers[at + 1] ?? ''
  send(response, reply.status, answered, reply.body, method === 'HEAD')
}

async function page(www: string | undefined, path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const found = www === undefined ? undefined : await asset(www, path)
  if (found) return send(response, found.status, found.headers, found.body, request.method === 'HEAD')
  if (path === '/') return text(response, 200, 'This is the Flyte sandbox of flyte-remote. It speaks gRPC-Web.\n')
  text(response, 404, 'there is nothing here\n')
}

/** The whole body, or undefined when it is longer than the limit. */
async function readBody(request: IncomingMessage, limit: number): Promise<Uint8Array | undefined> {
  const pieces: Buffer[] = []
  let length = 0
  for await (const piece of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    length += piece.length
    if (length > limit) {
      // Read on and forget: a reply to a half-read request would be lost with the connection.
      pieces.length = 0
      request.resume()
      return undefined
    }
    pieces.push(piece)
  }
  return concat(pieces)
}

function send(response: ServerResponse, status: number, headers: Record<string, string>, body: Uint8Array, headOnly = false): void {
  response.writeHead(status, { ...headers, 'content-length': body.length })
  response.end(headOnly ? undefined : body)
}

function text(response: ServerResponse, status: number, message: string): void {
  send(response, status, { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' }, encoder.encode(message))
}

function fail(response: ServerResponse, error: unknown): void {
  if (response.headersSent || response.destroyed) response.destroy()
  else text(response, 500, `the sandbox broke down: ${error}\n`)
}

const encoder = new TextEncoder()
const NOTHING = new Uint8Array()
