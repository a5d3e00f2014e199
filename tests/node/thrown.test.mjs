// Code of the caller that runs inside of a call: what it throws comes out, and nothing of the call is left behind.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'

/** Runs a module in a process of its own and returns what it printed as JSON. */
function inProcess(source) {
  const output = execFileSync(process.execPath, ['--expose-gc', '--input-type=module', '--eval', `${PRELUDE}\n${source}`], {
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: 60_000,
  })
  return JSON.parse(output.trim().split('\n').at(-1))
}

const PRELUDE = `
  import { FlyteRemote, FlyteTask, proto } from 'flyte-remote'
  const frame = (flags, bytes) => [flags, ...new Uint8Array(new Uint32Array([bytes.length]).buffer).reverse(), ...bytes]
  const reply = new Uint8Array([...frame(0, []), ...frame(0x80, new TextEncoder().encode('grpc-status:0\\r\\n'))])
  const answering = async () => new Response(reply, { headers: { 'content-type': 'application/grpc-web+proto' } })
  const remoteOf = (fetch) => FlyteRemote.forEndpoint('http://x', { project: 'p', domain: 'd', retries: 0, fetch })
  const remote = remoteOf(answering)
  const { client } = remote
  const boom = () => { throw new Error('boom') }
  const revoked = (target = {}) => { const { proxy, revoke } = Proxy.revocable(target, {}); revoke(); return proxy }
  const with_ = (name, get, object = {}) => Object.defineProperty(object, name, { get, enumerable: true })
  const said = async (run) => { try { await run(); return 'nothing' } catch (error) { return error.name + ': ' + error.message } }
`

/** Makes a call with an object that has to be collected afterwards, and says what comes out of it. */
const CALLS = {
  'options whose getter throws': ['with_("timeoutMs", boom)', 'client.getVersion({}, it)', 'Error: boom'],
  'options whose names throw': ['new Proxy({}, { ownKeys: boom })', 'client.getVersion({}, it)', 'Error: boom'],
  'options that are a revoked proxy': ['revoked()', 'client.getVersion({}, it)', /^TypeError: .*revoked/],
  'an option that is a revoked proxy': [
    '({ timeoutMs: revoked([]) })',
    'client.getVersion({}, it)',
    /^FlyteValueError: options.timeoutMs: expected a number/,
  ],
  'options of a list whose names throw': ['new Proxy({}, { ownKeys: boom })', 'remote.recentExecutions(it).next()', 'Error: boom'],
  'options of a remote whose names throw': ['new Proxy({}, { ownKeys: boom })', 'FlyteRemote.forEndpoint("http://x", it)', 'Error: boom'],
  'metadata whose getter throws': ['({ metadata: with_("a", boom) })', 'client.getVersion({}, it)', 'Error: boom'],
  'metadata whose iterator throws': ['({ metadata: { [Symbol.iterator]: boom } })', 'client.getVersion({}, it)', 'Error: boom'],
  'metadata whose pair throws': ['({ metadata: [with_(0, boom, [])] })', 'client.getVersion({}, it)', 'Error: boom'],
  'metadata with a pair that is none': [
    '({ metadata: [null] })',
    'client.getVersion({}, it)',
    'FlyteValueError: options.metadata.: expected a string, got undefined',
  ],
  'a reference that is a revoked proxy': ['revoked()', 'remote.fetchTask(it)', /^TypeError: .*revoked/],
  'a list that throws': ['with_(0, boom, [1])', 'remote.waitAll(it)', 'Error: boom'],
  'specs that throw': ['({ tasks: new Proxy([], { get: boom }) })', 'remote.registerSpecs(it)', 'Error: boom'],
  'columns that throw': ['with_(0, boom, ["a"])', 'proto.toRows("flyteidl.admin.ExecutionList", new Uint8Array(), it)', 'Error: boom'],
  'a proxy of bytes': [
    'new Proxy(new Uint8Array(3), {})',
    'proto.toJson("flyteidl.admin.Execution", it)',
    'FlyteValueError: bytes: expected a Uint8Array or an ArrayBuffer, got an object (Uint8Array)',
  ],
  'what has only the prototype of bytes': [
    'Object.create(Uint8Array.prototype)',
    'client.unary("/flyteidl.service.AdminService/GetVersion", it)',
    /^FlyteValueError: request: expected a Uint8Array/,
  ],
  'a signal of a library': [
    '({ signal: { aborted: false, addEventListener() {}, removeEventListener() {} } })',
    'client.getVersion({}, it)',
    'nothing',
  ],
  'a signal that breaks when it is let go': [
    '({ signal: { aborted: false, addEventListener() {}, removeEventListener: boom } })',
    'client.getVersion({}, it)',
    'nothing',
  ],
  'a signal whose reason throws': [
    '({ signal: with_("reason", boom, { aborted: true }) })',
    'client.getVersion({}, it)',
    'CancelledError: cancelled',
  ],
  'a reason whose message is no text': [
    '({ signal: AbortSignal.abort(Object.assign(new Error(), { message: 5 })) })',
    'client.getVersion({}, it)',
    'CancelledError: cancelled',
  ],
  'a fetch that rejects with an error whose message is no text': [
    'Object.assign(new Error("x"), { message: { reason: 5 } })',
    'remoteOf(() => Promise.reject(it)).client.getVersion()',
    /^UnavailableError: GetVersion: no reply from/,
  ],
  'a fetch that rejects with an error whose message throws': [
    'with_("message", boom, new Error("x"))',
    'remoteOf(() => Promise.reject(it)).client.getVersion()',
    /^UnavailableError: GetVersion: no reply from/,
  ],
  'a body whose reader can only read': [
    '({ body: { getReader: () => ({ read: boom }) }, headers: new Headers({ "content-type": "application/grpc-web+proto" }), status: 200, url: "" })',
    'remoteOf(async () => it).client.getVersion()',
    /^UnavailableError: GetVersion: the connection broke while the reply was read: boom/,
  ],
  'a body that is not bytes': [
    '({ body: { getReader: () => ({ read: async () => ({ value: { length: 2 ** 31 } }) }) }, headers: new Headers({ "content-type": "application/grpc-web+proto" }), status: 200, url: "" })',
    'remoteOf(async () => it).client.getVersion()',
    /the `fetch` option gave a body that is not bytes/,
  ],
}

describe('code of the caller', () => {
  const seen = inProcess(`
    const calls = {${Object.entries(CALLS).map(([name, [make, call]]) => `${JSON.stringify(name)}: [() => ${make}, (it) => ${call}]`)}}
    const uncaught = []
    for (const event of ['uncaughtException', 'unhandledRejection']) process.on(event, (error) => uncaught.push(String(error)))
    const seen = {}
    // A call that never ends must not end the others.
    const inTime = (call) => Promise.race([call, new Promise((late) => setTimeout(late, 2000, 'it never ended'))])
    for (const [name, [make, call]] of Object.entries(calls)) {
      const refs = []
      const one = async () => { const it = make(); refs.push(new WeakRef(it)); return inTime(said(async () => call(it))) }
      const errors = new Set()
      for (let i = 0; i < 5; i++) errors.add(await one())
      for (let i = 0; i < 4; i++) { await new Promise((done) => setTimeout(done, 5)); globalThis.gc() }
      // The machine may hold on to the last.
      seen[name] = { errors: [...errors], kept: refs.slice(0, -1).filter((ref) => ref.deref()).length, uncaught: uncaught.splice(0) }
    }
    console.log(JSON.stringify(seen))
    process.exit()
  `)
  for (const [name, [, , expected]] of Object.entries(CALLS)) {
    it(`${name}: the right error, and nothing is kept`, () => {
      const { errors, kept, uncaught } = seen[name]
      assert.equal(errors.length, 1, errors.join('\n'))
      if (typeof expected === 'string') assert.equal(errors[0], expected)
      else assert.match(errors[0], expected)
      assert.deepEqual({ kept, uncaught }, { kept: 0, uncaught: [] })
    })
  }

  it('may throw, and objects may be used after free(), any number of times', () => {
    const alive = inProcess(`
      const freed = remoteOf(answering)
      freed.free()
      const bytes = Object.defineProperty(new Uint8Array(3), 'length', { get: boom })
      for (let i = 0; i < 30_000; i++) {
        await said(() => freed.recentExecutions())
        await said(() => proto.toJson('flyteidl.admin.Execution', bytes))
      }
      console.log(JSON.stringify([await said(() => freed.project), await client.getVersion()]))
    `)
    assert.match(alive[0], /^FlyteAssertionError: this object was given back/)
    assert.deepEqual(alive[1], {})
  })

  it('may call back 200 calls deep, and throw from there', () => {
    const done = inProcess(`
      let depth = 0
      const nested = () => {
        if (++depth === 200) boom()
        return FlyteRemote.forEndpoint('http://x', with_('project', nested))
      }
      const error = await said(nested)
      const deep = depth
      depth = -100_000
      console.log(JSON.stringify([error, deep, remote.project, await said(() => client.getVersion())]))
    `)
    assert.deepEqual(done, ['Error: boom', 200, 'p', 'nothing'])
  })

  it('may be a fetch that calls again, 200 calls deep, and fails there', () => {
    const [error, tooLong] = inProcess(`
      let depth = 0
      const nested = () => (++depth === 200 ? boom() : remoteOf(nested).client.getVersion({}, { timeoutMs: 5000 }))
      const error = await said(nested)
      console.log(JSON.stringify([error.slice(0, 200), error.length > 50_000]))
      process.exit()
    `)
    assert.match(error, /^UnavailableError: GetVersion: no reply from/)
    assert.equal(tooLong, false)
  })

  it('finds the file missing when it is first used, and there when it is used again', () => {
    const done = inProcess(`
      // Another copy of the package, whose file can't be read at first.
      const { mkdtempSync, cpSync, rmSync } = process.getBuiltinModule('node:fs')
      const folder = mkdtempSync(process.getBuiltinModule('node:os').tmpdir() + '/flyte-remote-')
      cpSync('dist/node.mjs', folder + '/node.mjs')
      const fs = process.getBuiltinModule('node:fs')
      const { readFileSync } = fs
      let times = 0
      fs.readFileSync = (path, ...rest) => {
        if (!String(path).endsWith('.wasm')) return readFileSync(path, ...rest)
        if (times++ === 0) throw new Error('too many open files')
        return readFileSync('dist/flyte_remote.wasm')
      }
      const copy = await import(folder + '/node.mjs')
      rmSync(folder, { recursive: true })
      const first = await said(() => copy.FlyteRemote.forEndpoint('http://x'))
      console.log(JSON.stringify([first, times, copy.FlyteRemote.forEndpoint('http://y').endpoint, times]))
    `)
    assert.match(done[0], /^FlyteUserError: flyte-remote can't read its wasm file/)
    // Once for each use: nothing else is done after the first has failed.
    assert.deepEqual(done.slice(1), [1, 'http://y', 2])
  })
})
