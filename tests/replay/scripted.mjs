// A remote whose server is a function: a reply's bytes for a method and a request's bytes, or `{ code, message }`.

import { FlyteRemote } from 'flyte-remote'

function frame(flag, payload) {
  const bytes = new Uint8Array(5 + payload.length)
  bytes[0] = flag
  new DataView(bytes.buffer).setUint32(1, payload.length)
  bytes.set(payload, 5)
  return bytes
}

/** The remote, the methods called, and the bytes of their requests. */
export function scripted(answer, options = {}) {
  const [requests, methods] = [[], []]
  const fetch = async (url, { body }) => {
    const method = url.split('/').at(-1)
    const request = new Uint8Array(await new Response(body).arrayBuffer()).subarray(5)
    const nth = methods.filter((name) => name === method).length
    requests.push(request)
    methods.push(method)
    const reply = await answer(method, request, nth)
    const [code, message] = reply instanceof Uint8Array ? [0, ''] : [reply.code, encodeURIComponent(reply.message)]
    const trailers = frame(0x80, new TextEncoder().encode(`grpc-status:${code}\r\ngrpc-message:${message}\r\n`))
    const body_ = reply instanceof Uint8Array ? [frame(0, reply), trailers] : [trailers]
    return new Response(new Blob(body_), { headers: { 'content-type': 'application/grpc-web+proto' } })
  }
  const remote = FlyteRemote.forEndpoint('https://flyte.example.com', { project: 'p', domain: 'd', ...options, fetch })
  return { remote, requests, methods }
}
