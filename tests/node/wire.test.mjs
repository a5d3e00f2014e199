// gRPC-Web over real sockets: what servers and proxies do to a reply, through the public raw call.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import * as flyte from 'flyte-remote'
import { deadPort, frame, GRPC_WEB, message, pause, reply, serve, trailers, until } from './wire.mjs'

const METHOD = '/wire.Cases/Get'
const REQUEST = new TextEncoder().encode('request')

/** Calls the server once, without retries unless the options say so. */
function call(endpoint, { remote = {}, ...options } = {}) {
  const { client } = flyte.FlyteRemote.forEndpoint(endpoint, { retries: 0, ...remote })
  return client.unary(METHOD, REQUEST, options)
}

const text = (bytes) => new TextDecoder().decode(bytes)

/** The error of a call that must fail. */
async function failure(promise) {
  const error = await promise.then(
    (bytes) => assert.fail(`expected a failure, got the reply ${JSON.stringify(text(bytes))}`),
    (error) => error,
  )
  assert.ok(error instanceof Error && error instanceof flyte.FlyteError, `not a FlyteError: ${error}`)
  return error
}

const ok = [message('hello'), trailers()]
const bytes = (...frames) => [...Buffer.concat(frames)].map((byte) => Buffer.from([byte]))
const page = (title) => `<!doctype html><html><head><title>${title}</title></head><body></body></html>`

const successes = {
  'message and trailers in one chunk': reply(200, GRPC_WEB, Buffer.concat(ok)),
  'message and trailers in a chunk each': reply(200, GRPC_WEB, ...ok),
  'byte by byte': reply(200, GRPC_WEB, ...bytes(...ok)),
  'trailers cut in the middle': reply(200, GRPC_WEB, ok[0], ok[1].subarray(0, 9), ok[1].subarray(9)),
  'upper-case trailers with a space': reply(200, GRPC_WEB, message('hello'), trailers('Grpc-Status: 0\r\nGRPC-MESSAGE: \r\n')),
  'repeated trailers': reply(200, GRPC_WEB, message('hello'), trailers('grpc-status: 0\r\na: 1\r\na: 2\r\ngrpc-status: 0\r\n')),
  'content type without codec': reply(200, { 'content-type': 'application/grpc-web' }, ...ok),
  'content type with parameters': reply(200, { 'content-type': 'application/grpc-web+proto; charset=utf-8' }, ...ok),
  'no content type': reply(200, {}, ...ok),
  'status in the headers and empty trailers': reply(200, { ...GRPC_WEB, 'grpc-status': '0' }, message('hello'), trailers('')),
  'connection that breaks after the trailers': async (_request, response) => {
    response.writeHead(200, GRPC_WEB)
    response.write(Buffer.concat(ok))
    await pause(20)
    response.socket.resetAndDestroy()
  },
  'body that never ends after the trailers': (_request, response) => {
    response.writeHead(200, GRPC_WEB)
    response.write(Buffer.concat(ok))
  },
}

for (const [name, answer] of Object.entries(successes)) {
  test(`success: ${name}`, async (t) => {
    const server = await serve(t, answer)
    assert.equal(text(await call(server.endpoint)), 'hello')
  })
}

test('success: empty message', async (t) => {
  const server = await serve(t, reply(200, GRPC_WEB, Buffer.concat([message(''), trailers()])))
  assert.equal((await call(server.endpoint)).length, 0)
})

const { NotFoundError, UnavailableError, FlyteSystemError, AuthenticationError, NotImplementedError, InvalidInputError } = flyte

const failures = {
  'status in the trailers': [
    reply(200, GRPC_WEB, trailers('grpc-status:5\r\ngrpc-message:no j%C3%A1 100%25 %zz\r\n')),
    { type: NotFoundError, code: 'NOT_FOUND', httpStatus: 200, says: /no já 100% %zz/ },
  ],
  'status in the headers (trailers-only)': [
    reply(200, { ...GRPC_WEB, 'grpc-status': '3', 'grpc-message': 'bad%20name' }),
    { type: InvalidInputError, code: 'INVALID_ARGUMENT', says: /bad name/ },
  ],
  'status after a message': [
    reply(200, GRPC_WEB, message('x'), trailers('grpc-status: 5\r\ngrpc-message: no\r\n')),
    { type: NotFoundError, code: 'NOT_FOUND' },
  ],
  'status that is no number': [
    reply(200, GRPC_WEB, trailers('grpc-status: five\r\n')),
    { type: FlyteSystemError, code: 'UNKNOWN', says: /invalid grpc-status "five"/ },
  ],
  'status out of range': [
    reply(200, GRPC_WEB, trailers('grpc-status: 99\r\ngrpc-message: odd\r\n')),
    { code: 'UNKNOWN', says: /odd \(invalid grpc-status "99"\)/ },
  ],
  'trailers without a status': [reply(200, GRPC_WEB, message('x'), trailers('a: b\r\n')), { code: 'UNKNOWN', says: /no grpc-status/ }],
  'missing trailers': [reply(200, GRPC_WEB, message('x')), { code: 'UNKNOWN', says: /a message but no trailers/ }],
  'missing message': [reply(200, GRPC_WEB, trailers()), { type: NotImplementedError, code: 'UNIMPLEMENTED', says: /no message/ }],
  'extra message': [
    reply(200, GRPC_WEB, message('x'), message('y'), trailers()),
    { type: NotImplementedError, code: 'UNIMPLEMENTED', says: /more than one message/ },
  ],
  'data after the trailers': [
    reply(200, GRPC_WEB, Buffer.concat([message('x'), trailers(), message('y')])),
    { code: 'INTERNAL', says: /goes on after its trailers/ },
  ],
  'body that ends inside a frame': [
    reply(200, GRPC_WEB, message('hello').subarray(0, 7)),
    { type: FlyteSystemError, code: 'INTERNAL', says: /broke off.* 7 bytes into a frame/ },
  ],
  'compressed frame': [
    reply(200, { ...GRPC_WEB, 'grpc-encoding': 'gzip' }, frame(1, 'x'), trailers()),
    { code: 'INTERNAL', says: /compressed/ },
  ],
  'frame of 3 GiB announced': [
    reply(200, GRPC_WEB, Buffer.from([0, 0xc0, 0, 0, 0, 1])),
    { code: 'RESOURCE_EXHAUSTED', says: /3221225472 bytes, more than the limit of 67108864/ },
  ],
  'grpc-web-text': [
    reply(200, { 'content-type': 'application/grpc-web-text+proto' }, Buffer.concat(ok).toString('base64')),
    { code: 'INTERNAL', says: /grpc-web-text/ },
  ],
  'gRPC-Web with JSON messages': [
    reply(200, { 'content-type': 'application/grpc-web+json' }, message('{}'), trailers()),
    { code: 'INTERNAL', says: /not with protobuf/ },
  ],
  'native gRPC': [reply(200, { 'content-type': 'application/grpc' }, message('x')), { code: 'INTERNAL', says: /gRPC-Web filter/ }],
  'HTML with 200': [
    reply(200, { 'content-type': 'text/html' }, page('Sign in to Example')),
    { code: 'UNKNOWN', httpStatus: 200, says: /HTTP 200.*text\/html.*Sign in to Example/ },
  ],
  'text that claims to be gRPC-Web': [reply(200, GRPC_WEB, 'hello world'), { code: 'INTERNAL', says: /not gRPC-Web.*hello world/ }],
  'empty reply, as CORS leaves it': [
    reply(200, GRPC_WEB),
    { code: 'UNKNOWN', says: /access-control-expose-headers: grpc-status, grpc-message, grpc-status-details-bin/ },
  ],
  'HTTP 401': [
    reply(401, { 'content-type': 'text/html' }, page('Authorization Required')),
    { type: AuthenticationError, code: 'UNAUTHENTICATED', httpStatus: 401, says: /HTTP 401 Unauthorized: Authorization Required/ },
  ],
  'HTTP 403': [
    reply(403, { 'content-type': 'text/plain' }, 'RBAC: access denied'),
    { type: AuthenticationError, code: 'PERMISSION_DENIED', httpStatus: 403, says: /HTTP 403 Forbidden: RBAC: access denied/ },
  ],
  'HTTP 404': [
    reply(404, { 'content-type': 'application/json' }, '{"code":5,"message":"Not Found","details":[]}'),
    { type: NotImplementedError, code: 'UNIMPLEMENTED', httpStatus: 404, says: /HTTP 404 Not Found \(.*gRPC-Web filter/ },
  ],
  'HTTP 415': [reply(415, {}), { code: 'UNKNOWN', httpStatus: 415, says: /HTTP 415 .*gRPC-Web filter/ }],
  'HTTP 429': [reply(429, {}, 'slow down'), { type: UnavailableError, code: 'UNAVAILABLE', httpStatus: 429, says: /HTTP 429/ }],
  'HTTP 500': [reply(500, { 'content-type': 'text/html' }, page('Oops')), { code: 'UNKNOWN', httpStatus: 500, says: /HTTP 500.*Oops/ }],
  'HTTP 502': [
    reply(502, { 'content-type': 'text/html' }, page('502 Bad Gateway')),
    { type: UnavailableError, code: 'UNAVAILABLE', httpStatus: 502, says: /HTTP 502 Bad Gateway/ },
  ],
  'HTTP 503': [reply(503, {}), { type: UnavailableError, code: 'UNAVAILABLE', httpStatus: 503, says: /HTTP 503 Service Unavailable/ }],
  'HTTP 504': [reply(504, {}), { type: UnavailableError, code: 'UNAVAILABLE', httpStatus: 504 }],
  'HTTP 503 with grpc-status, as Envoy says it': [
    reply(503, { ...GRPC_WEB, 'grpc-status': '14', 'grpc-message': 'no healthy upstream' }),
    { type: UnavailableError, code: 'UNAVAILABLE', httpStatus: 503, says: /no healthy upstream/ },
  ],
  'HTTP 401 with another grpc-status': [
    reply(401, { 'content-type': 'text/html', 'grpc-status': '5', 'grpc-message': 'gone' }, page('x')),
    { type: NotFoundError, code: 'NOT_FOUND', httpStatus: 401, says: /gone/ },
  ],
  'HTTP 500 with a grpc-status in the body': [
    reply(500, GRPC_WEB, trailers('grpc-status: 5\r\ngrpc-message: gone\r\n')),
    { type: NotFoundError, code: 'NOT_FOUND', httpStatus: 500, says: /gone/ },
  ],
  redirect: [
    reply(302, { location: 'https://sso.example.com/login' }),
    { code: 'UNKNOWN', httpStatus: 302, says: /HTTP 302.*https:\/\/sso\.example\.com\/login/ },
  ],
  'connection reset before the head': [
    (_request, response) => response.socket.resetAndDestroy(),
    { type: UnavailableError, code: 'UNAVAILABLE', cause: true },
  ],
  'connection reset in the message': [
    async (_request, response) => {
      response.writeHead(200, GRPC_WEB)
      response.write(message('hello').subarray(0, 7))
      await pause(20)
      response.socket.resetAndDestroy()
    },
    { type: UnavailableError, code: 'UNAVAILABLE', cause: true, says: /connection broke/ },
  ],
  'connection closed before the announced end': [
    async (_request, response) => {
      response.writeHead(200, { ...GRPC_WEB, 'content-length': '1000' })
      response.write(message('hello'))
      await pause(20)
      response.socket.destroy()
    },
    { type: UnavailableError, code: 'UNAVAILABLE', cause: true },
  ],
  'connection that speaks no HTTP': [
    (_request, response) => response.socket.end('\0\0\x12\x04\0\0\0\0\0'),
    { type: UnavailableError, code: 'UNAVAILABLE', cause: true },
  ],
}

for (const [name, [answer, expected]] of Object.entries(failures)) {
  test(`failure: ${name}`, async (t) => {
    const server = await serve(t, answer)
    const error = await failure(call(server.endpoint))
    assert.equal(error.code, expected.code, error.message)
    if (expected.type) assert.ok(error instanceof expected.type, `${error.constructor.name}: ${error.message}`)
    if (expected.says) assert.match(error.message, expected.says)
    if ('httpStatus' in expected) assert.equal(error.httpStatus, expected.httpStatus)
    if (expected.cause) assert.ok(error.cause instanceof Error, 'the cause is the platform’s error')
    assert.match(error.message, /Get/, 'the message names the method')
    assert.equal(error.method, METHOD)
    assert.equal(server.requests.length, 1)
  })
}

test('request: what goes over the wire', async (t) => {
  const server = await serve(t, reply(200, GRPC_WEB, ...ok))
  await call(server.endpoint, { timeoutMs: 1500, metadata: { authorization: 'Bearer x', 'trace-bin': 'AAEC' } })
  const [request] = server.requests
  assert.deepEqual([request.method, request.url], ['POST', METHOD])
  const { headers } = request
  assert.equal(headers['content-type'], 'application/grpc-web+proto')
  assert.equal(headers['x-grpc-web'], '1')
  assert.match(headers['x-user-agent'], /^flyte-remote\/\d/)
  assert.equal(headers['grpc-timeout'], '1500m')
  assert.equal(headers.authorization, 'Bearer x')
  assert.equal(headers['trace-bin'], 'AAEC')
  assert.deepEqual(request.body, message('request'))
})

test('request: an endpoint with a prefix', async (t) => {
  const server = await serve(t, reply(200, GRPC_WEB, ...ok))
  await call(`${server.endpoint}/some/prefix/`)
  assert.equal(server.requests[0].url, `/some/prefix${METHOD}`)
})

test('reply: headers and trailers are told', async (t) => {
  const server = await serve(t, reply(200, { ...GRPC_WEB, 'x-a': '1' }, message('x'), trailers('grpc-status:0\r\nX-B: 2\r\nx-b: 3\r\n')))
  let told
  await call(server.endpoint, { onReply: (reply) => (told = reply) })
  assert.equal(told.headers['x-a'], '1')
  assert.equal(told.trailers['x-b'], '2, 3')
})

for (const padded of [true, false]) {
  test(`failure: details, base64 ${padded ? 'padded' : 'unpadded'}`, async (t) => {
    const type = 'type.googleapis.com/flyteidl.core.ExecutionError'
    const details = encodeStatus(5, 'gone', type, 'abc')
    assert.notEqual(details.length % 3, 0, 'a length that base64 pads')
    const base64 = details.toString('base64')
    const sent = padded ? base64 : base64.replaceAll('=', '')
    const server = await serve(t, reply(200, GRPC_WEB, trailers(`grpc-status:5\r\ngrpc-status-details-bin:${sent}\r\n`)))
    const error = await failure(call(server.endpoint))
    assert.equal(error.code, 'NOT_FOUND')
    assert.match(error.message, /gone/)
    assert.equal(error.details.length, 1)
    assert.equal(error.details[0]['@type'], type)
    assert.equal(error.details[0].code, 'abc')
  })
}

/** A google.rpc.Status with one detail whose first field is a text. */
function encodeStatus(code, text, type, value) {
  const field = (number, bytes) => Buffer.concat([Buffer.from([(number << 3) | 2, bytes.length]), bytes])
  const any = Buffer.concat([field(1, Buffer.from(type)), field(2, field(1, Buffer.from(value)))])
  return Buffer.concat([Buffer.from([8, code]), field(2, Buffer.from(text)), field(3, any)])
}

test('failure: nothing listens at the port', async () => {
  const port = await deadPort()
  const error = await failure(call(`http://127.0.0.1:${port}`))
  assert.ok(error instanceof UnavailableError)
  assert.match(error.message, /ECONNREFUSED/)
  assert.match(error.message, new RegExp(`http://127.0.0.1:${port}`))
  assert.ok(error.cause instanceof Error)
  assert.equal(error.httpStatus, undefined)
})

test('failure: nothing listens at localhost, whatever its addresses', async () => {
  const error = await failure(call(`http://localhost:${await deadPort()}`))
  assert.ok(error instanceof UnavailableError)
  assert.match(error.message, /ECONNREFUSED/)
})

test('failure: headers larger than Node allows', async (t) => {
  const server = await serve(t, reply(200, { ...GRPC_WEB, 'grpc-status': '6', 'grpc-message': 'x'.repeat(30_000) }))
  const error = await failure(call(server.endpoint, { remote: { retries: 3 } }))
  assert.equal(error.code, 'RESOURCE_EXHAUSTED')
  assert.match(error.message, /--max-http-header-size/)
  assert.equal(server.requests.length, 1)
})

test('failure: no such host', async () => {
  const error = await failure(call('http://nope.invalid'))
  assert.ok(error instanceof UnavailableError)
  assert.match(error.message, /nope\.invalid/)
  assert.ok(error.cause instanceof Error)
})

test('failure: a reply over the limit is not read to its end', async (t) => {
  let ended = false
  const server = await serve(t, async (_request, response) => {
    response.on('close', () => (ended = true))
    response.writeHead(200, GRPC_WEB)
    response.write(message(Buffer.alloc(2000)).subarray(0, 100))
  })
  const error = await failure(call(server.endpoint, { remote: { maxReplyBytes: 1999 } }))
  assert.equal(error.code, 'RESOURCE_EXHAUSTED')
  await until(() => ended, 'the connection closes')
})

test('deadline: before the head', async (t) => {
  let closed = false
  const server = await serve(t, (_request, response) => response.on('close', () => (closed = true)))
  const begin = performance.now()
  const error = await failure(call(server.endpoint, { timeoutMs: 100 }))
  const took = performance.now() - begin
  assert.ok(error instanceof flyte.TimeoutError)
  assert.equal(error.code, 'DEADLINE_EXCEEDED')
  assert.match(error.message, /Get.*100 ms/)
  assert.ok(took >= 95 && took < 2000, `took ${took} ms`)
  await until(() => closed, 'the server sees the connection close')
})

test('deadline: covers a slow body', async (t) => {
  let closed = false
  const server = await serve(t, async (_request, response) => {
    response.on('close', () => (closed = true))
    response.writeHead(200, GRPC_WEB)
    for (const byte of bytes(message('x'.repeat(1000)))) {
      if (closed) return
      response.write(byte)
      await pause(10)
    }
  })
  const error = await failure(call(server.endpoint, { timeoutMs: 150 }))
  assert.ok(error instanceof flyte.TimeoutError, error.message)
  await until(() => closed, 'the server sees the connection close')
})

test('deadline: Infinity sends no grpc-timeout', async (t) => {
  const server = await serve(t, reply(200, GRPC_WEB, ...ok))
  await call(server.endpoint, { timeoutMs: Number.POSITIVE_INFINITY })
  assert.equal(server.requests[0].headers['grpc-timeout'], undefined)
})

for (const reason of [new Error('changed my mind'), 'a text', { any: 'object' }]) {
  test(`abort: before the call, with ${typeof reason === 'string' ? reason : reason.constructor.name}`, async (t) => {
    const server = await serve(t, reply(200, GRPC_WEB, ...ok))
    const error = await failure(call(server.endpoint, { signal: AbortSignal.abort(reason) }))
    assert.ok(error instanceof flyte.CancelledError)
    assert.equal(error.code, 'CANCELLED')
    assert.equal(error.cause, reason)
    assert.equal(server.requests.length, 0)
  })
}

test('abort: before the head', async (t) => {
  let closed = false
  const server = await serve(t, (_request, response) => response.on('close', () => (closed = true)))
  const control = new AbortController()
  const pending = failure(call(server.endpoint, { signal: control.signal }))
  await until(() => server.requests.length === 1, 'the request arrives')
  const reason = new Error('changed my mind')
  control.abort(reason)
  const error = await pending
  assert.ok(error instanceof flyte.CancelledError)
  assert.equal(error.cause, reason)
  await until(() => closed, 'the server sees the connection close')
})

test('abort: in the body', async (t) => {
  let closed = false
  const server = await serve(t, (_request, response) => {
    response.on('close', () => (closed = true))
    response.writeHead(200, GRPC_WEB)
    response.write(message('hello').subarray(0, 7))
  })
  const control = new AbortController()
  const pending = failure(call(server.endpoint, { signal: control.signal }))
  await until(() => server.requests.length === 1, 'the request arrives')
  await pause(50)
  control.abort()
  const error = await pending
  assert.ok(error instanceof flyte.CancelledError)
  assert.equal(error.cause.name, 'AbortError')
  await until(() => closed, 'the server sees the connection close')
})

test('abort: after the reply changes nothing', async (t) => {
  const server = await serve(t, reply(200, GRPC_WEB, ...ok))
  const control = new AbortController()
  assert.equal(text(await call(server.endpoint, { signal: control.signal })), 'hello')
  control.abort()
  await pause(10)
})

test('abort: in the pause before a retry', async (t) => {
  const server = await serve(t, reply(503, { 'retry-after': '5' }))
  const control = new AbortController()
  const { client } = flyte.FlyteRemote.forEndpoint(server.endpoint)
  const pending = failure(client.getVersion({}, { signal: control.signal }))
  await until(() => server.requests.length === 1, 'the request arrives')
  await pause(50)
  control.abort('enough')
  assert.equal((await pending).cause, 'enough')
  assert.equal(server.requests.length, 1)
})

test('retry: a read is sent again, an unknown method is not', async (t) => {
  let down = 2
  const server = await serve(t, (request, response) => {
    if (down-- > 0) return reply(503, {})(request, response)
    return reply(200, GRPC_WEB, message(''), trailers())(request, response)
  })
  const { client } = flyte.FlyteRemote.forEndpoint(server.endpoint)
  assert.deepEqual(await client.getVersion({}), {})
  assert.equal(server.requests.length, 3)
  down = 2
  await failure(client.unary(METHOD, REQUEST))
  assert.equal(server.requests.length, 4)
})

test('retry: whatever the method, when nothing listens yet', async (t) => {
  const port = await deadPort()
  const { client } = flyte.FlyteRemote.forEndpoint(`http://127.0.0.1:${port}`)
  const pending = client.unary(METHOD, REQUEST)
  const { createServer } = await import('node:http')
  await pause(50)
  const server = createServer(reply(200, GRPC_WEB, ...ok)).listen(port, '127.0.0.1')
  t.after(() => server.close())
  await once(server, 'listening')
  assert.equal(text(await pending), 'hello')
  server.closeAllConnections()
})

for (const [metadata, says] of [
  [{ 'grpc-timeout': '1S' }, /"grpc-timeout".*reserved/],
  [{ 'Content-Type': 'text/plain' }, /"Content-Type".*reserved/],
  [{ 'a b': 'x' }, /"a b".*expected a name/],
  [{ authorization: 'tokén' }, /"authorization".*expected printable ASCII, got U\+00E9 at position 3/],
  [{ authorization: 'x\n' }, /"authorization".*U\+000A at position 1/],
  [{ 'trace-bin': 'not base64!' }, /"trace-bin".*base64/],
]) {
  test(`bad input: metadata ${JSON.stringify(metadata)}`, async (t) => {
    const server = await serve(t, reply(200, GRPC_WEB, ...ok))
    const error = await failure(call(server.endpoint, { metadata }))
    assert.match(error.message, says)
    assert.ok(error instanceof flyte.FlyteValueError, `${error.constructor.name}: ${error.message}`)
    assert.equal(server.requests.length, 0)
  })
}

for (const method of ['', 'GetTask', '/', '/a.B', '/a.B/', '/../B', '/a.B/C?d', 'http://other/a.B/C']) {
  test(`bad input: method ${JSON.stringify(method)}`, async (t) => {
    const server = await serve(t, reply(200, GRPC_WEB, ...ok))
    const { client } = flyte.FlyteRemote.forEndpoint(server.endpoint)
    const error = await failure(client.unary(method, REQUEST))
    assert.match(error.message, /expected \/package\.Service\/Method/)
    assert.ok(error instanceof flyte.FlyteValueError, `${error.constructor.name}: ${error.message}`)
    assert.equal(server.requests.length, 0)
  })
}

for (const [endpoint, says] of [
  ['', /host is missing/],
  ['ftp://host', /scheme "ftp"/],
  ['https://host:99999', /port "99999"/],
  ['https://host/?x', /the path can't have "\?"/],
]) {
  test(`bad input: endpoint ${JSON.stringify(endpoint)}`, () => {
    assert.throws(
      () => flyte.FlyteRemote.forEndpoint(endpoint),
      (error) => error instanceof flyte.FlyteValueError && says.test(error.message) && error.path === 'endpoint',
    )
  })
}

test('many calls at once share connections and all get their own reply', async (t) => {
  const server = await serve(t, (request, response) =>
    reply(200, GRPC_WEB, message(request.body.subarray(5)), trailers())(request, response),
  )
  const { client } = flyte.FlyteRemote.forEndpoint(server.endpoint)
  const sent = Array.from({ length: 50 }, (_, number) => `call ${number}`)
  const replies = await Promise.all(sent.map((text) => client.unary(METHOD, new TextEncoder().encode(text))))
  assert.deepEqual(replies.map(text), sent)
})

test('calls one after the other keep their connection', async (t) => {
  const sockets = new Set()
  const server = await serve(t, (request, response) => {
    sockets.add(request.socket)
    return reply(200, GRPC_WEB, ...ok)(request, response)
  })
  const { client } = flyte.FlyteRemote.forEndpoint(server.endpoint)
  for (let number = 0; number < 20; number++) await client.unary(METHOD, REQUEST)
  assert.ok(sockets.size <= 2, `${sockets.size} connections for 20 calls`)
})

test('large message, 20 MB in many pieces', async (t) => {
  const large = Buffer.alloc(20_000_000, 'flyte')
  const server = await serve(t, reply(200, GRPC_WEB, Buffer.concat([message(large), trailers()])))
  const got = await call(server.endpoint)
  assert.ok(large.equals(got))
})
