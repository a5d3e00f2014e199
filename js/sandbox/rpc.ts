// gRPC's vocabulary, shared by both wires.

/** How a call ended. */
export interface Call {
  /** gRPC code, 0 for success. */
  code: number
  /** Why it failed. */
  message: string
  /** A serialised `google.rpc.Status`, empty when there is none. */
  details: Uint8Array
  /** The reply message. */
  reply: Uint8Array
}

export const DEADLINE_EXCEEDED = 4
export const RESOURCE_EXHAUSTED = 8
export const UNIMPLEMENTED = 12
export const INTERNAL = 13
export const UNAVAILABLE = 14

/** grpc-go's default limit for a request message, which FlyteAdmin keeps. */
export const MAX_REQUEST_BYTES = 4 * 1024 * 1024

/** A failed call. */
export const failed = (code: number, message: string): Call => ({ code, message, details: new Uint8Array(), reply: new Uint8Array() })

/** Answers a call of `/package.Service/Method`. */
export type Handler = (path: string, message: Uint8Array) => Call

/** Calls that leave the state as it is; they are not worth a place in the journal. */
export const isReadOnly = (path: string): boolean => /\/(Get(?!OrCreate)|List|CreateDownload)\w*$/.test(path)

/** The message in a request body: exactly one frame, not compressed, not too long. */
export function requestMessage(body: Uint8Array): Uint8Array | Call {
  if (body.length < 5) return failed(INTERNAL, 'the request has no message')
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength)
  const [flags, length] = [view.getUint8(0), view.getUint32(1)]
  if (length > MAX_REQUEST_BYTES) return tooLarge(length)
  if (flags === 1) return failed(UNIMPLEMENTED, 'grpc: Decompressor is not installed for grpc-encoding of the request')
  if (flags !== 0) return failed(INTERNAL, `grpc: received unexpected payload format ${flags}`)
  if (body.length < 5 + length) return failed(INTERNAL, 'unexpected EOF')
  if (body.length > 5 + length) return failed(INTERNAL, 'the request has more than one message')
  return body.subarray(5)
}

/** The refusal of a message beyond the limit. */
export const tooLarge = (length: number): Call =>
  failed(RESOURCE_EXHAUSTED, `grpc: received message larger than max (${length} vs. ${MAX_REQUEST_BYTES})`)

/** A frame: flags, length, data. */
export function frame(flags: number, data: Uint8Array): Uint8Array {
  const framed = new Uint8Array(5 + data.length)
  new DataView(framed.buffer).setUint32(1, data.length)
  framed[0] = flags
  framed.set(data, 5)
  return framed
}

/** Status headers or trailers of a call, in the order Envoy sends them. */
export function statusHeaders({ code, message, details }: Call): Record<string, string> {
  const headers: Record<string, string> = { 'grpc-status': String(code), 'grpc-message': percentEncode(message) }
  if (details.length > 0) headers['grpc-status-details-bin'] = base64(details).replace(/=+$/, '')
  return headers
}

/** As the gRPC specification encodes `grpc-message`. */
export function percentEncode(text: string): string {
  return text.replace(/[^ -$&-~]+/gu, (part) =>
    Array.from(new TextEncoder().encode(part), (byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
  )
}

/** Bytes as base64. */
export function base64(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000))
  return btoa(text)
}

const UNITS: Record<string, number> = { H: 3_600_000, M: 60_000, S: 1000, m: 1, u: 1e-3, n: 1e-6 }

/** Milliseconds of a `grpc-timeout` header; Infinity without one, undefined when it is malformed. */
export function timeoutMs(header: string | undefined): number | undefined {
  if (header === undefined) return Infinity
  const [, digits, unit] = /^(\d{1,8})([HMSmun])$/.exec(header) ?? []
  return digits === undefined || unit === undefined ? undefined : Number(digits) * (UNITS[unit] ?? 0)
}

/** Answers a request: checks its deadline and its message, then calls. `arrived` is when the request began. */
export function answer(path: string, timeout: string | undefined, arrived: number, body: Uint8Array, handler: Handler): Call {
  const limit = timeoutMs(timeout)
  if (limit === undefined) return failed(INTERNAL, `malformed grpc-timeout: ${timeout}`)
  if (performance.now() - arrived >= limit) return failed(DEADLINE_EXCEEDED, 'context deadline exceeded')
  if (path === '/grpc.health.v1.Health/Check') return { ...failed(0, ''), reply: Uint8Array.of(8, 1) }
  const message = requestMessage(body)
  if (!(message instanceof Uint8Array)) return message
  try {
    return handler(path, message)
  } catch (error) {
    // FlyteAdmin answers a crash of its own the same way, without a text; the text is for whoever debugs the sandbox.
    return failed(INTERNAL, `the sandbox broke down: ${error}`)
  }
}
