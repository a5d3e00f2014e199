// gRPC-Web from a page to a server of another origin: what CORS lets a page see, and what the errors make of it.

import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { deadPort, frame, GRPC_WEB, message, pause, reply, serve, trailers, until } from '../node/wire.mjs'
import { startChromium } from './chromium.mjs'

const METHOD = '/wire.Cases/Get'
const dist = (name) => fileURLToPath(new URL(`../../dist/${name}`, import.meta.url))

const PAGE = `<!doctype html><title>wire</title>
<script type="importmap">{ "imports": { "flyte-remote": "/browser.mjs" } }</script>
<script type="module">
  import * as flyte from 'flyte-remote'
  await flyte.init()
  globalThis.flyte = flyte
</script>`

let browser
let page

before(async () => {
  const files = {
    '/': ['text/html', PAGE],
    '/browser.mjs': ['text/javascript', await readFile(dist('browser.mjs'))],
    '/flyte_remote.wasm': ['application/wasm', await readFile(dist('flyte_remote.wasm'))],
  }
  const site = await serve({ after }, (request, response) => {
    const [type, body] = files[request.url] ?? ['text/plain', '']
    response.writeHead(body ? 200 : 404, { 'content-type': type }).end(body)
  })
  browser = await startChromium()
  page = await browser.context.newPage()
  await page.goto(site.endpoint)
  await page.waitForFunction(() => 'flyte' in globalThis)
})

after(() => browser?.close())

const EXPOSE = { 'access-control-expose-headers': 'grpc-status, grpc-message, grpc-status-details-bin, retry-after' }
const ALLOW = {
  'access-control-allow-origin': '*',
  'access-control-allow-headers': 'content-type,x-grpc-web,x-user-agent,grpc-timeout,authorization',
}

/** A server that answers preflights with `allow` and calls with `answer`. */
function api(t, answer, allow = ALLOW) {
  return serve(t, (request, response) => {
    if (request.method !== 'OPTIONS') return answer(request, response)
    response.writeHead(204, allow).end()
  })
}

const calls = (server) => server.requests.filter((request) => request.method === 'POST')
const preflights = (server) => server.requests.filter((request) => request.method === 'OPTIONS')

/** Calls from the page: the reply's text, or what its error says. `abortAfterMs` aborts with a reason. */
function call(endpoint, options = {}) {
  return page.evaluate(
    async ([endpoint, method, { abortAfterMs, ...options }]) => {
      const { flyte } = globalThis
      if (abortAfterMs !== undefined) {
        const control = new AbortController()
        setTimeout(() => control.abort('changed my mind'), abortAfterMs)
        options.signal = control.signal
      }
      try {
        const { client } = flyte.FlyteRemote.forEndpoint(endpoint, { retries: 0 })
        const bytes = await client.unary(method, new TextEncoder().encode('request'), options)
        return { text: new TextDecoder().decode(bytes) }
      } catch (error) {
        const { name, code, message, httpStatus, cause } = error
        return {
          name,
          code,
          message,
          httpStatus,
          cause: typeof cause === 'string' ? cause : cause?.name,
          isError: error instanceof flyte.FlyteError,
        }
      }
    },
    [endpoint, METHOD, options],
  )
}

const ok = [message('hello'), trailers()]

test('a server of another origin answers', async (t) => {
  const server = await api(t, reply(200, { ...GRPC_WEB, ...ALLOW }, ...ok))
  assert.deepEqual(await call(server.endpoint, { timeoutMs: 5000, metadata: { authorization: 'Bearer x' } }), { text: 'hello' })
  const asked = preflights(server)[0].headers['access-control-request-headers']
  assert.deepEqual(asked.split(/, */).sort(), ['authorization', 'content-type', 'grpc-timeout', 'x-grpc-web', 'x-user-agent'])
  const [{ headers, body }] = calls(server)
  assert.equal(headers['grpc-timeout'], '5000m')
  assert.deepEqual(body, frame(0, 'request'))
})

test('a reply that arrives byte by byte', async (t) => {
  const bytes = [...Buffer.concat(ok)].map((byte) => Buffer.from([byte]))
  const server = await api(t, reply(200, { ...GRPC_WEB, ...ALLOW }, ...bytes))
  assert.deepEqual(await call(server.endpoint), { text: 'hello' })
})

test('a failure in the headers, exposed', async (t) => {
  const headers = { ...GRPC_WEB, ...ALLOW, ...EXPOSE, 'grpc-status': '5', 'grpc-message': 'no%20such task' }
  const server = await api(t, reply(200, headers))
  const error = await call(server.endpoint)
  assert.deepEqual([error.name, error.code, error.isError], ['NotFoundError', 'NOT_FOUND', true])
  assert.match(error.message, /no such task/)
})

test('a failure in the headers, hidden: the message names the headers to expose', async (t) => {
  const server = await api(t, reply(200, { ...GRPC_WEB, ...ALLOW, 'grpc-status': '5', 'grpc-message': 'no' }))
  const error = await call(server.endpoint)
  assert.equal(error.code, 'UNKNOWN')
  assert.match(error.message, /access-control-expose-headers: grpc-status, grpc-message, grpc-status-details-bin/)
})

test('a failure in the trailers needs nothing exposed', async (t) => {
  const server = await api(t, reply(200, { ...GRPC_WEB, ...ALLOW }, trailers('grpc-status:5\r\ngrpc-message:no\r\n')))
  assert.equal((await call(server.endpoint)).code, 'NOT_FOUND')
})

test('HTTP 503 of a proxy, seen through CORS', async (t) => {
  const server = await api(t, reply(503, { ...ALLOW, 'content-type': 'text/plain' }, 'no healthy upstream'))
  const error = await call(server.endpoint)
  assert.deepEqual([error.name, error.httpStatus], ['UnavailableError', 503])
  assert.match(error.message, /HTTP 503 Service Unavailable: no healthy upstream/)
})

const hidden = {
  'the preflight refuses the origin': [{}, reply(200, { ...GRPC_WEB, ...ALLOW }, ...ok)],
  'the preflight refuses the headers': [{ 'access-control-allow-origin': '*' }, reply(200, { ...GRPC_WEB, ...ALLOW }, ...ok)],
  'the reply does not allow the origin': [ALLOW, reply(200, GRPC_WEB, ...ok)],
}

for (const [name, [allow, answer]] of Object.entries(hidden)) {
  test(`the browser hides why: ${name}`, async (t) => {
    const server = await api(t, answer, allow)
    const error = await call(server.endpoint)
    assert.deepEqual([error.name, error.code, error.cause], ['UnavailableError', 'UNAVAILABLE', 'TypeError'])
    for (const part of [server.endpoint, /A browser hides the reason/, /\(CORS\)/, /gRPC-Web filter/]) {
      assert.match(error.message, new RegExp(part))
    }
  })
}

test('the browser hides why: nothing listens at the port', async () => {
  const error = await call(`http://127.0.0.1:${await deadPort()}`)
  assert.deepEqual([error.name, error.code], ['UnavailableError', 'UNAVAILABLE'])
  assert.match(error.message, /the endpoint is wrong or the server is down/)
})

test('a redirect is not followed', async (t) => {
  const server = await api(t, reply(302, { ...ALLOW, location: '/login' }))
  const error = await call(server.endpoint)
  assert.match(error.message, /redirects the call/)
  assert.equal(server.requests.filter((request) => request.url === '/login').length, 0)
})

test('a connection that breaks in the body', async (t) => {
  const server = await api(t, async (_request, response) => {
    response.writeHead(200, { ...GRPC_WEB, ...ALLOW })
    response.write(message('hello').subarray(0, 7))
    await pause(50)
    response.socket.resetAndDestroy()
  })
  const error = await call(server.endpoint)
  assert.deepEqual([error.name, error.code, error.cause], ['UnavailableError', 'UNAVAILABLE', 'TypeError'])
})

for (const [name, options, expected] of [
  ['deadline', { timeoutMs: 200 }, ['TimeoutError', 'DEADLINE_EXCEEDED', undefined]],
  ['abort', { abortAfterMs: 200 }, ['CancelledError', 'CANCELLED', 'changed my mind']],
]) {
  for (const place of ['before the head', 'in the body']) {
    test(`${name} ${place}: the server sees the connection close`, async (t) => {
      let closed = false
      const server = await api(t, (_request, response) => {
        response.on('close', () => (closed = true))
        if (place === 'before the head') return
        response.writeHead(200, { ...GRPC_WEB, ...ALLOW })
        response.write(message('hello').subarray(0, 7))
      })
      const error = await call(server.endpoint, options)
      assert.deepEqual([error.name, error.code, error.cause], expected)
      await until(() => closed, 'the connection closes')
    })
  }
}
