// The channel behind two implementations of gRPC-Web that share no code, Envoy's and tonic-web's: the same gRPC server, which
// does as it is told, and what the client makes of it. Where the two differ, docs/servers.md says so.

import assert from 'node:assert/strict'
import { mkdirSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { FlyteRemote } from 'flyte-remote'
import { root, run } from '../../scripts/shell.mjs'
import { findEnvoy } from './stack/envoy.mjs'
import { freePorts } from './stack/ports.mjs'
import { Processes } from './stack/process.mjs'
import { fill } from './stack/template.mjs'
import { Unavailable } from './stack/unavailable.mjs'
import { frame, reply, startUpstream, trailersOnly } from './upstream.mjs'

const OK = { 'grpc-status': '0' }
const MESSAGE = frame(Buffer.from('hello'))
/** google.rpc.Status { code: 5, message: "text", details: [Any { type_url: "t/a.B" }] }, as gRPC sends it: without padding. */
const NOT_FOUND = { 'grpc-status': '5', 'grpc-message': 'j%C3%A1 not here', 'grpc-status-details-bin': 'CAUSBHRleHQaBwoFdC9hLkI' }

let asked
let streamEnd

/** What the server does, by method. */
const ANSWERS = {
  Echo(stream, headers, message) {
    asked = headers
    reply(stream, { body: [frame(message)], trailers: OK })
  },
  Empty: (stream) => reply(stream, { body: [frame(Buffer.alloc(0))], trailers: OK }),
  Metadata: (stream) =>
    reply(stream, { headers: { 'a-text': 'a', 'b-bin': 'AAEC' }, body: [MESSAGE], trailers: { ...OK, 'c-text': 'c', 'd-bin': 'AAEC' } }),
  Failure: (stream) => reply(stream, { body: [], trailers: NOT_FOUND }),
  FailureInHeaders: (stream) => trailersOnly(stream, NOT_FOUND),
  FailureAfterMessage: (stream) => reply(stream, { body: [MESSAGE], trailers: { 'grpc-status': '13', 'grpc-message': 'late' } }),
  LongFailure: (stream) => trailersOnly(stream, { 'grpc-status': '3', 'grpc-message': 'x'.repeat(12_000) }),
  NoTrailers: (stream) => reply(stream, { body: [MESSAGE] }),
  NoStatus: (stream) => reply(stream, { body: [MESSAGE], trailers: { 'a-text': 'a' } }),
  NoMessage: (stream) => reply(stream, { body: [], trailers: OK }),
  TwoMessages: (stream) => reply(stream, { body: [MESSAGE, MESSAGE], trailers: OK }),
  HalfMessage: (stream) => reply(stream, { body: [MESSAGE.subarray(0, 6)], trailers: OK }),
  Compressed: (stream) => reply(stream, { headers: { 'grpc-encoding': 'gzip' }, body: [frame(gzipSync('hello'), 1)], trailers: OK }),
  Reset: (stream) => stream.close(2),
  async ResetAfterMessage(stream) {
    stream.respond({ ':status': 200, 'content-type': 'application/grpc+proto' })
    stream.write(MESSAGE)
    await sleep(50)
    stream.close(2)
  },
  Page(stream) {
    stream.respond({ ':status': 503, 'content-type': 'text/html' })
    stream.end('<title>Down</title>')
  },
  LoginPage(stream) {
    stream.respond({ ':status': 200, 'content-type': 'text/html' })
    stream.end('<title>Log in</title>')
  },
  Never(stream, headers) {
    asked = headers
    streamEnd = new Promise((resolve) => stream.on('close', () => resolve(stream.rstCode)))
  },
}

/** The failures: the code, what the message says, and where the proxies differ, each its own. */
const FAILURES = {
  FailureAfterMessage: ['INTERNAL', /late/],
  LongFailure: ['INVALID_ARGUMENT', /x{12000}/],
  NoTrailers: ['UNKNOWN', /broke off/],
  NoStatus: ['UNKNOWN', /no grpc-status/],
  NoMessage: ['UNIMPLEMENTED', /no message/],
  TwoMessages: ['UNIMPLEMENTED', /more than one message/],
  HalfMessage: ['INTERNAL', /not gRPC-Web/],
  Compressed: ['INTERNAL', /compressed/],
  Reset: { envoy: ['UNAVAILABLE', /remote reset/], tonic: ['UNAVAILABLE', /other side closed/] },
  ResetAfterMessage: ['UNKNOWN', /broke off/],
  Page: { envoy: ['UNAVAILABLE', /<title>Down/], tonic: ['UNAVAILABLE', /HTTP 503.*Down/] },
  LoginPage: { envoy: ['UNKNOWN', /Log in/], tonic: ['INTERNAL', /Log in/] },
}

const { envoy, missing } = find()
const folder = join(root, 'target/flyte/proxies')
const proxies = {}
let processes
let upstream

function find() {
  try {
    return { envoy: findEnvoy() }
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error
    return { missing: error.message }
  }
}

before(async () => {
  if (missing) return
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  processes = new Processes(folder)
  const ports = await freePorts('upstream', 'nothing', 'envoy', 'tonic', 'envoyToNothing', 'tonicToNothing')
  upstream = await startUpstream(ports.upstream, ANSWERS)
  const tonic = buildTonicProxy()
  const start = (name, port, target) => {
    const config = () => fill('envoy.yaml', { ENVOY_PORT: port, GRPC_PORT: target, HTTP_PORT: target }, folder, `${name}-${port}.yaml`)
    return name === 'envoy'
      ? processes.start(`envoy-${port}`, envoy, ['-c', config(), '--use-dynamic-base-id', '--concurrency', '1', '--log-level', 'warning'])
      : processes.start(`tonic-${port}`, tonic, [`127.0.0.1:${port}`, `http://127.0.0.1:${target}`])
  }
  for (const name of ['envoy', 'tonic']) {
    const [port, toNothing] = [ports[name], ports[`${name}ToNothing`]]
    await processes.ready(start(name, port, ports.upstream), () => accepts(port))
    await processes.ready(start(name, toNothing, ports.nothing), () => accepts(toNothing))
    proxies[name] = { client: clientOf(port), toNothing: clientOf(toNothing) }
  }
})

after(async () => {
  await processes?.stop()
  await upstream?.stop()
})

const clientOf = (port) => FlyteRemote.forEndpoint(`http://127.0.0.1:${port}`, { retries: 0 }).client

function buildTonicProxy() {
  const manifest = 'tests/flyte/tonic-proxy/Cargo.toml'
  const target = join(root, 'target/tonic-proxy')
  run('cargo', ['build', '--quiet', '--locked', '--manifest-path', manifest, '--target-dir', target])
  return join(target, 'debug/tonic-proxy')
}

function accepts(port) {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy()
      resolve(true)
    })
    socket.on('error', reject)
  })
}

const REQUEST = new TextEncoder().encode('hello')
const text = (bytes) => new TextDecoder().decode(bytes)

for (const name of ['envoy', 'tonic']) {
  describe(name, { skip: missing }, () => {
    const call = (method, options, request = REQUEST) => proxies[name].client.unary(`/flyteidl.service.Wire/${method}`, request, options)
    const failure = (promise) =>
      promise.then(
        (bytes) => assert.fail(`expected a failure, got ${JSON.stringify(text(bytes))}`),
        (error) => error,
      )

    it('a message goes and comes', async () => {
      assert.equal(text(await call('Echo')), 'hello')
    })

    it('a message of 6 MiB goes and comes', async () => {
      const large = new Uint8Array(6 << 20).fill(7)
      assert.deepEqual(await call('Echo', {}, large), large)
    })

    it('an empty message comes', async () => {
      assert.equal((await call('Empty')).length, 0)
    })

    it('the server sees metadata and deadline, as gRPC', async () => {
      await call('Echo', { timeoutMs: 3000, metadata: { 'flyte-authorization': 'Bearer x', 'a-bin': 'AAEC' } })
      assert.equal(asked['flyte-authorization'], 'Bearer x')
      assert.equal(asked['a-bin'], 'AAEC')
      assert.match(asked['grpc-timeout'], /^\d+m$/)
      assert.match(asked['content-type'], /^application\/grpc(\+proto)?$/)
      assert.equal(asked.te, 'trailers')
    })

    it('the caller sees headers and trailers', async () => {
      let seen
      await call('Metadata', { onReply: (reply) => (seen = reply) })
      assert.equal(seen.headers['a-text'], 'a')
      assert.equal(seen.headers['b-bin'], 'AAEC')
      assert.equal(seen.trailers['c-text'], 'c')
      assert.equal(seen.trailers['d-bin'], 'AAEC')
    })

    for (const method of ['Failure', 'FailureInHeaders']) {
      it(`${method}: code, message and details`, async () => {
        const error = await failure(call(method))
        assert.equal(error.code, 'NOT_FOUND')
        assert.match(error.message, /já not here/)
        assert.equal(error.details.length, 1)
      })
    }

    for (const [method, expected] of Object.entries(FAILURES)) {
      it(method, async () => {
        const [code, message] = Array.isArray(expected) ? expected : expected[name]
        const error = await failure(call(method))
        assert.equal(error.code, code, error.message)
        assert.match(error.message, message)
      })
    }

    it('no server behind it: UNAVAILABLE', async () => {
      const error = await failure(proxies[name].toNothing.unary('/flyteidl.service.Wire/Echo', REQUEST))
      assert.equal(error.code, 'UNAVAILABLE', error.message)
    })

    it('an aborted call is ended on the server', async () => {
      const controller = new AbortController()
      setTimeout(() => controller.abort(), 100)
      assert.equal((await failure(call('Never', { signal: controller.signal }))).code, 'CANCELLED')
      assert.ok([2, 8].includes(await streamEnd))
    })

    it('a call past its deadline fails as such, whoever notices first', async () => {
      for (let turn = 0; turn < 5; turn++) {
        const error = await failure(call('Never', { timeoutMs: 150 }))
        assert.equal(error.code, 'DEADLINE_EXCEEDED', error.message)
        await streamEnd
      }
    })
  })
}
