// Signals: what gate nodes wait for.

import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { boolean, client, execute, executionId, fresh, integer, refused, registered, string } from './support.mjs'

let execution

before(async () => {
  const etl = await registered('gated')
  execution = await execute(etl.plan)
})

const id = (signalId = fresh('gate')) => ({ signalId, executionId: execution })
const asked = (type = { simple: 'BOOLEAN' }, signal = id()) => client.getOrCreateSignal({ id: signal, type })

describe('a signal', () => {
  it('is made when it is first asked for, and stays', async () => {
    const made = await asked()
    assert.deepEqual(made.type, { simple: 'BOOLEAN' })
    assert.equal(made.value, undefined)
    const again = await asked({ simple: 'BOOLEAN' }, made.id)
    assert.deepEqual(again, made)
  })

  it('is set', async () => {
    const made = await asked()
    await client.setSignal({ id: made.id, value: boolean(true) })
    assert.deepEqual((await asked({ simple: 'BOOLEAN' }, made.id)).value, boolean(true))
  })

  it('is set again, over the value before', async () => {
    const made = await asked({ simple: 'INTEGER' })
    await client.setSignal({ id: made.id, value: integer(1) })
    await client.setSignal({ id: made.id, value: integer(2) })
    assert.deepEqual((await asked({ simple: 'INTEGER' }, made.id)).value, integer(2))
  })

  it('is not set before it was asked for', async () => {
    await refused(client.setSignal({ id: id(), value: boolean(true) }), 'INVALID_ARGUMENT', /failed to validate that signal/)
  })

  it('is not set to a value of another type', async () => {
    const made = await asked()
    await refused(
      client.setSignal({ id: made.id, value: string('yes') }),
      'INVALID_ARGUMENT',
      /requested signal value .* is not castable to existing signal type|castable/,
    )
  })

  for (const [what, request, message] of [
    ['an id', { type: { simple: 'BOOLEAN' } }, /missing id/],
    ['a name', { id: { signalId: '', executionId: executionId('x') }, type: { simple: 'BOOLEAN' } }, /missing signal_id/],
    ['an execution', { id: { signalId: 'x' }, type: { simple: 'BOOLEAN' } }, /missing execution_id/],
    ['a whole execution id', { id: { signalId: 'x', executionId: executionId('') }, type: { simple: 'BOOLEAN' } }, /missing name/],
    ['a type', { id: { signalId: 'x', executionId: executionId('x') } }, /missing type/],
  ]) {
    it(`needs ${what}`, async () => {
      await refused(client.getOrCreateSignal(request), 'INVALID_ARGUMENT', message)
    })
  }

  it('needs a value to be set', async () => {
    const made = await asked()
    await refused(client.setSignal({ id: made.id }), 'INVALID_ARGUMENT', /missing value/)
    await refused(client.setSignal({ value: boolean(true) }), 'INVALID_ARGUMENT', /missing id/)
  })
})

describe('a list of signals', () => {
  it('is of one execution, filtered by name', async () => {
    const etl = await registered('listed')
    const other = await execute(etl.plan)
    const of = (signalId) => ({ signalId, executionId: other })
    await client.getOrCreateSignal({ id: of('a'), type: { simple: 'BOOLEAN' } })
    await client.getOrCreateSignal({ id: of('b'), type: { simple: 'STRING' } })
    const list = async (more) => {
      const { signals = [] } = await client.listSignals({
        workflowExecutionId: other,
        limit: 10,
        sortBy: { key: 'signal_id', direction: 'ASCENDING' },
        ...more,
      })
      return signals.map((signal) => signal.id.signalId)
    }
    assert.deepEqual(await list(), ['a', 'b'])
    assert.deepEqual(await list({ filters: 'eq(signal_id,b)' }), ['b'])
    assert.deepEqual(await list({ limit: 1 }), ['a'])
    await refused(list({ filters: 'eq(name,b)' }), 'INVALID_ARGUMENT', /invalid filter/)
    await refused(list({ sortBy: { key: 'name' } }), 'INVALID_ARGUMENT', /invalid sort key/)
  })

  it('needs an execution', async () => {
    await refused(client.listSignals({ limit: 5 }), 'INVALID_ARGUMENT', /missing/)
    assert.deepEqual((await client.listSignals({ workflowExecutionId: executionId('nothing'), limit: 5 })).signals ?? [], [])
  })
})
