// The sandbox on the wire: gRPC-Web as Envoy speaks it, native gRPC, signed URLs, and who may talk to it.

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { connect } from 'node:http2'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { FlyteRemote } from 'flyte-remote'
import { createSandboxFetch, startSandbox } from 'flyte-remote/sandbox'

const ADMIN = '/flyteidl.service.AdminService'
const EMPTY = Buffer.from([0, 0, 0, 0, 0])
const www = mkdtempSync(join(tmpdir(), 'flyte-remote-www-'))
let sandbox
let remote

before(async () => {
  writeFileSync(join(www, 'index.html'), '<h1>console</h1>')
  mkdirSync(join(www, 'assets'))
  writeFileSync(join(www, 'assets/main.js'), 'export {}')
  writeFileSync(join(www, 'assets/core.wasm'), 'not really')
  writeFileSync(join(www, '.hidden.js'), 'secret')
  symlinkSync('/etc/hostname', join(www, 'assets/link.txt'))
  sandbox = await startSandbox({ www })
  remote = FlyteRemote.forEndpoint(sandbox.url, { project: 'flytesnacks', domain: 'development' })
})

after(async () => {
  await sandbox.close()
  rmSync(www, { recursive: true })
})

/** A request with any header, also those that fetch forbids. */
function send(path, { method = 'POST', headers = {}, body = EMPTY } = {}) {
  return new Promise((resolve, reject) => {
    const sent = request(new URL(path, sandbox.url), { method, headers }, (response) => {
      const pieces = []
      response.on('data', (piece) => pieces.push(piece))
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(pieces) }))
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

const web = (method, options = {}) =>
  send(`${ADMIN}/${method}`, { ...options, headers: { 'content-type': 'application/grpc-web+proto', ...options.headers } })

/** A call of native gRPC: headers, message and trailers. */
function native(path, { body = EMPTY, headers = {} } = {}) {
  return new Promise((resolve, reject) => {
    const session = connect(`http://${sandbox.grpcUrl}`)
    session.on('error', reject)
    const call = session.request({ ':method': 'POST', ':path': path, 'content-type': 'application/grpc', te: 'trailers', ...headers })
    const reply = { pieces: [], trailers: {} }
    call.on('response', (head) => Object.assign(reply, { head }))
    call.on('trailers', (trailers) => Object.assign(reply, { trailers }))
    call.on('data', (piece) => reply.pieces.push(piece))
    call.on('error', reject)
    call.on('close', () => {
      session.close()
      resolve({ ...reply, body: Buffer.concat(reply.pieces) })
    })
    call.end(body)
  })
}

describe('gRPC-Web', () => {
  it('answers with a message frame and a trailer frame, names in lower case, no space, an empty message', async () => {
    const reply = await web('GetVersion')
    assert.equal(reply.status, 200)
    assert.equal(reply.headers['content-type'], 'application/grpc-web+proto')
    const length = reply.body.readUInt32BE(1)
    assert.equal(reply.body[0], 0)
    assert.equal(reply.body[5 + length], 0x80)
    assert.equal(reply.body.toString('latin1', 10 + length), 'grpc-status:0\r\ngrpc-message:\r\n')
  })

  it('answers base64 text with base64 text', async () => {
    const headers = { 'content-type': 'application/grpc-web-text' }
    const reply = await web('GetVersion', { headers, body: EMPTY.toString('base64') })
    const binary = await web('GetVersion')
    assert.deepEqual(Buffer.from(reply.body.toString(), 'base64'), binary.body)
    const stray = await web('GetVersion', { headers, body: `${EMPTY.toString('base64')}\n` })
    assert.deepEqual([stray.status, stray.headers['grpc-status']], [400, '13'])
  })

  it('sends errors as headers without a body', async () => {
    const reply = await web('ListTasks')
    assert.equal(reply.status, 200)
    assert.equal(reply.headers['content-length'], '0')
    assert.equal(reply.headers['grpc-status'], '3')
    assert.equal(reply.headers['grpc-message'], 'missing id')
  })

  it('percent-encodes messages', async () => {
    const id = { resourceType: 'TASK', project: 'flytesnacks', domain: 'development', name: 'größe 50%', version: 'v1' }
    const error = await remote.client.getTask({ id }).catch((error) => error)
    assert.match(error.message, /größe 50%/)
  })

  it('carries details', async () => {
    await remote.client.registerProject({ project: { id: 'old', name: 'old' } })
    await remote.client.updateProject({ id: 'old', name: 'old', state: 'ARCHIVED' })
    const id = { resourceType: 'TASK', project: 'old', domain: 'development', name: 'x', version: 'v1' }
    const error = await remote.client.createTask({ id, spec: { template: { id } } }).catch((error) => error)
    assert.equal(error.grpcCode, 3)
    assert.match(JSON.stringify(error.details), /InactiveProject/)
  })

  it('knows which methods there are', async () => {
    assert.equal((await web('Nope')).headers['grpc-status'], '12')
    assert.equal((await web('GetOAuth2Metadata')).headers['grpc-status'], '12')
  })

  it('refuses what is no call', async () => {
    assert.equal((await web('GetVersion', { method: 'GET', body: '' })).status, 405)
    assert.equal((await web('GetVersion', { headers: { 'content-type': 'application/json' } })).status, 415)
    assert.equal((await web('GetVersion', { body: '' })).headers['grpc-status'], '13')
    assert.equal((await web('GetVersion', { body: Buffer.from([0, 0, 0, 0, 9, 1]) })).headers['grpc-status'], '13')
    assert.equal((await web('GetVersion', { body: Buffer.concat([EMPTY, EMPTY]) })).headers['grpc-status'], '13')
    assert.equal((await web('GetVersion', { body: Buffer.from([1, 0, 0, 0, 0]) })).headers['grpc-status'], '12')
    assert.equal((await web('GetTask', { body: Buffer.from([0, 0, 0, 0, 1, 0xff]) })).headers['grpc-status'] > '0', true)
  })

  it('keeps deadlines', async () => {
    assert.equal((await web('GetVersion', { headers: { 'grpc-timeout': '10S' } })).headers['grpc-status'], undefined)
    assert.equal((await web('GetVersion', { headers: { 'grpc-timeout': '0n' } })).headers['grpc-status'], '4')
    assert.equal((await web('GetVersion', { headers: { 'grpc-timeout': 'soon' } })).headers['grpc-status'], '13')
  })

  it('refuses messages beyond 4 MiB, as grpc-go does', async () => {
    const large = Buffer.alloc(5 + 4 * 1024 * 1024 + 1)
    large.writeUInt32BE(large.length - 5, 1)
    const reply = await web('GetVersion', { body: large })
    assert.equal(reply.headers['grpc-status'], '8')
    assert.equal(reply.headers['grpc-message'], 'grpc: received message larger than max (4194305 vs. 4194304)')
    const larger = Buffer.alloc(12 * 1024 * 1024)
    larger.writeUInt32BE(larger.length - 5, 1)
    assert.equal((await web('GetVersion', { body: larger })).headers['grpc-status'], '8')
  })

  it('says that it serves', async () => {
    assert.equal((await send('/healthcheck', { method: 'GET', body: '' })).status, 200)
    const health = await send('/grpc.health.v1.Health/Check', { headers: { 'content-type': 'application/grpc-web+proto' } })
    assert.deepEqual([...health.body.subarray(0, 7)], [0, 0, 0, 0, 2, 8, 1])
  })
})

describe('native gRPC', () => {
  it('answers with a message and trailers', async () => {
    const reply = await native(`${ADMIN}/GetVersion`)
    assert.equal(reply.head[':status'], 200)
    assert.equal(reply.head['content-type'], 'application/grpc')
    assert.equal(reply.body.readUInt32BE(1), reply.body.length - 5)
    assert.equal(reply.trailers['grpc-status'], '0')
  })

  it('sends errors in one block of headers', async () => {
    const reply = await native(`${ADMIN}/ListTasks`)
    assert.deepEqual([reply.head['grpc-status'], reply.head['grpc-message'], reply.body.length], ['3', 'missing id', 0])
    assert.equal((await native('/flyteidl.service.Nope/Nope')).head['grpc-status'], '12')
    assert.equal((await native(`${ADMIN}/GetVersion`, { headers: { 'grpc-timeout': '0n' } })).head['grpc-status'], '4')
  })

  it('refuses large messages and other content', async () => {
    const large = Buffer.alloc(5 + 4 * 1024 * 1024 + 1)
    large.writeUInt32BE(large.length - 5, 1)
    assert.equal((await native(`${ADMIN}/GetVersion`, { body: large })).head['grpc-status'], '8')
    assert.equal((await native(`${ADMIN}/GetVersion`, { headers: { 'content-type': 'application/grpc-web' } })).head[':status'], 415)
  })

  it('refuses other hosts and pages from elsewhere', async () => {
    assert.equal((await native(`${ADMIN}/GetVersion`, { headers: { ':authority': 'rebound.example' } })).head[':status'], 403)
    assert.equal((await native(`${ADMIN}/GetVersion`, { headers: { origin: 'https://evil.example' } })).head[':status'], 403)
  })
})

describe('who may talk to it', () => {
  it('refuses hosts that are not this machine', async () => {
    for (const host of ['rebound.example', '127.0.0.1.evil.example', 'localhost.evil.example:80', '192.168.0.1']) {
      assert.equal((await web('GetVersion', { headers: { host } })).status, 403, host)
    }
    for (const host of ['localhost', 'localhost:30080', '127.0.0.1:1', '[::1]:30080']) {
      assert.equal((await web('GetVersion', { headers: { host } })).status, 200, host)
    }
  })

  it('refuses pages of other machines, their preflights too, and without CORS headers', async () => {
    for (const origin of ['https://evil.example', 'null', 'http://localhost.evil.example', 'http://127.0.0.1@evil.example']) {
      const call = await web('GetVersion', { headers: { origin } })
      assert.deepEqual([call.status, call.headers['access-control-allow-origin']], [403, undefined], origin)
      const asked = { origin, 'access-control-request-method': 'POST' }
      const preflight = await web('GetVersion', { method: 'OPTIONS', headers: asked, body: '' })
      assert.deepEqual([preflight.status, preflight.headers['access-control-allow-origin']], [403, undefined], origin)
    }
  })

  it('lets pages of this machine read replies', async () => {
    const origin = 'http://localhost:5173'
    const asked = { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type,x-grpc-web,x-team' }
    const preflight = await web('GetVersion', { method: 'OPTIONS', headers: asked, body: '' })
    assert.equal(preflight.status, 200)
    assert.equal(preflight.headers['access-control-allow-origin'], origin)
    assert.match(preflight.headers['access-control-allow-headers'], /x-team/)
    assert.match(preflight.headers['access-control-allow-methods'], /PUT/)
    for (const call of [await web('GetVersion', { headers: { origin } }), await web('Nope', { headers: { origin } })]) {
      assert.equal(call.headers['access-control-allow-origin'], origin)
      assert.equal(call.headers['access-control-expose-headers'], 'grpc-status,grpc-message,grpc-status-details-bin,etag')
      assert.equal(call.headers.vary, 'Origin')
    }
  })
})

describe('signed URLs', () => {
  const location = (body, more = {}) =>
    remote.client.createUploadLocation?.({
      project: 'flytesnacks',
      domain: 'development',
      filename: 'a b.txt',
      contentMd5: createHash('md5').update(body).digest('base64'),
      ...more,
    })
  const headersOf = ({ headers }) =>
    Object.fromEntries(Object.entries(headers).filter(([name, value]) => name !== 'Content-Length' && value))

  it('take and give an object', async () => {
    const upload = await location('hello')
    assert.equal(upload.headers['Content-Length'], '24')
    const put = await fetch(upload.signedUrl, { method: 'PUT', body: 'hello', headers: headersOf(upload) })
    assert.equal(put.status, 200, await put.text())
    const { signedUrl } = await remote.client.createDownloadLocation({ nativeUrl: upload.nativeUrl })
    const got = await fetch(signedUrl)
    assert.equal(await got.text(), 'hello')
    assert.equal(got.headers.get('content-security-policy'), 'sandbox allow-scripts')
    const head = await fetch(signedUrl, { method: 'HEAD' })
    assert.equal(head.headers.get('content-length'), '5')
  })

  it('refuse wrong digests, forgotten headers and forged signatures', async () => {
    const upload = await location('hello')
    const put = async (url, body, headers) => {
      const reply = await fetch(url, { method: 'PUT', body, headers })
      return [reply.status, /<Code>(\w+)</.exec(await reply.text())?.[1]]
    }
    assert.deepEqual(await put(upload.signedUrl, 'other', headersOf(upload)), [400, 'BadDigest'])
    assert.deepEqual(await put(upload.signedUrl, 'hello', {}), [403, 'SignatureDoesNotMatch'])
    const forged = upload.signedUrl.replace(/signature=./, 'signature=_')
    assert.deepEqual(await put(forged, 'hello', headersOf(upload)), [403, 'SignatureDoesNotMatch'])
    const past = await location('hello', { expiresIn: '1s' })
    await new Promise((done) => setTimeout(done, 2_100))
    assert.deepEqual(await put(past.signedUrl, 'hello', headersOf(past)), [403, 'AccessDenied'])
    assert.equal((await fetch(`${sandbox.url}/storage/flyte-sandbox/x`)).status, 403)
  })

  it('take what uploadFile sends', async () => {
    const bytes = crypto.getRandomValues(new Uint8Array(60_000))
    const { uri, size } = await remote.uploadFile(bytes, { filename: 'data.bin' })
    assert.equal(size, bytes.length)
    const { signedUrl } = await remote.client.createDownloadLocation({ nativeUrl: uri })
    assert.deepEqual(new Uint8Array(await (await fetch(signedUrl)).arrayBuffer()), bytes)
  })
})

describe('the console', () => {
  const get = (path) => send(path, { method: 'GET', body: '' })

  it('is one page with a strict policy', async () => {
    const page = await get('/console/')
    assert.deepEqual([page.status, page.body.toString()], [200, '<h1>console</h1>'])
    assert.match(page.headers['content-security-policy'], /script-src 'self' 'wasm-unsafe-eval';/)
    assert.equal((await send('/console/', { method: 'HEAD', body: '' })).headers['content-length'], '16')
  })

  it('opens at the place that a link of Flyte names', async () => {
    const link = remote.generateConsoleUrl({ name: 'x', project: 'p', domain: 'd' }).slice(sandbox.url.length)
    for (const [path, place] of [
      ['/', '/console/'],
      ['/console', '/console/'],
      [link, link.replace('/console/', '/console/#/')],
    ]) {
      const page = await get(path)
      assert.deepEqual([page.status, page.headers.location], [302, place], path)
    }
  })

  it('has its files with their types', async () => {
    for (const [path, type] of [
      ['/console/assets/main.js', 'text/javascript; charset=utf-8'],
      ['/console/assets/core.wasm', 'application/wasm'],
    ]) {
      const file = await get(path)
      assert.deepEqual([file.status, file.headers['content-type']], [200, type])
    }
  })

  it('shows nothing outside of its folder', async () => {
    for (const path of ['../../x.js', '..%2f..%2fetc%2fhosts.txt', '.hidden.js', 'assets/link.txt', 'nothing.js', '%00.js', '%zz.js']) {
      assert.equal((await get(`/console/${path}`)).status, 404, path)
    }
  })
})

describe('a sandbox in memory', () => {
  it('answers as a fetch option', async () => {
    const fetch = await createSandboxFetch()
    const remote = FlyteRemote.forEndpoint(fetch.url, { project: 'flytesnacks', domain: 'development', fetch })
    const { projects } = await remote.client.listProjects({})
    assert.deepEqual(
      projects.map((project) => project.id),
      ['flytesnacks'],
    )
    const { uri } = await remote.uploadFile(new TextEncoder().encode('hello'))
    const { signedUrl } = await remote.client.createDownloadLocation({ nativeUrl: uri })
    assert.equal(await (await fetch(signedUrl)).text(), 'hello')
    fetch.close()
  })

  it('gives the same names for the same seed', async () => {
    const names = []
    for (const seed of [7, 7n, 8]) {
      const fetch = await createSandboxFetch({ seed })
      const remote = FlyteRemote.forEndpoint(fetch.url, { fetch })
      const location = await remote.client.createUploadLocation({ project: 'flytesnacks', domain: 'development', filenameRoot: 'r' })
      names.push(location.nativeUrl)
      fetch.close()
    }
    assert.equal(names[0], names[1])
    assert.notEqual(names[0], names[2])
  })
})

describe('starting', () => {
  it('says which port is in use', async () => {
    const port = Number(new URL(sandbox.url).port)
    await assert.rejects(startSandbox({ port }), new RegExp(`port ${port} of 127.0.0.1 is in use`))
  })

  it('frees its ports when closed', async () => {
    const first = await startSandbox({ grpcPort: false })
    assert.equal(first.grpcUrl, '')
    await first.close()
    const second = await startSandbox({ port: Number(new URL(first.url).port), grpcPort: false })
    await second.close()
  })
})
