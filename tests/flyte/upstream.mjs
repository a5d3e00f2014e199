// A gRPC server (HTTP/2 without TLS) that does as a test tells it, to be put behind a proxy.

import { once } from 'node:events'
import { createServer } from 'node:http2'

/** Starts one on `port`. `answers` maps the last part of a path to a function of the stream, the request's headers and its message. */
export async function startUpstream(port, answers) {
  const sessions = new Set()
  const server = createServer()
  server.on('session', (session) => {
    sessions.add(session)
    session.on('close', () => sessions.delete(session))
  })
  server.on('stream', async (stream, headers) => {
    stream.on('error', () => {})
    const parts = []
    for await (const part of stream) parts.push(part)
    await answers[headers[':path'].split('/').at(-1)](stream, headers, Buffer.concat(parts).subarray(5))
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return {
    async stop() {
      for (const session of sessions) session.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

/** A message as gRPC frames it. */
export function frame(message, flags = 0) {
  const head = Buffer.alloc(5)
  head.writeUInt8(flags)
  head.writeUInt32BE(message.length, 1)
  return Buffer.concat([head, message])
}

/** Answers with headers, the parts of a body, and trailers; without trailers, the stream just ends. */
export function reply(stream, { headers = {}, body = [], trailers }) {
  stream.respond({ ':status': 200, 'content-type': 'application/grpc+proto', ...headers }, { waitForTrailers: trailers !== undefined })
  if (trailers) stream.on('wantTrailers', () => stream.sendTrailers(trailers))
  for (const part of body) stream.write(part)
  stream.end()
}

/** Answers with headers alone, which are the trailers too. */
export function trailersOnly(stream, trailers) {
  stream.respond({ ':status': 200, 'content-type': 'application/grpc+proto', ...trailers }, { endStream: true })
}
