// The channel behind three implementations of gRPC-Web that share no code, Envoy's, tonic-web's and Traefik's: the same gRPC server, which
// does as it is told, and what the client makes of it. Where they differ, docs/servers.md says so.

import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { FlyteRemote } from 'flyte-remote'
import { root, run } from '../../scripts/shell.mjs'
import { findEnvoy } from './stack/envoy.mjs'
import { goProgram } from './stack/go.mjs'
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
  NoTrailers: ['UNKNOWN', /broke off|no grpc-status/],
  NoStatus: ['UNKNOWN', /no grpc-status/],
  NoMessage: ['UNIMPLEMENTED', /no message/],
  TwoMessages: ['UNIMPLEMENTED', /more than one message/],
  HalfMessage: ['INTERNAL', /not gRPC-Web/],
  Compressed: ['INTERNAL', /compressed/],
  Reset: { envoy: ['UNAVAILABLE', /remote reset/], tonic: ['UNAVAILABLE', /other side closed/], traefik: ['UNAVAILABLE', /HTTP 502/] },
  ResetAfterMessage: ['UNKNOWN', /broke off|no grpc-status/],
  Page: { envoy: ['UNAVAILABLE', /<title>Down/], tonic: ['UNAVAILABLE', /HTTP 503.*Down/], traefik: ['UNAVAILABLE', /HTTP 503/] },
  LoginPage: { envoy: ['UNKNOWN', /Log in/], tonic: ['INTERNAL', /Log in/], traefik: ['UNKNOWN', /not gRPC-Web/] },
}

const folder = join(root, 'target/flyte/proxies')
mkdirSync(folder, { recursive: true })

/** The command of each proxy that listens on a port before a server on another, or why there is none. */
const COMMANDS = {
  envoy: have(() => {
    const program = findEnvoy()
    return (port, target) => {
      const ports = { ENVOY_PORT: port, GRPC_PORT: target, HTTP_PORT: target }
      const config = fill('envoy.yaml', ports, folder, `envoy-${port}.yaml`)
      return [program, '-c', config, '--use-dynamic-base-id', '--concurrency', '1', '--log-level', 'warning']
    }
  }),
  tonic: have(() => {
    const [manifest, target] = ['tests/flyte/proxies/tonic/Cargo.toml', join(root, 'target/tonic-proxy')]
    run('cargo', ['build', '--quiet', '--locked', '--manifest-path', manifest, '--target-dir', target])
    return between(join(target, 'debug/tonic-proxy'))
  }),
  traefik: have(() => {
    const source = 'github.com/improbable-eng/grpc-web'
    return between(goProgram({ name: 'traefik-proxy', version: '0.15.0', module: '../proxies/traefik', source }))
  }),
}

function have(prepare) {
  try {
    return { command: prepare() }
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error
    return { missing: error.message }
  }
}

function between(program) {
  return (port, target) => [program, `127.0.0.1:${port}`, `http://127.0.0.1:${target}`]
}

const proxies = {}
let processes
let upstream

before(async () => {
  processes = new Processes(folder)
  const { server, nothing } = await freePorts('server', 'nothing')
  upstream = await startUpstream(server, ANSWERS)
  const start = async (name, target) => {
    const { port } = await freePorts('port')
    const [program, ...args] = COMMANDS[name].command(port, target)
    await processes.ready(processes.start(`${name}-${port}`, program, args), () => accepts(port))
    return clientOf(port)
  }
  for (const name of Object.keys(COMMANDS)) {
    if (!COMMANDS[name].missing) proxies[name] = { client: await start(name, server), toNothing: await start(name, nothing) }
  }
})

after(async () => {
  await processes?.stop()
  await upstream?.stop()
})

const clientOf = (port) => FlyteRemote.forEndpoint(`http://127.0.0.1:${port}`, { retries: 0 }).client

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

for (const [name, { missing }] of Object.entries(COMMANDS)) {
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
