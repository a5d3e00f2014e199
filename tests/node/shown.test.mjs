// What a person sees of objects and errors: in console.log, in JSON, in a stack.

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { inspect } from 'node:util'
import { FlyteAssertionError, FlyteRemote, FlyteTypeError, literal, NotFoundError } from 'flyte-remote'
import { PLACE, sandboxWithWorkflows } from './fixtures.mjs'

let sandbox
let remote
let run

before(async () => {
  ;({ sandbox, remote } = await sandboxWithWorkflows())
  run = await remote.execute({ kind: 'workflow', name: 'double_wf' }, { inputs: { n: 21 }, wait: true })
})
after(() => sandbox.close())

describe('console.log', () => {
  it('tells what an object is about, and never an address in the core', async () => {
    const task = await remote.fetchTask('double')
    const attempt = run.node('n0').taskExecutions[0]
    const texts = [remote, task, run, run.node('n0'), attempt, await run.outputs(), remote.client].map((object) => inspect(object))
    for (const [i, part] of [
      sandbox.url,
      "name: 'double'",
      "phase: 'SUCCEEDED'",
      "nodeId: 'n0'",
      'attempt: 0',
      'FlyteValues { m: 42 }',
      'FlyteClient',
    ].entries()) {
      assert.ok(texts[i].includes(part), texts[i])
      assert.doesNotMatch(texts[i], /__wbg_ptr/)
    }
  })

  it('shows an object that was given back', async () => {
    const task = await remote.fetchTask('double')
    task.free()
    assert.equal(inspect(task), 'FlyteTask (freed)')
  })
})

describe('JSON', () => {
  it('of an error has its name and message', async () => {
    const error = await remote.fetchTask('nope').catch((error) => error)
    const { name, message, code, entity } = JSON.parse(JSON.stringify(error))
    assert.deepEqual([name, message, code, entity], ['NotFoundError', error.message, 'NOT_FOUND', 'tsk:flytesnacks:development:nope'])
  })

  it('of values has their literals', async () => {
    assert.deepEqual(JSON.parse(JSON.stringify(await run.outputs())), { m: { scalar: { primitive: { integer: '42' } } } })
  })
})

describe('a request that has no JSON', () => {
  it('is an error of this package, and says why', async () => {
    const cyclic = {}
    cyclic.id = cyclic
    let deep = {}
    for (let i = 0; i < 50_000; i++) deep = { collection: { literals: [deep] } }
    const thrown = new Error('mine')
    const getter = {
      get id() {
        throw thrown
      },
    }
    const reject = (request) => remote.client.getTask(request).catch((error) => error)
    for (const [request, why] of [
      [cyclic, /circular/i],
      [{ inputs: deep }, /call stack/],
      [getter, /mine/],
    ]) {
      const error = await reject(request)
      assert.ok(error instanceof FlyteTypeError, error)
      assert.match(error.message, why)
      assert.equal(error.path, 'request')
    }
    assert.equal((await reject(getter)).cause, thrown)
  })
})

describe('the stack of an error', () => {
  it('leads to the line that called, not into the core', async () => {
    async function caller() {
      await remote.fetchTask('nope')
    }
    const error = await caller().catch((error) => error)
    assert.ok(error instanceof NotFoundError)
    assert.match(error.stack, /^NotFoundError: .*nope/)
    assert.match(error.stack, /shown\.test\.mjs/)
    assert.doesNotMatch(error.stack, /wasm:/)
  })
})

describe('the stack of an error that is thrown at once', () => {
  it('leads to the caller too', () => {
    const caller = () => literal.toLiteral({ simple: 'INTEGER' }, 'x')
    assert.throws(caller, ({ stack }) => /caller .*shown\.test\.mjs/.test(stack) && !/wasm:/.test(stack))
  })
})

describe('an object that was given back', () => {
  it('says so when it is used', () => {
    const other = FlyteRemote.forEndpoint(sandbox.url, PLACE)
    other.free()
    const said = (error) => error instanceof FlyteAssertionError && /free\(\)/.test(error.message)
    assert.throws(() => other.project, said)
    assert.throws(() => other.fetchTask('double'), said)
    assert.throws(() => new FlyteRemote().project, said)
  })

  it('can be given back again, as `using` does after free()', async () => {
    const other = await remote.fetchTask('double')
    other.free()
    other.free()
    other[Symbol.dispose]?.()
  })

  it('lets what it has begun end', async () => {
    const other = FlyteRemote.forEndpoint(sandbox.url, PLACE)
    const pending = other.fetchTask('double')
    other.free()
    assert.equal((await pending).name, 'double')
  })
})

describe('a signal that many calls share', () => {
  it('is no leak, so Node does not warn of one', async () => {
    const warnings = []
    const warned = (warning) => warnings.push(warning.message)
    process.on('warning', warned)
    const { signal } = new AbortController()
    await Promise.all(Array.from({ length: 30 }, () => remote.client.getVersion({}, { signal })))
    await new Promise((resolve) => setTimeout(resolve, 20))
    process.off('warning', warned)
    assert.deepEqual(warnings, [])
  })
})

describe('a fetch of the caller that gives no Response', () => {
  it('is told of as that, and not as a server out of reach', async () => {
    for (const given of [undefined, {}, Promise.resolve(undefined), Promise.resolve('text')]) {
      const other = FlyteRemote.forEndpoint(sandbox.url, { ...PLACE, retries: 0, fetch: () => given })
      await assert.rejects(
        other.fetchTask('double'),
        (error) => /`fetch` option gave no Response/.test(error.message) && !/CORS/.test(error.message),
      )
    }
  })
})
