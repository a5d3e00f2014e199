// flytekit as a peer on the same server: it sends what this package sends, and each finds what the other left.

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import { FlyteRemote, proto } from 'flyte-remote'
import { missing, Peer } from './peer/flytekit.mjs'
import { loggingProxy } from './peer/proxy.mjs'
import { play } from './script.mjs'
import { client, domain, endpoint, fresh, grpc, literals, PLACE, project, registered, remote, string, taskId } from './support.mjs'

const why = missing()
const CREATE = '/flyteidl.service.AdminService/CreateExecution'
const REQUEST = 'flyteidl.admin.ExecutionCreateRequest'

/** Values as the Python side reads them, and as JavaScript has them. */
const javascript = (value) => {
  if (Array.isArray(value)) return value.map(javascript)
  if (value === null || typeof value !== 'object') return value
  if ('$date' in value) return new Date(value.$date)
  if ('$ms' in value) return value.$ms
  if ('$float' in value) return value.$float
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, javascript(inner)]))
}

const FULL = {
  n: 42,
  ratio: { $float: 1.5 },
  word: 'größe',
  flag: true,
  when: { $date: '2026-01-02T03:04:05.678Z' },
  span: { $ms: 90_500 },
  words: ['a', '', 'ü'],
  counts: { one: 1, two: 2 },
}
const FLOW = { name: 'flow.flow', version: 'py1' }
const SMALL = { name: 'flow.small', version: 'py1' }

if (why) {
  it('flytekit', { skip: why }, () => {})
} else {
  let proxy
  let peer
  const sent = []
  /** This package, its requests remembered. */
  const ours = FlyteRemote.forEndpoint(endpoint, {
    ...PLACE,
    fetch: (url, init) => {
      if (String(url).endsWith(CREATE)) sent.push(new Uint8Array(init.body).subarray(5))
      return fetch(url, init)
    },
  })

  before(async () => {
    proxy = await loggingProxy(grpc)
    peer = new Peer(proxy.address, { project, domain })
    for (const name of ['flow', 'small']) await peer.ask('register', { name, version: 'py1' })
  })

  after(() => {
    peer?.close()
    proxy?.close()
  })

  const entityOf = (kind, { name, version }) => ({ kind, name, version })

  /** The requests of both for one call, without the name; with the names beside. */
  async function both(kind, reference, inputs, options = {}) {
    proxy.requests.length = 0
    sent.length = 0
    const suffixed = (suffix) => (options.name ? { ...options, name: `${options.name}-${suffix}` } : options)
    await peer.ask('execute', { kind, ...reference, inputs, options: suffixed('py') })
    await ours.execute(entityOf(kind, reference), { inputs: javascript(inputs), ...suffixed('js') })
    const theirs = proxy.requests.filter((request) => request.path === CREATE)
    assert.deepEqual([theirs.length, sent.length], [1, 1])
    const split = (bytes) => {
      const { name = '', ...request } = proto.toJson(REQUEST, bytes)
      return { name, request }
    }
    return { theirs: split(theirs[0].message), ours: split(sent[0]) }
  }

  describe('CreateExecution', () => {
    for (const [what, kind, reference, inputs, options] of [
      ['of a launch plan with values of every simple type', 'launchPlan', FLOW, FULL],
      ['with an optional value', 'launchPlan', FLOW, { ...FULL, note: 'there' }],
      ['with an optional value that is none', 'launchPlan', FLOW, { ...FULL, note: null }],
      ['of a workflow', 'workflow', SMALL, { n: 5 }],
      ['of a task', 'task', { name: 'flow.double', version: 'py1' }, { n: 5 }],
      ['with defaults only', 'launchPlan', SMALL, {}],
      ['with large and small integers', 'launchPlan', SMALL, { n: -9007199254740991 }],
      ['with empty collections', 'launchPlan', FLOW, { ...FULL, words: [], counts: {} }],
      ['with odd floats', 'launchPlan', FLOW, { ...FULL, ratio: { $float: 1e300 } }],
      ['with a time before 1970', 'launchPlan', FLOW, { ...FULL, when: { $date: '1969-12-31T23:59:59.250Z' }, span: { $ms: -1500 } }],
      ['with labels and annotations', 'launchPlan', SMALL, {}, { labels: { team: 'a' }, annotations: { 'example.com/why': 'b' } }],
      ['with environment variables and tags', 'launchPlan', SMALL, {}, { envs: { A: 'b' }, tags: ['x', 'y'] }],
      ['with a parallelism', 'launchPlan', SMALL, {}, { maxParallelism: 3 }],
      ['that overwrites the cache', 'launchPlan', SMALL, {}, { overwriteCache: true }],
      ['that may be interrupted', 'launchPlan', SMALL, {}, { interruptible: true }],
      ['that may not be interrupted', 'launchPlan', SMALL, {}, { interruptible: false }],
      ['with a place for raw outputs', 'launchPlan', SMALL, {}, { rawOutputDataPrefix: 's3://elsewhere/raw' }],
      ['with a service account', 'launchPlan', SMALL, {}, { serviceAccount: 'robot' }],
      ['in a cluster pool', 'launchPlan', SMALL, {}, { clusterPool: 'gpupool' }],
      ['on labelled clusters', 'launchPlan', SMALL, {}, { executionClusterLabel: 'gpu' }],
      ['without notifications', 'launchPlan', SMALL, {}, { disableNotifications: true }],
    ]) {
      it(`${what} is the same`, async () => {
        const { theirs, ours } = await both(kind, reference, inputs, options)
        assert.deepEqual(ours.request, theirs.request)
        // flytekit leaves the name to the server; this package names it, so that a repeated call starts nothing twice.
        assert.equal(theirs.name, '')
        assert.equal(ours.name.length, 20)
      })
    }

    it('with a name is the same', async () => {
      const { theirs, ours } = await both('launchPlan', SMALL, { n: 1 }, { name: fresh('named') })
      assert.deepEqual(ours.request, theirs.request)
      assert.deepEqual([theirs.name.replace(/-py$/, ''), theirs.name.length], [ours.name.replace(/-js$/, ''), ours.name.length])
    })

    it('with a prefix has nineteen hexadecimal digits after it', async () => {
      const { theirs, ours } = await both('launchPlan', SMALL, { n: 1 }, { namePrefix: 'adhoc' })
      for (const { name } of [theirs, ours]) assert.match(name, /^adhoc-[0-9a-f]{19}$/)
      assert.deepEqual(ours.request, theirs.request)
    })
  })

  describe('what flytekit registered', () => {
    for (const [kind, fetch, reference] of [
      ['task', 'fetchTask', { name: 'flow.combine', version: 'py1' }],
      ['workflow', 'fetchWorkflow', FLOW],
      ['launchPlan', 'fetchLaunchPlan', FLOW],
    ]) {
      it(`this package fetches: a ${kind}`, async () => {
        const theirs = await peer.ask('describe', { kind, ...reference })
        const ours = await remote[fetch](reference)
        assert.deepEqual([ours.name, ours.version], [theirs.name, theirs.version])
        assert.deepEqual(ours.inputs.map((input) => input.name).sort(), Object.keys(theirs.inputs).sort())
        if (ours.outputs) assert.deepEqual(ours.outputs.map((output) => output.name).sort(), Object.keys(theirs.outputs).sort())
      })
    }

    it('this package executes, and reads what it gave', async () => {
      const run = await remote.execute(entityOf('launchPlan', FLOW), { inputs: javascript(FULL) })
      const uri = { total: 90, text: 'größe True 1.5 None', later: { $date: '2026-01-02T03:05:36.178Z' } }
      const outputs = { literals: { ...literals({ total: uri.total }).literals, text: string(uri.text) } }
      outputs.literals.later = { scalar: { primitive: { datetime: uri.later.$date } } }
      const id = { ...PLACE, name: run.name }
      await play(id, '. RUNNING 0')
      await client.createWorkflowEvent({
        event: { executionId: id, phase: 'SUCCEEDED', occurredAt: new Date().toISOString(), outputData: outputs },
      })
      await run.wait()
      assert.deepEqual((await run.outputs()).toObject(), { total: 90, text: uri.text, later: new Date(uri.later.$date) })
      const theirs = await peer.ask('outcome', { name: run.name, types: { total: 'int', text: 'str', later: 'datetime' } })
      assert.deepEqual([theirs.phase, theirs.outputs], ['SUCCEEDED', uri])
    })
  })

  describe('what this package registered', () => {
    before(() => registered('ours'))

    for (const kind of ['task', 'workflow', 'launchPlan']) {
      it(`flytekit fetches: a ${kind}`, async () => {
        const theirs = await peer.ask('describe', { kind, name: 'ours', version: 'v1' })
        const integer = Buffer.from(proto.fromJson('flyteidl.core.LiteralType', { simple: 'INTEGER' })).toString('hex')
        assert.deepEqual([theirs.inputs, theirs.outputs], [{ n: integer }, { m: integer }])
      })
    }

    it('flytekit executes, and both follow it to its end', async () => {
      const { name } = await peer.ask('execute', { kind: 'launchPlan', name: 'ours', version: 'v1', inputs: { n: 4 } })
      const run = await remote.fetchExecution(name)
      assert.equal(run.isDone, false)
      const id = { ...PLACE, name }
      await play(
        id,
        `. RUNNING 0
         start-node SUCCEEDED 0
         n0 RUNNING 1 in:n=4
         n0#0 RUNNING 2
         n0#0 SUCCEEDED 3 m=8
         n0 SUCCEEDED 4 m=8
         end-node SUCCEEDED 4
         . SUCCEEDED 5 m=8`,
        { task: taskId('ours') },
      )
      await run.sync()
      assert.deepEqual([run.phase, (await run.outputs()).toObject()], ['SUCCEEDED', { m: 8 }])
      const theirs = await peer.ask('outcome', { name, nodes: true, types: { m: 'int' } })
      assert.deepEqual([theirs.phase, theirs.outputs], ['SUCCEEDED', { m: 8 }])
      assert.ok(theirs.nodes.includes('n0'))
    })

    it('both read the error of a failed execution', async () => {
      const run = await remote.execute(entityOf('launchPlan', { name: 'ours', version: 'v1' }), { inputs: { n: 4 } })
      await play({ ...PLACE, name: run.name }, '. RUNNING 0\n. FAILED 1 @error=Boom:no_luck')
      await run.sync()
      const theirs = await peer.ask('outcome', { name: run.name })
      assert.deepEqual([theirs.phase, theirs.error.code, theirs.error.message], ['FAILED', 'Boom', 'no luck'])
      assert.deepEqual([run.phase, run.error.code, run.error.message], ['FAILED', 'Boom', 'no luck'])
    })

    it('flytekit terminates what this package started', async () => {
      const run = await remote.execute(entityOf('launchPlan', { name: 'ours', version: 'v1' }), { inputs: { n: 4 } })
      await peer.ask('terminate', { name: run.name, cause: 'enough' })
      assert.equal((await client.getExecution({ id: { ...PLACE, name: run.name } })).closure.abortMetadata.cause, 'enough')
    })

    it('flytekit approves a signal that this package asked for', async () => {
      const run = await remote.execute(entityOf('launchPlan', { name: 'ours', version: 'v1' }), { inputs: { n: 4 } })
      const id = { signalId: 'gate', executionId: { ...PLACE, name: run.name } }
      await client.getOrCreateSignal({ id, type: { simple: 'BOOLEAN' } })
      assert.deepEqual(await peer.ask('signals', { name: run.name }), ['gate'])
      await peer.ask('approve', { name: run.name, signal: 'gate' })
      const { signals } = await client.listSignals({ workflowExecutionId: id.executionId, limit: 5 })
      assert.equal(signals[0].value.scalar.primitive.boolean, true)
    })
  })

  describe('lists', () => {
    it('of recent executions are the same', async () => {
      const theirs = await peer.ask('recent', { limit: 8 })
      const ours = []
      for await (const execution of remote.recentExecutions({ limit: 8 })) ours.push(execution.name)
      assert.deepEqual(ours.slice(0, 8), theirs)
    })
  })

  describe('uploads', () => {
    it('go to the same place', async () => {
      const body = Buffer.from('the same bytes')
      const theirs = await peer.ask('upload', { filename: 'same.txt', body: body.toString('base64') })
      const { uri } = await remote.uploadFile(body, { filename: 'same.txt' })
      assert.equal(uri, theirs.uri)
      assert.equal(theirs.md5, createHash('md5').update(body).digest('base64'))
    })
  })
}
