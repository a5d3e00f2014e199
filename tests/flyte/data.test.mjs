// Data calls of a server that signs URLs for inputs and outputs.

import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { it } from 'node:test'
import { FlyteRemote, proto } from 'flyte-remote'

const PLACE = { project: 'flytesnacks', domain: 'development' }
const { client } = FlyteRemote.forEndpoint(process.env.FLYTE_ENDPOINT, PLACE)

it('the inputs of an execution are there inline and behind a signed URL', async () => {
  const id = { resourceType: 'TASK', ...PLACE, name: `task-${randomUUID()}`, version: 'v1' }
  const variables = { n: { type: { simple: 'INTEGER' } } }
  const template = {
    id,
    type: 'container',
    metadata: { runtime: { version: '1' } },
    interface: { inputs: { variables }, outputs: {} },
    container: { image: 'none', command: ['true'] },
  }
  await client.createTask({ id, spec: { template } })
  const literals = { n: { scalar: { primitive: { integer: '7' } } } }
  const execution = await client.createExecution({ ...PLACE, spec: { launchPlan: id }, inputs: { literals } })

  const { inputs, fullInputs } = await client.getExecutionData(execution)
  assert.deepEqual(fullInputs, { literals })
  const bytes = new Uint8Array(await (await fetch(inputs.url)).arrayBuffer())
  assert.equal(inputs.bytes, String(bytes.length))
  assert.deepEqual(proto.toJson('flyteidl.core.LiteralMap', bytes), { literals })
})
