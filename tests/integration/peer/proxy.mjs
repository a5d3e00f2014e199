// A logging proxy for native gRPC: passes unary calls on and remembers their requests.

import { connect, createServer } from 'node:http2'

/** A proxy before `host:port`; `requests` are `{ path, message }` in the order they came. */
export async function loggingProxy(target) {
  const requests = []
  const upstream = connect(`http://${target}`)
  upstream.on('error', () => {})
  const server = createServer()
  server.on('stream', (stream, headers) => {
    const pieces = []
    const call = upstream.request({ ...headers, ':authority': target })
    stream.on('data', (piece) => {
      pieces.push(piece)
      call.write(piece)
    })
    stream.on('end', () => {
      // Five bytes of frame before the message.
      requests.push({ path: headers[':path'], message: Buffer.concat(pieces).subarray(5) })
      call.end()
    })
    let trailers = {}
    call.on('response', (head, flags) => {
      const { ':status': status, ...rest } = head
      const ended = (flags & 1) === 1
      if (ended) return stream.respond({ ':status': status, ...rest }, { endStream: true })
      stream.respond({ ':status': status, ...rest }, { waitForTrailers: true })
      stream.on('wantTrailers', () => stream.sendTrailers(trailers))
    })
    call.on('trailers', (found) => {
      trailers = Object.fromEntries(Object.entries(found).filter(([name]) => !name.startsWith(':')))
    })
    call.on('data', (piece) => stream.write(piece))
    call.on('end', () => stream.writable && stream.end())
    call.on('error', () => stream.destroy())
    stream.on('error', () => call.destroy())
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    address: `127.0.0.1:${server.address().port}`,
    requests,
    close: () => {
      upstream.destroy()
      server.close()
    },
  }
}
