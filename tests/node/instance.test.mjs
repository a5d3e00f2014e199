// The wasm instance: loaded late, small in memory, clear when broken.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'

/** Runs a module in a process of its own and returns what it printed as JSON. */
function inProcess(source, flags = []) {
  const cwd = fileURLToPath(new URL('../..', import.meta.url))
  const output = execFileSync(process.execPath, [...flags, '--input-type=module', '--eval', source], {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  return JSON.parse(output.trim().split('\n').at(-1))
}

/** A fetch that answers with one ListNodeExecutions reply, and its bytes. */
const ANSWERING = `
  import { FlyteRemote, proto } from 'flyte-remote'
  const nodeExecutions = Array.from({ length: 20 }, (_, i) => ({ id: { nodeId: 'n' + i, executionId: { project: 'p', domain: 'd', name: 'e' } }, closure: { phase: 'SUCCEEDED' } }))
  const body = proto.fromJson('flyteidl.admin.NodeExecutionList', { nodeExecutions })
  const frame = (flags, bytes) => [flags, ...new Uint8Array(new Uint32Array([bytes.length]).buffer).reverse(), ...bytes]
  const bytes = new Uint8Array([...frame(0, body), ...frame(0x80, new TextEncoder().encode('grpc-status:0\\r\\n'))])
  const fetch = async () => new Response(bytes, { headers: { 'content-type': 'application/grpc-web+proto' } })
  const remote = FlyteRemote.forEndpoint('http://x', { project: 'p', domain: 'd', fetch })
`

describe('the instance', () => {
  it('is not made by importing', () => {
    const made = inProcess(`
      let made = 0
      const { Module } = WebAssembly
      WebAssembly.Module = class extends Module { constructor(bytes) { super(bytes); made++ } }
      const { FlyteRemote, init } = await import('flyte-remote')
      const before = made
      FlyteRemote.forEndpoint('http://x')
      await init()
      FlyteRemote.forEndpoint('http://y')
      console.log(JSON.stringify([before, made]))
    `)
    assert.deepEqual(made, [0, 1])
  })

  it("is not made of another's file, and then is made of its own", () => {
    const seen = inProcess(`
      import { FlyteRemote, init } from 'flyte-remote'
      import { readFileSync } from 'node:fs'
      const said = await init(readFileSync('dist/flyte_sandbox.wasm')).catch((error) => error.code + ': ' + error.message)
      console.log(JSON.stringify([said, FlyteRemote.forEndpoint('http://x').endpoint]))
    `)
    assert.match(seen[0], /^NOT_READY: flyte-remote can't use this wasm file/)
    assert.equal(seen[1], 'http://x')
  })

  it('does not grow over 10,000 list calls', () => {
    const { before, after, heap } = inProcess(
      `${ANSWERING}
      const client = remote.client
      const rounds = async (count) => { for (let i = 0; i < count; i++) await client.listNodeExecutions({ limit: 100 }) }
      const settle = async () => { for (let i = 0; i < 5; i++) { globalThis.gc(); await new Promise((done) => setTimeout(done, 10)) } }
      await rounds(1000)
      await settle()
      const before = process.memoryUsage()
      await rounds(10_000)
      await settle()
      const after = process.memoryUsage()
      console.log(JSON.stringify({ before: before.arrayBuffers, after: after.arrayBuffers, heap: after.heapUsed - before.heapUsed }))`,
      ['--expose-gc'],
    )
    assert.ok(after - before < 1_000_000, `array buffers grew by ${after - before} bytes`)
    assert.ok(heap < 1_500_000, `the heap grew by ${heap} bytes`)
  })

  it('does not grow over 2,000 executions listed and dropped without free()', () => {
    const grown = inProcess(
      `import { FlyteRemote, proto } from 'flyte-remote'
      const executions = Array.from({ length: 50 }, (_, i) => ({ id: { project: 'p', domain: 'd', name: 'e' + i }, spec: { launchPlan: { name: 'x'.repeat(1000) } } }))
      const body = proto.fromJson('flyteidl.admin.ExecutionList', { executions })
      const frame = (flags, bytes) => [flags, ...new Uint8Array(new Uint32Array([bytes.length]).buffer).reverse(), ...bytes]
      const bytes = new Uint8Array([...frame(0, body), ...frame(0x80, new TextEncoder().encode('grpc-status:0\\r\\n'))])
      const fetch = async () => new Response(bytes, { headers: { 'content-type': 'application/grpc-web+proto' } })
      const remote = FlyteRemote.forEndpoint('http://x', { project: 'p', domain: 'd', fetch })
      const memory = () => process.memoryUsage().rss
      const rounds = async (count) => {
        for (let i = 0; i < count; i++) for await (const execution of remote.recentExecutions({ pageSize: 50, limit: 50 })) execution.phase
        for (let i = 0; i < 5; i++) { globalThis.gc(); await new Promise((done) => setTimeout(done, 10)) }
      }
      await rounds(100)
      const before = memory()
      await rounds(200)
      await rounds(200)
      console.log(JSON.stringify(memory() - before))`,
      ['--expose-gc'],
    )
    assert.ok(grown < 40_000_000, `the process grew by ${grown} bytes`)
  })

  it('says that it is dead after a trap: in the call, in calls under way, in later calls', () => {
    const seen = inProcess(`
      import { FlyteRemote, FlyteSystemError, proto } from 'flyte-remote'
      const hanging = FlyteRemote.forEndpoint('http://x', { fetch: () => new Promise(() => {}) }).client.getVersion()
      const remote = FlyteRemote.forEndpoint('http://x')
      await new Promise((done) => setTimeout(done, 10))
      const tell = (error) => [error instanceof FlyteSystemError, error.code, /broke down/.test(error.message), error.cause instanceof WebAssembly.RuntimeError]
      const seen = []
      // More than wasm can allocate.
      try { proto.toJson('flyteidl.admin.Execution', new Uint8Array(2 ** 32 - 16)) } catch (error) { seen.push(tell(error)) }
      await hanging.catch((error) => seen.push(tell(error)))
      try { FlyteRemote.forEndpoint('http://y') } catch (error) { seen.push(tell(error)) }
      try { remote.endpoint } catch (error) { seen.push(tell(error)) }
      console.log(JSON.stringify(seen))
      process.exit()
    `)
    assert.deepEqual(
      seen,
      Array.from({ length: 4 }, () => [true, 'DEAD', true, true]),
    )
  })

  it('serves many callers at once and callers that call back', () => {
    const done = inProcess(`${ANSWERING}
      let depth = 0
      const calls = Array.from({ length: 200 }, () => remote.client.listNodeExecutions({ limit: 1 }, { onReply: () => {
        if (depth++ < 200) { remote.endpoint; void remote.client.listNodeExecutions({}) ; remote.generateConsoleUrl({ name: 'x' }) }
      } }))
      const replies = await Promise.all(calls)
      console.log(JSON.stringify(replies.every((reply) => reply.nodeExecutions.length === 20)))
    `)
    assert.equal(done, true)
  })
})
