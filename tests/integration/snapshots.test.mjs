// Everything that can be read of some runs, compared with what FlyteAdmin 1.16.8 answered (tests/vectors/execution_snapshots.json;
// FLYTE_RECORD=1 writes it anew).

import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { isDeepStrictEqual } from 'node:util'
import { recorded } from './recorded.mjs'
import { play, wholeRun } from './script.mjs'
import { client, execute, literals, PLACE, plan, planId, project, registered, workflowId } from './support.mjs'

const known = recorded('execution_snapshots')

let etl
let runs = 0

before(async () => {
  etl = await registered('etl')
  await client.createLaunchPlan(
    plan('rich', {
      runs: workflowId('etl'),
      fixedInputs: literals({ n: 5 }),
      labels: { values: { from: 'plan' } },
      annotations: { values: { 'example.com/from': 'plan' } },
      maxParallelism: 7,
      envs: { values: [{ key: 'A', value: 'plan' }] },
      securityContext: { runAs: { k8sServiceAccount: 'plan-robot' } },
      rawOutputDataConfig: { outputLocationPrefix: 's3://plan/raw' },
      interruptible: true,
      entityMetadata: { notifications: [{ phases: ['FAILED'], email: { recipientsEmail: ['a@example.com'] } }] },
    }),
  )
})

/** All that the server tells of an execution. */
async function everything(id) {
  const nodes = {}
  const visit = async (parent) => {
    const request = { workflowExecutionId: id, limit: 50, uniqueParentId: parent, sortBy: { key: 'node_id', direction: 'ASCENDING' } }
    for (const listed of (await client.listNodeExecutions(request)).nodeExecutions ?? []) {
      const { nodeId } = listed.id
      const attempts = []
      const order = { sortBy: { key: 'retry_attempt', direction: 'ASCENDING' }, limit: 50 }
      for (const attempt of (await client.listTaskExecutions({ nodeExecutionId: listed.id, ...order })).taskExecutions ?? []) {
        const got = await client.getTaskExecution({ id: attempt.id })
        attempts.push({ listed: attempt, got: same(got, attempt), data: await client.getTaskExecutionData({ id: attempt.id }) })
      }
      const got = await client.getNodeExecution({ id: listed.id })
      nodes[nodeId] = { parent, listed, got: same(got, listed), data: await client.getNodeExecutionData({ id: listed.id }), attempts }
      if (listed.metadata?.isParentNode) await visit(nodeId)
    }
  }
  await visit('')
  const got = await client.getExecution({ id })
  const { executions } = await client.listExecutions({ id: PLACE, limit: 5, filters: `eq(execution_name,${id.name})+value_in(state,0;1)` })
  // Of several attempts FlyteAdmin's metrics depend on the order that its database gives them in.
  const retried = Object.values(nodes).some((node) => node.attempts.length > 1)
  const span = retried ? undefined : (await client.getExecutionMetrics({ id, depth: 10 })).span
  return { got, listed: same(executions[0], got), data: await client.getExecutionData({ id }), nodes, span }
}

/** Most of what is listed is what is got. */
function same(value, other) {
  return isDeepStrictEqual(value, other) ? 'the same' : value
}

/** An answer without what the run and the server decided: ids, buckets, and times that are not the script's. */
function settled(answer, names) {
  let text = JSON.stringify(answer)
    .replaceAll(project, 'PROJECT')
    .replaceAll(/s3:\/\/[^/"]+\//g, 's3://BUCKET/')
  for (const [at, name] of names.entries()) text = text.replaceAll(name, `RUN${at}`)
  return JSON.parse(text, (_, value) =>
    typeof value === 'string' && /^\d{4}-\d\d-\d\dT.*Z$/.test(value) && !value.startsWith('2026-01-02') ? 'NOW' : value,
  )
}

const script = (id, text, more) => play(id, text, { task: etl.task, more })
const name = () => `snapshot-${++runs}-${project}`

const RUNS = {
  'not started': async (id) => id,
  'whole, succeeded': (id) => script(id, wholeRun('SUCCEEDED')),
  'whole, failed': (id) => script(id, wholeRun('FAILED')),
  'whole, aborted': (id) => script(id, wholeRun('ABORTED')),
  'a second attempt': (id) =>
    script(
      id,
      `. RUNNING 0
       start-node SUCCEEDED 0
       n0 QUEUED 1
       n0 RUNNING 2 in:n=1
       n0#0 QUEUED 2 @reason=first in:n=1
       n0#0 INITIALIZING 3 @reason=pulling
       n0#0 RUNNING 4 @log=http://logs.example/0
       n0#0 RUNNING 5 @version=1 @reason=still_there @log=http://logs.example/more
       n0#0 RETRYABLE_FAILED 6 @error=Once:it_stumbled
       n0#1 QUEUED 7 in:n=1
       n0#1 RUNNING 8 @log=http://logs.example/1
       n0#1 SUCCEEDED 9 m=2
       n0 SUCCEEDED 10 m=2
       end-node SUCCEEDED 11
       . SUCCEEDING 11
       . SUCCEEDED 12 m=2`,
    ),
  'children of a parent': (id) =>
    script(
      id,
      `. QUEUED 0
       . RUNNING 1
       start-node SUCCEEDED 1
       n0 QUEUED 2
       n0 RUNNING 3 @parent
       n0-0-start SUCCEEDED 3 @of=n0 @spec=start-node @group=0
       n0-0-a QUEUED 4 @of=n0 @spec=n0 @group=0
       n0-0-a RUNNING 5 in:n=3
       n0-0-a#0 RUNNING 5
       n0-0-a#0 FAILED 6 @system-error=Node:went_away
       n0-0-a FAILED 7 @system-error=Node:went_away
       n0 FAILING 8
       n0 FAILED 9 @error=Child:failed
       . FAILING 10
       . FAILED 11 @error=Child:failed`,
    ),
  'skipped, recovered and timed out nodes': (id) =>
    script(
      id,
      `. RUNNING 0
       n0 SKIPPED 1
       n1 RECOVERED 2 m=7
       n2 QUEUED 2
       n2 RUNNING 3
       n2 TIMED_OUT 4 @error=Timeout:too_slow
       . TIMED_OUT 5 @error=Timeout:too_slow`,
    ).catch((error) => ({ refused: error.code })),
  'logs, resources and custom info': (id) =>
    script(
      id,
      '. RUNNING 0\nn0 RUNNING 1\nn0#0 QUEUED 1\nn0#0 RUNNING 2\nn0#0 RUNNING 3 @version=1\nn0#0 SUCCEEDED 4 m=1\nn0 SUCCEEDED 5 m=1',
      {
        'n0#0': {
          logs: [
            { uri: 'http://logs.example/hidden', name: 'hidden', HideOnceFinished: true },
            { uri: 'http://logs.example/shown', name: 'shown', ttl: '60s', ShowWhilePending: true },
          ],
          customInfo: { progress: 0.5, list: [1, 'a', null], nested: { a: true } },
          metadata: {
            generatedName: 'pod-1',
            pluginIdentifier: 'container',
            externalResources: [
              {
                externalId: 'x',
                index: 0,
                retryAttempt: 0,
                phase: 'RUNNING',
                cacheStatus: 'CACHE_POPULATED',
                logs: [{ uri: 'http://logs.example/x' }],
              },
            ],
          },
        },
      },
    ),
  'a cached node and a child execution': async (id) => {
    await script(id, '. RUNNING 0\nn0 QUEUED 1\nn1 QUEUED 1')
    const catalogKey = {
      datasetId: { resourceType: 'DATASET', project: 'p', domain: 'd', name: 'n', version: 'v' },
      artifactTag: { artifactId: 'a', name: 't' },
    }
    const event = (nodeId, more) =>
      client.createNodeEvent({
        event: { id: { nodeId, executionId: id }, occurredAt: '2026-01-02T03:04:10Z', specNodeId: nodeId, ...more },
      })
    await event('n0', {
      phase: 'SUCCEEDED',
      taskNodeMetadata: {
        cacheStatus: 'CACHE_HIT',
        catalogKey,
        reservationStatus: 'RESERVATION_DISABLED',
        checkpointUri: 's3://b/checkpoint',
      },
    })
    await event('n1', { phase: 'RUNNING', workflowNodeMetadata: { executionId: id } })
  },
  'a deck': (id) => script(id, '. RUNNING 0\nn0 RUNNING 1\nn0 SUCCEEDED 2 @deck=s3://b/deck.html m=3 word=text'),
  'a cluster': (id) =>
    script(id, '. QUEUED 0 @producer=east\n. RUNNING 1 @producer=east\nn0 RUNNING 2 @producer=east\nn0#0 RUNNING 3 @producer=east'),
  'an array and a dynamic node': async (id) => {
    await script(id, '. RUNNING 0\nn0 RUNNING 1 @array @parent\nn1 RUNNING 1 @dynamic')
    await script(id, 'n0 SUCCEEDED 2\nn1 DYNAMIC_RUNNING 2 @dynamic @parent\nn1 FAILED 3 @error=Dynamic:no')
  },
  terminated: async (id) => {
    await script(id, '. RUNNING 0\nn0 RUNNING 1')
    await client.terminateExecution({ id, cause: 'enough' })
    await script(id, 'n0 ABORTED 2 @error=Aborted:enough\n. ABORTED 3 @error=Aborted:enough')
  },
  archived: async (id) => {
    await script(id, '. SUCCEEDED 0')
    await client.updateExecution({ id, state: 'EXECUTION_ARCHIVED' })
  },
}

describe('what can be read of a run', () => {
  const check = async (title, ids) => {
    const answers = []
    for (const id of ids) answers.push(await everything(id))
    const answer = settled(
      answers,
      ids.map((id) => id.name),
    )
    assert.deepEqual(answer, known(title, answer))
  }

  for (const [title, drive] of Object.entries(RUNS)) {
    it(title, async () => {
      const id = await execute(etl.plan, { name: name() })
      await drive(id)
      await check(title, [id])
    })
  }

  it('of a launch plan that says much, of a request that says more', async () => {
    const first = await execute(planId('rich'), { name: name(), inputs: {} })
    const second = await execute(planId('rich'), {
      name: name(),
      inputs: {},
      labels: { values: { from: 'request' } },
      annotations: { values: { 'example.com/from': 'request' } },
      maxParallelism: 9,
      envs: { values: [{ key: 'A', value: 'request' }] },
      securityContext: { runAs: { iamRole: 'arn:request' } },
      rawOutputDataConfig: { outputLocationPrefix: 's3://request/raw' },
      interruptible: false,
      overwriteCache: true,
      tags: ['a', 'b'],
      qualityOfService: { tier: 'HIGH' },
      notifications: { notifications: [{ phases: ['SUCCEEDED'], slack: { recipientsEmail: ['b@example.com'] } }] },
      metadata: { mode: 'SYSTEM', principal: 'nobody', nesting: 2, scheduledAt: '2026-01-02T00:00:00Z' },
      clusterAssignment: { clusterPoolName: 'pool' },
      executionClusterLabel: { value: 'label' },
    })
    await check('rich', [first, second])
  })

  it('relaunched and recovered', async () => {
    const first = await execute(etl.plan, { name: name(), labels: { values: { a: 'b' } } })
    await script(first, wholeRun('FAILED'))
    const again = await client.relaunchExecution({ id: first, name: name() })
    const recovered = await client.recoverExecution({ id: first, name: name(), metadata: { nesting: 3 } })
    await check('again', [first, again.id, recovered.id])
  })

  it('of a task', async () => {
    const id = await execute(etl.task, { name: name() })
    await script(id, '. RUNNING 0\nn0 RUNNING 1\nn0#0 RUNNING 2\nn0#0 SUCCEEDED 3 m=2\nn0 SUCCEEDED 4 m=2\n. SUCCEEDED 5 m=2')
    const hidden = [
      await client.getWorkflow({ id: workflowId('.flytegen.etl') }),
      await client.getLaunchPlan({ id: planId('.flytegen.etl') }),
    ]
    await check('task', [id])
    const answer = settled(hidden, [])
    assert.deepEqual(answer, known('hidden', answer))
  })
})
