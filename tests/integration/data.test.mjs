// Inputs and outputs: inline, by URL only, and absent; tiny URLs; decks.

import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { proto } from 'flyte-remote'
import { play, wholeRun } from './script.mjs'
import { client, execute, fresh, integer, literals, PLACE, refused, registered, remote, uploaded } from './support.mjs'

let etl
let done
let base

const LITERAL_MAP = 'flyteidl.core.LiteralMap'
const run = () => execute(etl.plan, { inputs: literals({ n: 1 }) })
const script = (id, text) => play(id, text, { task: etl.task })
const nodeId = (id, node = 'n0') => ({ nodeId: node, executionId: id })
const attemptId = (id, retryAttempt = 0) => ({ taskId: etl.task, nodeExecutionId: nodeId(id), retryAttempt })
const url = (id, rest) => `flyte://v1/${PLACE.project}/${PLACE.domain}/${id.name}/${rest}`

before(async () => {
  etl = await registered('etl')
  const deck = await uploaded('<h1>deck</h1>', 'deck.html')
  done = await run()
  await script(
    done,
    `. RUNNING 0
     start-node SUCCEEDED 0
     n0 QUEUED 1
     n0 RUNNING 1 in:n=1
     n0#0 RUNNING 2 in:n=10
     n0#0 RETRYABLE_FAILED 3 @error=E:once
     n0#1 RUNNING 4 in:n=11
     n0#1 SUCCEEDED 5 m=20
     n0 SUCCEEDED 6 m=2 word=two @deck=${deck}
     . SUCCEEDED 7 m=200`,
  )
  base = url(done, 'n0')
})

describe('of an execution', () => {
  it('inputs are there from the start, outputs at the end', async () => {
    const id = await run()
    const before = await client.getExecutionData({ id })
    assert.deepEqual(before.fullInputs, literals({ n: 1 }))
    assert.deepEqual(before.fullOutputs ?? {}, {})
    const after = await client.getExecutionData({ id: done })
    assert.deepEqual(after.fullOutputs, literals({ m: 200 }))
  })

  it('blobs by URL are empty, or signed when the server is configured so', async () => {
    const { inputs, outputs } = await client.getExecutionData({ id: done })
    // FLYTE_SIGNED_DATA=1: remoteData.signedUrls is on.
    if (process.env.FLYTE_SIGNED_DATA !== '1') return assert.deepEqual([inputs?.url ?? '', outputs?.url ?? ''], ['', ''])
    for (const [blob, expected] of [
      [inputs, literals({ n: 1 })],
      [outputs, literals({ m: 200 })],
    ]) {
      const bytes = new Uint8Array(await (await fetch(blob.url)).arrayBuffer())
      assert.equal(String(bytes.length), blob.bytes)
      assert.deepEqual(proto.toJson(LITERAL_MAP, bytes), expected)
    }
  })

  it('outputs may be where a task wrote them', async () => {
    const uri = await uploaded(proto.fromJson(LITERAL_MAP, literals({ m: 77 })), 'outputs.pb')
    const id = await run()
    await script(id, `. RUNNING 0\n. SUCCEEDED 1 @uri=${uri}`)
    assert.deepEqual((await client.getExecutionData({ id })).fullOutputs, literals({ m: 77 }))
    assert.deepEqual((await client.getExecution({ id })).closure.outputs.uri, uri)
  })

  it('outputs that cannot be read are empty, not an error', async () => {
    const uri = (await uploaded('x', 'outputs.pb')).replace('outputs.pb', 'nothing.pb')
    const id = await run()
    await script(id, `. RUNNING 0\n. SUCCEEDED 1 @uri=${uri}`)
    assert.deepEqual((await client.getExecutionData({ id })).fullOutputs ?? {}, {})
  })

  it('a failed one has none', async () => {
    const id = await run()
    await script(id, wholeRun('FAILED'))
    assert.deepEqual((await client.getExecutionData({ id })).fullOutputs ?? {}, {})
  })
})

describe('of a node', () => {
  it('inputs, outputs and the URLs of both', async () => {
    const data = await client.getNodeExecutionData({ id: nodeId(done) })
    assert.deepEqual(data.fullInputs, literals({ n: 1 }))
    assert.deepEqual(data.fullOutputs, literals({ m: 2, word: 'two' }))
    assert.deepEqual(data.flyteUrls, { inputs: `${base}/i`, outputs: `${base}/o`, deck: `${base}/d` })
  })

  it('nothing while there is nothing, and no deck without one', async () => {
    const id = await run()
    await script(id, '. RUNNING 0\nn0 QUEUED 1')
    const data = await client.getNodeExecutionData({ id: nodeId(id) })
    assert.deepEqual([data.fullInputs ?? {}, data.fullOutputs ?? {}], [{}, {}])
    assert.equal(data.flyteUrls.deck ?? '', '')
  })

  it('from where the task wrote them', async () => {
    const inputs = await uploaded(proto.fromJson(LITERAL_MAP, literals({ n: 5 })), 'inputs.pb')
    const outputs = await uploaded(proto.fromJson(LITERAL_MAP, literals({ m: 6 })), 'outputs.pb')
    const id = await run()
    await script(id, `. RUNNING 0\nn0 RUNNING 1 @in-uri=${inputs}\nn0 SUCCEEDED 2 @uri=${outputs}`)
    const data = await client.getNodeExecutionData({ id: nodeId(id) })
    assert.deepEqual([data.fullInputs, data.fullOutputs], [literals({ n: 5 }), literals({ m: 6 })])
    assert.equal((await client.getNodeExecution({ id: nodeId(id) })).inputUri, inputs)
  })
})

describe('of an attempt', () => {
  it('inputs, outputs and the URLs of both', async () => {
    const data = await client.getTaskExecutionData({ id: attemptId(done, 1) })
    assert.deepEqual(data.fullInputs, literals({ n: 11 }))
    assert.deepEqual(data.fullOutputs, literals({ m: 20 }))
    assert.deepEqual([data.flyteUrls.inputs, data.flyteUrls.outputs], [`${base}/1/i`, `${base}/1/o`])
  })

  it('a failed one has inputs only', async () => {
    const data = await client.getTaskExecutionData({ id: attemptId(done, 0) })
    assert.deepEqual([data.fullInputs, data.fullOutputs ?? {}], [literals({ n: 10 }), {}])
  })

  it('is not found when it is not there', async () => {
    await refused(client.getTaskExecutionData({ id: attemptId(done, 9) }), 'NOT_FOUND')
  })
})

describe('tiny URLs', () => {
  const get = (flyteUrl) => client.getData({ flyteUrl })

  it('of a node: inputs, outputs, one of them', async () => {
    assert.deepEqual((await get(`${base}/i`)).literalMap, literals({ n: 1 }))
    assert.deepEqual((await get(`${base}/o`)).literalMap, literals({ m: 2, word: 'two' }))
    assert.deepEqual((await get(`${base}/o/m`)).literal, integer(2))
    assert.deepEqual((await get(`${base}/i/n`)).literal, integer(1))
  })

  it('of an attempt: inputs, outputs, one of them', async () => {
    assert.deepEqual((await get(`${base}/0/i`)).literalMap, literals({ n: 10 }))
    assert.deepEqual((await get(`${base}/1/o`)).literalMap, literals({ m: 20 }))
    assert.deepEqual((await get(`${base}/1/o/m`)).literal, integer(20))
  })

  it('of a deck: a signed URL', async () => {
    const { preSignedUrls } = await get(`${base}/d`)
    assert.equal(await (await fetch(preSignedUrls.signedUrl[0])).text(), '<h1>deck</h1>')
    assert.ok(Date.parse(preSignedUrls.expiresAt) > Date.now())
  })

  it('through the remote', async () => {
    assert.equal(typeof remote.client.getData, 'function')
    assert.deepEqual((await remote.client.getData({ flyteUrl: `${base}/o/word` })).literal.scalar.primitive.stringValue, 'two')
  })

  for (const [what, text, code, message] of [
    ['nothing', () => '', 'INVALID_ARGUMENT', /source is required/],
    ['another scheme', () => 'https://example.com', 'INVALID_ARGUMENT', /correct prefix/],
    ['another version', () => base.replace('v1', 'v2'), 'INVALID_ARGUMENT', /failed to parse/],
    ['too few parts', () => url(done, '').slice(0, -1), 'INVALID_ARGUMENT', /failed to parse/],
    ['neither inputs nor outputs', () => `${base}/x`, 'INVALID_ARGUMENT', /failed to parse/],
    ['a deck of an attempt', () => `${base}/0/d`, 'INVALID_ARGUMENT', /deck|attempt|parse/i],
    ['a name with a dot', () => `${base}/o/a.b`, 'INVALID_ARGUMENT', /failed to parse/],
    ['a name that is not there', () => `${base}/o/q`, 'INVALID_ARGUMENT', /name \[q\] (was )?not found/],
    ['an attempt that is not there', () => `${base}/7/o`, 'INVALID_ARGUMENT', /no task executions/],
    ['a node that is not there', () => url(done, 'n7/o'), 'NOT_FOUND', /missing entity of type node execution/],
    ['a deck of a node that is not there', () => url(done, 'n7/d'), 'NOT_FOUND', /missing entity of type node execution/],
    ['a deck of a node without one', () => url(done, 'start-node/d'), 'NOT_FOUND', /no deckUrl found/],
  ]) {
    it(`${what} is refused`, async () => {
      await refused(get(text()), code, message)
    })
  }
})

describe('links to decks', () => {
  const link = (more) => client.createDownloadLink({ artifactType: 'ARTIFACT_TYPE_DECK', nodeExecutionId: nodeId(done), ...more })

  it('are signed', async () => {
    const reply = await link()
    assert.equal(await (await fetch(reply.preSignedUrls.signedUrl[0])).text(), '<h1>deck</h1>')
    assert.deepEqual(reply.signedUrl, reply.preSignedUrls.signedUrl)
    assert.equal(reply.expiresAt, reply.preSignedUrls.expiresAt)
  })

  it('last an hour, or as long as asked', async () => {
    const seconds = async (expiresIn) => (Date.parse((await link(expiresIn && { expiresIn })).expiresAt) - Date.now()) / 1000
    assert.ok(Math.abs((await seconds()) - 3600) < 30)
    assert.ok(Math.abs((await seconds('60s')) - 60) < 30)
  })

  it('are refused for what has no deck', async () => {
    const id = await run()
    await script(id, '. RUNNING 0\nn0 SUCCEEDED 1')
    await refused(link({ nodeExecutionId: nodeId(id) }), 'NOT_FOUND', /no deckUrl found/)
    await refused(link({ nodeExecutionId: nodeId(id, 'n7') }), 'INVALID_ARGUMENT', /failed to find node execution/)
    const missing = await run()
    const uri = (await uploaded('x', 'deck.html')).replace('deck.html', 'no-deck.html')
    await script(missing, `. RUNNING 0\nn0 SUCCEEDED 1 @deck=${uri}`)
    await refused(link({ nodeExecutionId: nodeId(missing) }), 'NOT_FOUND', /object not found/)
  })

  for (const [what, more, message] of [
    ['no artifact type', { artifactType: 'ARTIFACT_TYPE_UNDEFINED' }, /invalid artifact type/],
    ['no source', { nodeExecutionId: undefined }, /source is required/],
    ['more than an hour', { expiresIn: '3601s' }, /cannot exceed max allowed expiration/],
    ['a time in the past', { expiresIn: '-1s' }, /less than 0/],
  ]) {
    it(`are refused for ${what}`, async () => {
      await refused(link(more), 'INVALID_ARGUMENT', message)
    })
  }
})

describe('large messages', () => {
  it('of more than four megabytes are refused by the server', async () => {
    const inputs = literals({ n: 1, big: 'x'.repeat(4 * 1024 * 1024) })
    await refused(
      client.createExecution({ ...PLACE, name: fresh('big'), spec: { launchPlan: etl.plan }, inputs }),
      'RESOURCE_EXHAUSTED',
      /received message larger than max/,
    )
  })

  it('of nearly four megabytes go both ways', async () => {
    const big = await registered('big', { inputs: { s: 'STRING' }, outputs: {} })
    const text = 'x'.repeat(3.9 * 1024 * 1024)
    const id = await execute(big.plan, { inputs: literals({ s: text }) })
    assert.equal((await client.getExecutionData({ id })).fullInputs.literals.s.scalar.primitive.stringValue.length, text.length)
  })
})
