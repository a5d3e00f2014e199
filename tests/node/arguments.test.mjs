// What callers give by mistake: one error that names the argument, and nothing is sent.

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import {
  CancelledError,
  FlyteRemote,
  FlyteTask,
  FlyteValueError,
  FlyteWorkflowExecution,
  NotFoundError,
  parseIdentifier,
  proto,
  UploadError,
} from 'flyte-remote'
import { PLACE, sandboxWithWorkflows } from './fixtures.mjs'

let sandbox
let remote
let task
let run
/** A remote that may send nothing. */
const silent = FlyteRemote.forEndpoint('http://127.0.0.1:9', { ...PLACE, fetch: () => assert.fail('something was sent') })

before(async () => {
  ;({ sandbox, remote } = await sandboxWithWorkflows())
  task = await remote.fetchTask('double')
  run = await remote.execute({ kind: 'workflow', name: 'double_wf' }, { inputs: { n: 2 }, wait: true })
})

after(() => sandbox.close())

async function failure(act) {
  try {
    await act()
  } catch (error) {
    return error
  }
  return assert.fail('it did not fail')
}

const WRONG = {
  'endpoint: expected a URL, or host:port, got undefined': () => FlyteRemote.forEndpoint(),
  'endpoint: expected a URL, or host:port, got the number 5': () => FlyteRemote.forEndpoint(5),
  'options: expected a plain object, got an object (Map)': () => FlyteRemote.forEndpoint('http://x', new Map([['project', 'x']])),
  'options: expected a plain object, got an object (Date)': () => FlyteRemote.forEndpoint('http://x', new Date()),
  'options.maxReplyBytes: expected at least 1, got the number 0': () => FlyteRemote.forEndpoint('http://x', { maxReplyBytes: 0 }),
  'options.metadata: expected an object of strings, a Map or Headers, got the number 5': () => silent.fetchTask('t', { metadata: 5 }),
  'options.metadata.b: expected a string, got the number 1': () => silent.fetchTask('t', { metadata: new Map([['b', 1]]) }),
  'entity: expected a name, or an object with one, got an object (FlyteTask)': () => silent.fetchTask(task),
  'execution: expected a name, or an object with one, got an object (FlyteTask)': () => silent.terminate(task, 'x'),
  'entity.name: expected a string, got an object (Object)': () => silent.fetchTask({ name: Object.create(null) }),
  'cause: expected a string, got undefined': () => silent.terminate('e'),
  'cause: expected a string, got the number 5': () => run.terminate(5),
  'signalId: expected a string, got undefined': () => silent.approve('e'),
  'id: expected a string, got undefined': () => run.node(),
  'fullMethod: expected a string, got the number 5': () => silent.client.unary(5, new Uint8Array()),
  'request: expected a Uint8Array or an ArrayBuffer, got undefined': () => silent.client.unary('/a.B/C'),
  'request: expected a Uint8Array or an ArrayBuffer, got the text "x"': () => silent.client.unary('/a.B/C', 'x'),
  'name: expected a string, got the number 5': async () => (await run.inputs()).get(5),
  'options.notifications[0]: expected an object with addresses for exactly one of email, pagerDuty and slack, got an object (Object)': () =>
    silent.execute(task, { inputs: { n: 1 }, notifications: [{ phases: ['FAILED'] }] }),
  'notifications[0].email: expected at least one address, got none': () =>
    silent.execute(task, { inputs: { n: 1 }, notifications: [{ phases: ['FAILED'], email: [] }] }),
}

describe('arguments of a wrong kind', () => {
  for (const [message, act] of Object.entries(WRONG)) {
    it(message, async () => {
      const error = await failure(act)
      assert.ok(error instanceof FlyteValueError, `${error?.constructor?.name}: ${error}`)
      assert.equal(error.message, message)
    })
  }

  it('reject where a promise is promised, and do not throw', () => {
    for (const act of [() => silent.terminate(), () => silent.setSignal(), () => silent.client.unary()]) act().catch(() => {})
  })

  it('paths begin with the option', async () => {
    for (const [options, path] of [
      [{ securityContext: { foo: 1 } }, 'options.securityContext.foo'],
      [{ securityContext: { runAs: { k8sServiceAccount: 5 } } }, 'options.securityContext.runAs.k8sServiceAccount'],
      [{ executionEnvAssignments: [{}, { nodeIds: 5 }] }, 'options.executionEnvAssignments[1].nodeIds'],
    ]) {
      assert.equal((await failure(() => silent.execute(task, { inputs: { n: 1 }, ...options }))).path, path)
    }
  })

  it('options that a call does not have are refused, onReply with them', async () => {
    const error = await failure(() => silent.fetchTask('t', { onReply: () => {} }))
    assert.match(error.message, /options\.onReply: there is no such option/)
    assert.match((await failure(() => run.watch({ nodes: true }).next())).message, /options\.nodes: there is no such option/)
  })
})

describe('messages', () => {
  const literals = (primitive) => ({ literals: { a: { scalar: { primitive } } } })
  const encoded = (value) => proto.toJson('flyteidl.core.LiteralMap', proto.fromJson('flyteidl.core.LiteralMap', value))
  const place = (value) => {
    try {
      return assert.fail(JSON.stringify(encoded(value)))
    } catch (error) {
      return error.path
    }
  }

  it('refuse numbers and dates that are none, with their place', () => {
    assert.equal(place(literals({ integer: NaN })), 'literals.a.scalar.primitive.integer')
    assert.equal(place(literals({ integer: Infinity })), 'literals.a.scalar.primitive.integer')
    assert.equal(place(literals({ datetime: new Date(NaN) })), 'literals.a.scalar.primitive.datetime')
    assert.equal(place(5), 'message')
  })

  it('take null for nothing, Maps as objects, and Buffers and other bytes', () => {
    assert.deepEqual(encoded(literals(null)), { literals: { a: { scalar: {} } } })
    assert.deepEqual(encoded({ literals: new Map([['a', { hash: 'x' }]]) }), { literals: { a: { hash: 'x' } } })
    const binary = (value) => proto.toJson('flyteidl.core.Binary', proto.fromJson('flyteidl.core.Binary', { value }))
    assert.deepEqual([binary(Buffer.from('a')), binary(new Uint8Array([97]))], [{ value: 'YQ==' }, { value: 'YQ==' }])
    assert.deepEqual(proto.toJson('flyteidl.core.Binary', Uint8Array.of(10, 1, 97).buffer), { value: 'YQ==' })
  })

  it('are of a type with a name, and bytes', async () => {
    assert.equal((await failure(() => proto.fromJson(5, {}))).message, 'typeName: expected a string, got the number 5')
    assert.equal((await failure(() => proto.toJson('flyteidl.core.Binary', 'x'))).path, 'bytes')
  })
})

describe('metadata', () => {
  for (const [kind, metadata] of Object.entries({
    'an object': { 'x-who': 'me' },
    Headers: new Headers({ 'X-Who': 'me' }),
    'a Map': new Map([['x-who', 'me']]),
  })) {
    it(`may be ${kind}`, async () => {
      const sent = []
      const fetch = (_url, { headers }) => {
        sent.push(new Headers(headers).get('x-who'))
        return Promise.reject(new TypeError('stop'))
      }
      const call = FlyteRemote.forEndpoint('http://x', { fetch, retries: 0 }).client.getVersion({}, { metadata })
      await failure(() => call)
      await failure(() => FlyteRemote.forEndpoint('http://x', { fetch, retries: 0, metadata }).client.getVersion())
      assert.deepEqual(sent, ['me', 'me'])
    })
  }
})

describe('addresses of consoles', () => {
  for (const path of ['console/projects', 'console/#/projects', 'console#/projects']) {
    it(`${path} …`, () => {
      const id = { project: 'p', domain: 'd', name: 'e' }
      assert.deepEqual(parseIdentifier(`http://127.0.0.1:30980/${path}/p/domains/d/executions/e`), id)
    })
  }
})

describe('an endpoint', () => {
  it('may be a URL', () =>
    assert.equal(FlyteRemote.forEndpoint(new URL('https://flyte.example.com/x')).endpoint, 'https://flyte.example.com/x'))
})

describe('classes', () => {
  it('have their names', async () => {
    assert.deepEqual(
      [FlyteTask.name, FlyteWorkflowExecution.name, NotFoundError.name],
      ['FlyteTask', 'FlyteWorkflowExecution', 'NotFoundError'],
    )
    assert.equal((await failure(() => remote.fetchTask('missing'))).constructor.name, 'NotFoundError')
  })
})

describe('a cancelled execute', () => {
  it('says which execution goes on', async () => {
    const stop = new AbortController()
    const fetch = async (url, options) => {
      const reply = await globalThis.fetch(url, options)
      if (url.endsWith('/CreateExecution')) stop.abort()
      return reply
    }
    const hasty = FlyteRemote.forEndpoint(sandbox.url, { ...PLACE, fetch })
    const options = { inputs: { n: 1 }, name: 'hasty', signal: stop.signal, wait: true }
    const error = await failure(() => hasty.execute({ kind: 'workflow', name: 'double_wf' }, options))
    assert.ok(error instanceof CancelledError)
    assert.equal(error.entity, 'ex:flytesnacks:development:hasty')
    assert.match(error.message, /then it is ex:flytesnacks:development:hasty/)
    assert.equal((await remote.fetchExecution('hasty')).id.name, 'hasty')
  })
})

describe('a store that is out of order', () => {
  it('may be tried again', async () => {
    const fetch = async (url, options) =>
      options.method === 'PUT' ? new Response('<Error/>', { status: 503 }) : globalThis.fetch(url, options)
    const error = await failure(() =>
      FlyteRemote.forEndpoint(sandbox.url, { ...PLACE, fetch }).uploadFile(new Uint8Array(3), { filename: 'a' }),
    )
    assert.ok(error instanceof UploadError)
    assert.deepEqual([error.retryable, error.httpStatus], [true, 503])
  })
})

describe('syncs at the same time', () => {
  it('leave what each of them read', async () => {
    const one = await remote.fetchExecution(run.id)
    await Promise.all([one.wait(), one.sync()])
    assert.equal(one.nodeExecutions.length > 0, true)
    const other = await remote.fetchExecution(run.id)
    await Promise.all([other.wait(), other.sync({ depth: 1 })])
    assert.equal(
      other.walk().some((node) => node.taskExecutions.length > 0),
      true,
    )
  })
})

describe('waitAll', () => {
  it('asks the server of each execution', async () => {
    const second = await sandboxWithWorkflows()
    try {
      const there = await second.remote.execute({ kind: 'workflow', name: 'double_wf' }, { inputs: { n: 3 }, name: run.id.name })
      await remote.waitAll([run, there])
      assert.deepEqual((await there.outputs()).toObject(), { m: 6 })
    } finally {
      await second.sandbox.close()
    }
  })
})
