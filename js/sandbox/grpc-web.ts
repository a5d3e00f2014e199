// gRPC-Web as Envoy speaks it: bytes of a request in, status, headers and bytes of the reply out.

import { concat } from '../bytes.js'
import { answer, base64, frame, type Handler, statusHeaders } from './rpc.js'

/** A request. Header names are lower case. */
export interface WebRequest {
  path: string
  headers: Record<string, string | undefined>
  body: Uint8Array
  /** `performance.now()` when it began. */
  arrived: number
}

/** A reply. */
export interface WebReply {
  status: number
  headers: Record<string, string>
  body: Uint8Array
}

/** Whether a content type is gRPC-Web's. */
export const isGrpcWeb = (contentType: string | undefined): boolean =>
  /^application\/grpc-web(-text)?(\+proto)?(;|$)/.test(contentType ?? '')

/** Answers a gRPC-Web request. */
export function answerGrpcWeb(request: WebRequest, handler: Handler): WebReply {
  const contentType = request.headers['content-type'] ?? ''
  const isText = contentType.startsWith('application/grpc-web-text')
  const type = isText ? 'application/grpc-web-text+proto' : 'application/grpc-web+proto'
  const body = isText ? fromBase64(request.body) : request.body
  if (body === undefined) {
    return {
      status: 400,
      headers: { 'content-type': type, 'grpc-status': '13', 'grpc-message': 'Bad gRPC-web request: invalid base64 data' },
      body: NOTHING,
    }
  }
  const call = answer(request.path, request.headers['grpc-timeout'], request.arrived, body, handler)
  if (call.code !== 0) return { status: 200, headers: { 'content-type': type, ...statusHeaders(call) }, body: NOTHING }
  const trailers = Object.entries(statusHeaders(call)).map(([name, value]) => `${name}:${value}\r\n`)
  const reply = concat([frame(0, call.reply), frame(0x80, encoder.encode(trailers.join('')))])
  return { status: 200, headers: { 'content-type': type }, body: isText ? encoder.encode(base64(reply)) : reply }
}

/** Bytes of base64 text, which may be several padded pieces in a row. */
function fromBase64(body: Uint8Array): Uint8Array | undefined {
  const text = new TextDecoder().decode(body)
  if (!/^([A-Za-z0-9+/]{4}|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{2}==)*$/.test(text)) return undefined
  return concat((text.match(/[^=]+=*/g) ?? []).map((piece) => Uint8Array.from(atob(piece), (char) => char.charCodeAt(0))))
}

const encoder = new TextEncoder()
const NOTHING = new Uint8Array()
