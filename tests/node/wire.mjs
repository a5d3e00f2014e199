// A server that answers as a test tells it to, over a real socket: what the wire tests talk to.

import { once } from 'node:events'
import { createServer } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'

export { pause }

/** A gRPC-Web frame. */
export function frame(flag, payload) {
  const bytes = Buffer.from(payload)
  const head = Buffer.from([flag, 0, 0, 0, 0])
  head.writeUInt32BE(bytes.length, 1)
  return Buffer.concat([head, bytes])
}

/** A message frame. */
export const message = (payload) => frame(0, payload)

/** A trailers frame; by default the one of success, written as Envoy writes it. */
export const trailers = (text = 'grpc-status:0\r\ngrpc-message:\r\n') => frame(0x80, text)

export const GRPC_WEB = { 'content-type': 'application/grpc-web+proto' }

/** Answers with this head and these pieces of a body, each in a packet of its own. */
export function reply(status, headers, ...pieces) {
  return async (_request, response) => {
    response.socket.setNoDelay(true)
    response.writeHead(status, headers)
    response.flushHeaders()
    for (const piece of pieces) {
      response.write(piece)
      if (pieces.length > 1) await pause(2)
    }
    response.end()
  }
}

/** Starts a server on loopback, until test `t` ends. `answer(request, response)` may be async; `request.body` holds what was sent. */
export async function serve(t, answer) {
  const requests = []
  const server = createServer(async (request, response) => {
    const chunks = []
    try {
      for await (const chunk of request) chunks.push(chunk)
      request.body = Buffer.concat(chunks)
      requests.push(request)
      await answer(request, response)
    } catch (error) {
      // A client that gives up breaks the request; anything else is a mistake of the test.
      if (!request.destroyed && !response.destroyed) throw error
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(async () => {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  })
  return {
    endpoint: `http://127.0.0.1:${server.address().port}`,
    /** The requests so far. */
    requests,
    /** How many connections are open. */
    connections: () => new Promise((resolve, reject) => server.getConnections((error, count) => (error ? reject(error) : resolve(count)))),
  }
}

/** A port of this machine where nothing listens. */
export async function deadPort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  server.close()
  await once(server, 'close')
  return port
}

/** Waits until `check()` is true. */
export async function until(check, what) {
  for (let left = 200; left > 0; left--) {
    if (await check()) return
    await pause(10)
  }
  throw new Error(`waited 2 s in vain: ${what}`)
}
