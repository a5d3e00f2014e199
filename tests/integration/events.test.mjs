// Events: every phase path of executions, nodes and attempts, and what is refused on the way.

import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { EPOCH, play, wholeRun } from './script.mjs'
import { client, execute, executionId, literals, refused, registered, taskId } from './support.mjs'

let etl

before(async () => {
  etl = await registered('etl')
})

const run = () => execute(etl.plan)
const closure = async (id) => (await client.getExecution({ id })).closure
const at = (second) => new Date(EPOCH + second * 1000).toISOString().replace('.000Z', 'Z')
const node = async (id, nodeId = 'n0') => client.getNodeExecution({ id: { nodeId, executionId: id } })
const attemptId = (id, retryAttempt = 0, nodeId = 'n0') => ({
  taskId: etl.task,
  nodeExecutionId: { nodeId, executionId: id },
  retryAttempt,
})
const attempt = async (id, number = 0) => client.getTaskExecution({ id: attemptId(id, number) })
const script = (id, text) => play(id, text, { task: etl.task })

describe('an execution', () => {
  it('starts when it is reported running, and lasts until its end', async () => {
    const id = await run()
    await script(id, '. QUEUED 0\n. RUNNING 2\n. SUCCEEDING 8\n. SUCCEEDED 9.5 m=2')
    const { phase, startedAt, duration, createdAt } = await closure(id)
    assert.deepEqual([phase, startedAt, duration], ['SUCCEEDED', at(2), '7.500s'])
    assert.ok(createdAt)
  })

  for (const [path, end] of [
    ['RUNNING FAILING FAILED', 'FAILED'],
    ['RUNNING FAILED', 'FAILED'],
    ['QUEUED TIMED_OUT', 'TIMED_OUT'],
    ['RUNNING ABORTED', 'ABORTED'],
    ['FAILED', 'FAILED'],
    ['QUEUED QUEUED RUNNING SUCCEEDED', 'SUCCEEDED'],
    ['RUNNING SUCCEEDING FAILING FAILED', 'FAILED'],
  ]) {
    it(`may go ${path}`, async () => {
      const id = await run()
      await script(
        id,
        path
          .split(' ')
          .map((phase, second) => `. ${phase} ${second} ${phase === 'SUCCEEDED' ? 'm=1' : ''}`)
          .join('\n'),
      )
      assert.equal((await closure(id)).phase, end)
    })
  }

  for (const [path, code, message] of [
    ['RUNNING RUNNING', 'ALREADY_EXISTS', /already|recorded/],
    ['RUNNING QUEUED', 'FAILED_PRECONDITION', /RUNNING to QUEUED|phase/],
  ]) {
    it(`may not go ${path}`, async () => {
      const id = await run()
      await refused(
        script(
          id,
          path
            .split(' ')
            .map((phase, second) => `. ${phase} ${second}`)
            .join('\n'),
        ),
        code,
        message,
      )
    })
  }

  for (const end of ['SUCCEEDED', 'FAILED', 'ABORTED', 'TIMED_OUT']) {
    it(`takes nothing after ${end}, which the details tell`, async () => {
      const id = await run()
      await script(id, `. RUNNING 0\n. ${end} 1`)
      for (const late of ['RUNNING', end === 'FAILED' ? 'SUCCEEDED' : 'FAILED']) {
        const error = await refused(script(id, `. ${late} 2`), 'FAILED_PRECONDITION')
        assert.equal(error.details[0]['@type'], 'type.googleapis.com/flyteidl.admin.EventFailureReason')
        assert.deepEqual(error.details[0].alreadyInTerminalState, { currentPhase: end })
      }
    })
  }

  it('tells an error with its kind', async () => {
    const id = await run()
    await script(id, '. RUNNING 0\n. FAILED 1 @error=Disk:it_is_on_fire')
    assert.deepEqual((await closure(id)).error, { code: 'Disk', message: 'it is on fire', kind: 'USER' })
    const other = await run()
    await script(other, '. RUNNING 0\n. FAILED 1 @system-error=Disk:it_is_gone')
    assert.equal((await closure(other)).error.kind, 'SYSTEM')
  })

  it('takes the cluster that its first event names', async () => {
    const id = await run()
    await script(id, '. QUEUED 0 @producer=east\n. RUNNING 1 @producer=east')
    const error = await refused(script(id, '. SUCCEEDED 2 @producer=west'), 'FAILED_PRECONDITION', /west/)
    assert.deepEqual(error.details[0].incompatibleCluster, { cluster: 'west' })
    await script(id, '. SUCCEEDED 2 @producer=propeller')
  })

  it('has to be there', async () => {
    await refused(script(executionId('nothing'), '. RUNNING 0'), 'NOT_FOUND')
  })

  it('needs a time and a phase', async () => {
    const id = await run()
    await refused(client.createWorkflowEvent({ event: { executionId: id, phase: 'RUNNING' } }), 'INTERNAL')
    await refused(client.createWorkflowEvent({}), 'INVALID_ARGUMENT')
  })

  it('refuses outputs of more than two megabytes', async () => {
    const id = await run()
    await script(id, '. RUNNING 0')
    const outputData = literals({ m: 'x'.repeat(2 * 1024 * 1024) })
    await refused(
      client.createWorkflowEvent({ event: { executionId: id, phase: 'SUCCEEDED', occurredAt: at(1), outputData } }),
      'RESOURCE_EXHAUSTED',
      /size/i,
    )
  })
})

describe('a node', () => {
  it('runs and succeeds', async () => {
    const id = await run()
    await script(id, '. RUNNING 0\nn0 QUEUED 1\nn0 RUNNING 2 in:n=1\nn0 SUCCEEDED 5 m=2')
    const { closure, metadata, inputUri } = await node(id)
    assert.equal(closure.phase, 'SUCCEEDED')
    assert.deepEqual([closure.createdAt, closure.startedAt, closure.updatedAt, closure.duration], [at(1), at(2), at(5), '3s'])
    assert.equal(metadata.specNodeId, 'n0')
    assert.match(inputUri, /^s3:\/\//)
    assert.match(closure.outputUri, /^s3:\/\//)
  })

  for (const path of [
    'QUEUED RUNNING FAILING FAILED',
    'QUEUED SKIPPED',
    'RUNNING TIMED_OUT',
    'RUNNING ABORTED',
    'DYNAMIC_RUNNING SUCCEEDED',
    'RECOVERED',
    'SUCCEEDED',
    'QUEUED RUNNING QUEUED RUNNING SUCCEEDED',
  ]) {
    it(`may go ${path}`, async () => {
      const id = await run()
      await script(
        id,
        `. RUNNING 0\n${path
          .split(' ')
          .map((phase, second) => `n0 ${phase} ${second}`)
          .join('\n')}`,
      )
      assert.equal((await node(id)).closure.phase, path.split(' ').at(-1))
    })
  }

  it('is told of once in each phase', async () => {
    const id = await run()
    await script(id, '. RUNNING 0\nn0 RUNNING 1')
    await refused(script(id, 'n0 RUNNING 2'), 'ALREADY_EXISTS')
  })

  it('stays at its end', async () => {
    const id = await run()
    await script(id, '. RUNNING 0\nn0 SUCCEEDED 1')
    const error = await refused(script(id, 'n0 RUNNING 2'), 'FAILED_PRECONDITION')
    assert.ok(error.details.length <= 1)
  })

  it('fails with an error', async () => {
    const id = await run()
    await script(id, '. RUNNING 0\nn0 RUNNING 1\nn0 FAILED 2 @error=Boom:no_luck')
    assert.deepEqual((await node(id)).closure.error, { code: 'Boom', message: 'no luck', kind: 'USER' })
  })

  it('has children below a parent', async () => {
    const id = await run()
    await script(
      id,
      `. RUNNING 0
       n0 RUNNING 1 @parent
       n0-0-a RUNNING 2 @of=n0 @spec=a @group=0
       n0-0-b QUEUED 2 @of=n0 @spec=b @group=1
       n0-0-a SUCCEEDED 3`,
    )
    const nodes = async (uniqueParentId) => {
      const { nodeExecutions = [] } = await client.listNodeExecutions({ workflowExecutionId: id, limit: 10, uniqueParentId })
      return nodeExecutions.map((row) => row.id.nodeId).sort()
    }
    assert.deepEqual(await nodes(''), ['n0'])
    assert.deepEqual(await nodes('n0'), ['n0-0-a', 'n0-0-b'])
    assert.equal((await node(id)).metadata.isParentNode, true)
    assert.deepEqual((await node(id, 'n0-0-b')).metadata, { retryGroup: '1', specNodeId: 'b' })
    await refused(nodes('n9'), 'NOT_FOUND')
  })

  it('is dynamic, or an array', async () => {
    const id = await run()
    await script(id, '. RUNNING 0\nn0 RUNNING 1 @dynamic @parent\nn1 RUNNING 1 @array @parent')
    assert.equal((await node(id)).metadata.isDynamic, true)
    assert.equal((await node(id, 'n1')).metadata.isArray, true)
  })

  it('runs another execution', async () => {
    const id = await run()
    const child = await run()
    await script(id, '. RUNNING 0\nn0 QUEUED 1')
    const event = {
      id: { nodeId: 'n0', executionId: id },
      phase: 'RUNNING',
      occurredAt: at(2),
      specNodeId: 'n0',
      workflowNodeMetadata: { executionId: child },
    }
    await client.createNodeEvent({ event })
    assert.deepEqual((await node(id)).closure.workflowNodeMetadata.executionId, child)
  })

  it('is cached', async () => {
    const id = await run()
    await script(id, '. RUNNING 0\nn0 QUEUED 1')
    const catalogKey = { datasetId: { resourceType: 'DATASET', project: 'p', domain: 'd', name: 'n', version: 'v' } }
    const taskNodeMetadata = { cacheStatus: 'CACHE_HIT', catalogKey }
    const event = { id: { nodeId: 'n0', executionId: id }, phase: 'SUCCEEDED', occurredAt: at(2), specNodeId: 'n0', taskNodeMetadata }
    await client.createNodeEvent({ event })
    assert.equal((await node(id)).closure.taskNodeMetadata.cacheStatus, 'CACHE_HIT')
    const { nodeExecutions } = await client.listNodeExecutions({ workflowExecutionId: id, limit: 5, filters: 'eq(cache_status,CACHE_HIT)' })
    assert.equal(nodeExecutions.length, 1)
  })

  it('needs its execution', async () => {
    await refused(script(executionId('nothing'), 'n0 RUNNING 0'), 'NOT_FOUND')
  })

  it('is not found when it is not there', async () => {
    const id = await run()
    await refused(node(id, 'n7'), 'NOT_FOUND', /missing entity of type node execution/)
    await refused(client.getNodeExecutionData({ id: { nodeId: 'n7', executionId: id } }), 'NOT_FOUND')
  })
})

describe('an attempt', () => {
  const prepared = async () => {
    const id = await run()
    await script(id, '. RUNNING 0\nn0 QUEUED 1\nn0 RUNNING 2')
    return id
  }

  it('runs and succeeds', async () => {
    const id = await prepared()
    await script(id, 'n0#0 QUEUED 2 in:n=1\nn0#0 RUNNING 3\nn0#0 SUCCEEDED 7 m=2')
    const found = await attempt(id)
    assert.deepEqual([found.id.taskId, found.id.nodeExecutionId], [etl.task, { nodeId: 'n0', executionId: id }])
    const { phase, createdAt, startedAt, updatedAt, duration, taskType, outputUri } = found.closure
    assert.deepEqual([phase, createdAt, startedAt, updatedAt, duration], ['SUCCEEDED', at(2), at(3), at(7), '4s'])
    assert.equal(taskType, 'raw-container')
    assert.match(outputUri, /^s3:\/\//)
    assert.match(found.inputUri, /^s3:\/\//)
  })

  for (const path of [
    'QUEUED INITIALIZING RUNNING SUCCEEDED',
    'WAITING_FOR_RESOURCES RUNNING FAILED',
    'RUNNING RETRYABLE_FAILED',
    'QUEUED ABORTED',
    'SUCCEEDED',
  ]) {
    it(`may go ${path}`, async () => {
      const id = await prepared()
      await script(
        id,
        path
          .split(' ')
          .map((phase, second) => `n0#0 ${phase} ${second + 3}`)
          .join('\n'),
      )
      assert.equal((await attempt(id)).closure.phase, path.split(' ').at(-1))
    })
  }

  it('is one of several', async () => {
    const id = await prepared()
    await script(id, 'n0#0 RUNNING 3\nn0#0 RETRYABLE_FAILED 4 @error=E:once\nn0#1 RUNNING 5\nn0#1 SUCCEEDED 6')
    const { taskExecutions } = await client.listTaskExecutions({
      nodeExecutionId: { nodeId: 'n0', executionId: id },
      limit: 5,
      sortBy: { key: 'retry_attempt', direction: 'ASCENDING' },
    })
    assert.deepEqual(
      taskExecutions.map((row) => [row.id.retryAttempt ?? 0, row.closure.phase]),
      [
        [0, 'RETRYABLE_FAILED'],
        [1, 'SUCCEEDED'],
      ],
    )
  })

  it('is told of again in one phase with a higher version', async () => {
    const id = await prepared()
    await script(id, 'n0#0 RUNNING 3')
    await refused(script(id, 'n0#0 RUNNING 4'), 'ALREADY_EXISTS')
    await script(id, 'n0#0 RUNNING 4 @version=1 @reason=half_way')
    await refused(script(id, 'n0#0 RUNNING 5 @version=1'), 'ALREADY_EXISTS')
    assert.equal((await attempt(id)).closure.reason, 'half way')
  })

  it('collects reasons', async () => {
    const id = await prepared()
    await script(id, 'n0#0 QUEUED 3 @reason=waiting\nn0#0 RUNNING 4 @reason=working\nn0#0 RUNNING 5 @version=1 @reason=working')
    const { reasons, reason } = (await attempt(id)).closure
    assert.equal(reason, 'working')
    assert.deepEqual(
      reasons.map((one) => one.message),
      ['waiting', 'working'],
    )
  })

  it('collects logs', async () => {
    const id = await prepared()
    await script(id, 'n0#0 RUNNING 3 @log=http://logs.example/1\nn0#0 SUCCEEDED 4')
    assert.deepEqual(
      (await attempt(id)).closure.logs.map((log) => log.uri),
      ['http://logs.example/1'],
    )
  })

  it('stays at its end', async () => {
    const id = await prepared()
    await script(id, 'n0#0 SUCCEEDED 3')
    const error = await refused(script(id, 'n0#0 RUNNING 4'), 'FAILED_PRECONDITION', /terminal|SUCCEEDED/)
    // The phase that came, not the one it is in.
    assert.deepEqual(error.details[0].alreadyInTerminalState, { currentPhase: 'RUNNING' })
  })

  it('fails with an error', async () => {
    const id = await prepared()
    await script(id, 'n0#0 FAILED 3 @error=Boom:no_luck')
    assert.deepEqual((await attempt(id)).closure.error, { code: 'Boom', message: 'no luck', kind: 'USER' })
  })

  it('keeps custom info and metadata', async () => {
    const id = await prepared()
    const more = {
      customInfo: { progress: 0.5 },
      metadata: { generatedName: 'pod-1', pluginIdentifier: 'container', externalResources: [{ externalId: 'x', phase: 'RUNNING' }] },
    }
    await play(id, 'n0#0 RUNNING 3', { task: etl.task, more: { 'n0#0': more } })
    const { customInfo, metadata } = (await attempt(id)).closure
    assert.deepEqual(customInfo, { progress: 0.5 })
    assert.equal(metadata.generatedName, 'pod-1')
    assert.equal(metadata.externalResources[0].externalId, 'x')
  })

  it('needs not be of a registered task', async () => {
    const id = await prepared()
    await play(id, 'n0#0 SUCCEEDED 3', { task: taskId('made-up-at-run-time') })
  })

  it('needs its node', async () => {
    const id = await run()
    await refused(
      script(id, '. RUNNING 0\nn9#0 RUNNING 1'),
      'NOT_FOUND',
      /Failed to get existing node execution id: \[.*n9.*\] with err: entry not found/,
    )
  })

  it('needs a time', async () => {
    const id = await prepared()
    const event = { taskId: etl.task, parentNodeExecutionId: { nodeId: 'n0', executionId: id }, phase: 'RUNNING' }
    await refused(client.createTaskEvent({ event }), 'INVALID_ARGUMENT', /missing occurred_at/)
    await refused(client.createTaskEvent({}), 'INVALID_ARGUMENT')
  })

  it('is not found when it is not there; an incomplete identifier is refused', async () => {
    const id = await prepared()
    await refused(attempt(id, 3), 'NOT_FOUND')
    await refused(client.getTaskExecution({ id: { ...attemptId(id), taskId: undefined } }), 'INVALID_ARGUMENT', /missing task_id/)
    await refused(
      client.listTaskExecutions({ nodeExecutionId: { nodeId: '', executionId: id }, limit: 1 }),
      'INVALID_ARGUMENT',
      /missing node_id/,
    )
  })
})

describe('nodes that a task yielded', () => {
  it('are listed below it, not at the top', async () => {
    const id = await run()
    await script(id, '. RUNNING 0\nn0 RUNNING 1\nn0#0 RUNNING 2')
    const parent = attemptId(id)
    const event = {
      id: { nodeId: 'dn0', executionId: id },
      phase: 'RUNNING',
      occurredAt: at(3),
      specNodeId: 'dn0',
      parentTaskMetadata: { id: parent },
    }
    await client.createNodeEvent({ event })
    const { nodeExecutions } = await client.listNodeExecutionsForTask({ taskExecutionId: parent, limit: 5 })
    assert.deepEqual(
      nodeExecutions.map((row) => row.id.nodeId),
      ['dn0'],
    )
    const top = await client.listNodeExecutions({ workflowExecutionId: id, limit: 5 })
    assert.deepEqual(
      top.nodeExecutions.map((row) => row.id.nodeId),
      ['n0'],
    )
    assert.equal((await attempt(id)).isParent, true)
    await refused(client.listNodeExecutionsForTask({ taskExecutionId: attemptId(id, 5), limit: 5 }), 'NOT_FOUND')
    await refused(client.listNodeExecutionsForTask({ limit: 5 }), 'INVALID_ARGUMENT')
  })
})

describe('a dynamic node', () => {
  it('tells the workflow it yielded', async () => {
    const id = await run()
    await script(id, '. RUNNING 0\nn0 RUNNING 1 @dynamic @parent')
    await refused(
      client.getDynamicNodeWorkflow({ id: { nodeId: 'n0', executionId: id } }),
      'NOT_FOUND',
      /does not contain dynamic workflow/,
    )
    const { compiledWorkflow } = (await client.getWorkflow({ id: etl.workflow })).closure
    const taskNodeMetadata = {
      dynamicWorkflow: { id: etl.workflow, compiledWorkflow, dynamicJobSpecUri: 's3://my-s3-bucket/none/futures.pb' },
    }
    const event = {
      id: { nodeId: 'n0', executionId: id },
      phase: 'DYNAMIC_RUNNING',
      occurredAt: at(2),
      specNodeId: 'n0',
      isDynamic: true,
      isParent: true,
      taskNodeMetadata,
    }
    await client.createNodeEvent({ event })
    const yielded = await client.getDynamicNodeWorkflow({ id: { nodeId: 'n0', executionId: id } })
    assert.deepEqual(yielded.compiledWorkflow.primary.template.id, etl.workflow)
    const data = await client.getNodeExecutionData({ id: { nodeId: 'n0', executionId: id } })
    assert.deepEqual(data.dynamicWorkflow.id, etl.workflow)
    await refused(client.getDynamicNodeWorkflow({ id: { nodeId: 'n7', executionId: id } }), 'NOT_FOUND')
  })
})

describe('whole runs', () => {
  for (const end of ['SUCCEEDED', 'FAILED', 'ABORTED']) {
    it(`to ${end}`, async () => {
      const id = await run()
      await script(id, wholeRun(end))
      assert.equal((await closure(id)).phase, end)
      assert.equal((await node(id)).closure.phase, end)
    })
  }
})
