// The raw client: 66 methods, ProtoJSON in and out.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, describe, it } from 'node:test'
import {
  CancelledError,
  FlyteClient,
  FlyteRemote,
  FlyteTypeError,
  FlyteValueError,
  NotImplementedError,
  proto,
  TimeoutError,
} from 'flyte-remote'
import { PLACE, sandboxWithWorkflows } from './fixtures.mjs'

let sandbox
let client

before(async () => {
  const made = await sandboxWithWorkflows()
  sandbox = made.sandbox
  client = made.remote.client
})

after(() => sandbox.close())

const failure = (promise) =>
  promise.then(
    () => assert.fail('it did not fail'),
    (error) => error,
  )

/** Answers every call with one message. */
const answering = (type, message) => {
  const body = proto.fromJson(type, message)
  const frame = (flags, bytes) => [flags, ...new Uint8Array(new Uint32Array([bytes.length]).buffer).reverse(), ...bytes]
  const bytes = new Uint8Array([...frame(0, body), ...frame(0x80, new TextEncoder().encode('grpc-status:0\r\n'))])
  const fetch = async () => new Response(bytes, { headers: { 'content-type': 'application/grpc-web+proto' } })
  return FlyteRemote.forEndpoint('http://x', { ...PLACE, fetch }).client
}

describe('FlyteClient', () => {
  it('has the 66 methods that its types declare', () => {
    const declared = readFileSync(new URL('../../target/bindings/client.d.ts', import.meta.url), 'utf8')
      .match(/^ {2}\w+(?=\()/gm)
      .map((name) => name.trim())
    assert.equal(declared.length, 66)
    for (const name of declared) assert.equal(typeof FlyteClient.prototype[name], 'function', name)
  })

  it('takes and gives ProtoJSON', async () => {
    const { tasks } = await client.listTasks({ id: PLACE, limit: 10, sortBy: { key: 'created_at', direction: 'ASCENDING' } })
    assert.deepEqual(
      tasks.map((task) => task.id.name),
      ['double', 'echo', 'fail', 'sleep'],
    )
    assert.equal(tasks[0].closure.compiledTask.template.interface.inputs.variables.n.type.simple, 'INTEGER')
  })

  it('takes snake_case names and enum numbers', async () => {
    const { tasks } = await client.listTasks({ id: PLACE, limit: 1, sort_by: { key: 'created_at', direction: 0 } })
    assert.equal(tasks.length, 1)
  })

  it('calls a method without a request', async () => {
    assert.equal((await client.getDomains()).domains.length, 3)
  })

  it('refuses unknown fields, wrong types and integers out of range, with the path, and sends nothing', async () => {
    const quiet = FlyteRemote.forEndpoint('http://x', { fetch: () => assert.fail('it fetched') }).client
    const cases = [
      [quiet.createExecution({ spec: { inputs: { literals: { x: { scaler: {} } } } } }), 'spec.inputs.literals.x.scaler'],
      [quiet.listTasks({ limit: 'ten' }), 'limit'],
      [quiet.listTasks({ limit: 2 ** 40 }), 'limit'],
      [quiet.listTasks({ limit: -1 }), 'limit'],
      [quiet.listTasks({ sortBy: { direction: 'UP' } }), 'sortBy.direction'],
      [
        quiet.createExecution({ inputs: { literals: { x: { scalar: { primitive: { integer: 2n ** 63n } } } } } }),
        'inputs.literals.x.scalar.primitive.integer',
      ],
      [quiet.listTasks([]), 'request'],
    ]
    for (const [call, path] of cases) {
      const error = await failure(call)
      assert.ok(error instanceof FlyteTypeError, `${path}: ${error}`)
      assert.equal(error.path, path)
    }
  })

  it('writes bigint, NaN, infinities, bytes and dates', () => {
    const literal = (primitive) => proto.toJson('flyteidl.core.Primitive', proto.fromJson('flyteidl.core.Primitive', primitive))
    assert.deepEqual(literal({ integer: -(2n ** 63n) }), { integer: '-9223372036854775808' })
    assert.deepEqual(literal({ floatValue: Number.NaN }), { floatValue: 'NaN' })
    assert.deepEqual(literal({ floatValue: Number.NEGATIVE_INFINITY }), { floatValue: '-Infinity' })
    assert.deepEqual(literal({ datetime: new Date(1500) }), { datetime: '1970-01-01T00:00:01.500Z' })
    const binary = { tag: 't', value: new Uint8Array([0, 255, 128]) }
    assert.deepEqual(proto.toJson('flyteidl.core.Binary', proto.fromJson('flyteidl.core.Binary', binary)), { tag: 't', value: 'AP+A' })
  })

  it('skips unknown fields of a reply and keeps unknown enum values as numbers', async () => {
    const known = proto.fromJson('flyteidl.admin.GetVersionResponse', { controlPlaneVersion: { Version: 'v9' } })
    assert.deepEqual(proto.toJson('flyteidl.admin.GetVersionResponse', new Uint8Array([...known, 0xfa, 0x7f, 2, 1, 2])), {
      controlPlaneVersion: { Version: 'v9' },
    })
    const reply = await answering('flyteidl.admin.Execution', { closure: { phase: 77 } }).getExecution({})
    assert.deepEqual(reply, { closure: { phase: 77 } })
  })

  it('tells response headers and trailers', async () => {
    let told
    await client.getVersion({}, { onReply: (reply) => (told = reply) })
    assert.match(told.headers['content-type'], /grpc-web/)
    assert.equal(typeof told.trailers, 'object')
  })

  it('sends metadata, and refuses what cannot be sent, naming it', async () => {
    let seen
    const spying = FlyteRemote.forEndpoint(sandbox.url, {
      metadata: { 'x-team': 'core' },
      fetch: (url, init) => {
        seen = new Headers(init.headers)
        return fetch(url, init)
      },
    }).client
    await spying.getVersion({}, { metadata: { authorization: 'Bearer t', 'trace-bin': 'AAEC' } })
    assert.deepEqual([seen.get('x-team'), seen.get('authorization'), seen.get('trace-bin')], ['core', 'Bearer t', 'AAEC'])
    for (const [name, value] of [
      ['bad name', 'x'],
      ['grpc-timeout', '1S'],
      ['x-note', 'ä\n'],
      ['x-bin', 'not base64!'],
    ]) {
      const error = await failure(spying.getVersion({}, { metadata: { [name]: value } }))
      assert.match(error.message, new RegExp(name))
    }
    const wrong = await failure(spying.getVersion({}, { metadata: { a: 1 } }))
    assert.ok(wrong instanceof FlyteValueError)
    assert.equal(wrong.path, 'options.metadata.a')
  })

  it('calls any method by its full name with bytes', async () => {
    const bytes = await client.unary('/flyteidl.service.AdminService/GetVersion', new Uint8Array())
    assert.match(proto.toJson('flyteidl.admin.GetVersionResponse', bytes).controlPlaneVersion.Version, /sandbox/)
    assert.ok((await failure(client.unary('/no.such.Service/Call', new Uint8Array()))) instanceof NotImplementedError)
  })

  it('decodes status details', async () => {
    const workflow = await client.getWorkflow({ id: { resourceType: 'WORKFLOW', ...PLACE, name: 'double_wf', version: 'v1' } })
    const { template } = workflow.closure.compiledWorkflow.primary
    const error = await failure(
      client.createWorkflow({
        id: workflow.id,
        spec: { template: { ...template, nodes: template.nodes.filter((node) => node.taskNode) } },
      }),
    )
    assert.equal(error.code, 'ALREADY_EXISTS')
    assert.equal(error.details[0]['@type'], 'type.googleapis.com/flyteidl.admin.CreateWorkflowFailureReason')
  })

  it('rejects with TimeoutError at its deadline and CancelledError at its signal', async () => {
    const hanging = FlyteRemote.forEndpoint('http://x', {
      fetch: (_url, { signal }) => new Promise((_, no) => signal.addEventListener('abort', () => no(signal.reason))),
    }).client
    const late = await failure(hanging.getVersion({}, { timeoutMs: 30 }))
    assert.ok(late instanceof TimeoutError)
    assert.deepEqual([late.code, late.grpcCode], ['DEADLINE_EXCEEDED', 4])
    const controller = new AbortController()
    setTimeout(() => controller.abort('enough'), 20)
    const cancelled = await failure(hanging.getVersion({}, { signal: controller.signal }))
    assert.ok(cancelled instanceof CancelledError)
    assert.equal(cancelled.cause, 'enough')
  })
})
