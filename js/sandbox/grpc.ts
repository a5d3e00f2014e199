// The native gRPC port: HTTP/2 without TLS, as flytekit and flytectl use it with `insecure`.

import { constants, createServer, type Http2Server, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2'
import { concat } from '../bytes.js'
import { refusal } from './guard.js'
import type { Plane } from './plane.js'
import { answer, type Call, frame, MAX_REQUEST_BYTES, statusHeaders, tooLarge } from './rpc.js'

/** A server that is not listening yet. */
export function grpcServer(plane: Plane): Http2Server {
  const server = createServer()
  server.on('stream', (stream, headers) => {
    stream.on('error', () => {})
    serve(plane, stream, headers).catch(() => stream.close(constants.NGHTTP2_INTERNAL_ERROR))
  })
  server.on('sessionError', () => {})
  return server
}

async function serve(plane: Plane, stream: ServerHttp2Stream, headers: IncomingHttpHeaders): Promise<void> {
  const refused = refusal(headers[':authority'] ?? headers.host, headers.origin)
  if (refused) return refuse(stream, 403, refused)
  if (headers[':method'] !== 'POST') return refuse(stream, 405, 'gRPC calls are POST requests')
  if (!/^application\/grpc(\+proto)?(;|$)/.test(headers['content-type'] ?? '')) {
    return refuse(stream, 415, `invalid gRPC request content-type "${headers['content-type'] ?? ''}"`)
  }
  const arrived = performance.now()
  const body = await readBody(stream)
  if (stream.destroyed) return
  const call =
    body instanceof Uint8Array
      ? answer(headers[':path'] ?? '', header(headers, 'grpc-timeout'), arrived, body, (path, message) => plane.call(path, message))
      : body
  reply(stream, call)
}

/** The request body, or the refusal of one that is too long. */
async function readBody(stream: ServerHttp2Stream): Promise<Uint8Array | Call> {
  const pieces: Buffer[] = []
  let length = 0
  for await (const piece of stream as AsyncIterable<Buffer>) {
    length += piece.length
    if (length > MAX_REQUEST_BYTES + 5) pieces.length = 0
    else pieces.push(piece)
  }
  return length > MAX_REQUEST_BYTES + 5 ? tooLarge(length - 5) : concat(pieces)
}

function reply(stream: ServerHttp2Stream, call: Call): void {
  const head = { ':status': 200, 'content-type': 'application/grpc' }
  if (call.code !== 0) {
    stream.respond({ ...head, ...statusHeaders(call) }, { endStream: true })
    return
  }
  stream.respond(head, { waitForTrailers: true })
  stream.on('wantTrailers', () => stream.sendTrailers(statusHeaders(call)))
  stream.end(frame(0, call.reply))
}

function refuse(stream: ServerHttp2Stream, status: number, message: string): void {
  stream.respond({ ':status': status, 'content-type': 'text/plain; charset=utf-8' })
  stream.end(message)
}

function header(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name]
  return Array.isArray(value) ? value[0] : value
}
