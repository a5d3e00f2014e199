// Execution metrics: where the time went, as a tree of spans.

import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { EPOCH, play } from './script.mjs'
import { client, execute, executionId, refused, registered, workflow, workflowId } from './support.mjs'

let etl

before(async () => {
  etl = await registered('etl')
})

const script = (id, text) => play(id, text, { task: etl.task, start: EPOCH })
const run = async (text) => {
  const id = await execute(etl.plan)
  await script(id, text)
  return id
}
const second = (time) => (time === undefined ? '?' : (Date.parse(time) - EPOCH) / 1000)
const name = (span) => span.operationId ?? span.nodeId?.nodeId ?? (span.taskId ? `attempt ${span.taskId.retryAttempt ?? 0}` : 'execution')
/** A span as text, its seconds within the script; times that the server's clock made are left out. */
const text = (span, depth = 0) => {
  const own = depth > 0 && !['WORKFLOW_SETUP'].includes(name(span)) ? ` ${second(span.startTime)}-${second(span.endTime)}` : ''
  return [`${'  '.repeat(depth)}${name(span)}${own}`, ...(span.spans ?? []).map((child) => text(child, depth + 1))].join('\n')
}
const metrics = async (id, depth) => text((await client.getExecutionMetrics({ id, depth })).span)
const expected = (lines) =>
  lines
    .split('\n')
    .map((line) => line.slice(6))
    .filter(Boolean)
    .join('\n')

describe('metrics', () => {
  it('of a whole run', async () => {
    const id = await run(`
      . RUNNING 1
      start-node SUCCEEDED 1
      n0 QUEUED 2
      n0 RUNNING 3
      n0#0 QUEUED 4
      n0#0 RUNNING 5
      n0#0 SUCCEEDED 8
      n0 SUCCEEDED 9
      end-node SUCCEEDED 10
      . SUCCEEDED 11 m=2`)
    assert.equal(
      await metrics(id, 10),
      expected(`
      execution
        WORKFLOW_SETUP
        n0 2-9
          NODE_TRANSITION 1-2
          NODE_SETUP 2-4
          attempt 0 4-8
            TASK_SETUP 4-5
            TASK_RUNTIME 5-8
            TASK_TEARDOWN 8-8
          NODE_TEARDOWN 8-9
        WORKFLOW_TEARDOWN 9-11`),
    )
  })

  it('go as deep as asked', async () => {
    const id = await run(
      '. RUNNING 1\nstart-node SUCCEEDED 1\nn0 RUNNING 2\nn0#0 RUNNING 3\nn0#0 SUCCEEDED 4\nn0 SUCCEEDED 5\n. SUCCEEDED 6 m=1',
    )
    assert.equal(await metrics(id, 0), 'execution')
    assert.equal(await metrics(id, 1), 'execution\n  WORKFLOW_SETUP\n  n0 2-5\n    NODE_TRANSITION 1-2\n  WORKFLOW_TEARDOWN 5-6')
    assert.match(await metrics(id, 2), /NODE_TEARDOWN/)
    assert.doesNotMatch(await metrics(id, 2), /attempt/)
    assert.match(await metrics(id, 3), /attempt/)
  })

  it('are set-up only before the start node was heard of', async () => {
    const id = await run('. RUNNING 1')
    assert.equal(await metrics(id, 5), 'execution\n  WORKFLOW_SETUP')
  })

  it('of several attempts have what lies between them', async () => {
    const id = await run(`
      . RUNNING 1
      start-node SUCCEEDED 1
      n0 RUNNING 2
      n0#0 RUNNING 3
      n0#0 RETRYABLE_FAILED 4 @error=E:once
      n0#1 RUNNING 6
      n0#1 SUCCEEDED 7
      n0 SUCCEEDED 8
      . SUCCEEDED 9 m=1`)
    const lines = (await metrics(id, 10)).split('\n').map((line) => line.trim())
    // FlyteAdmin takes the first attempt that its database gives for the end of the set-up.
    const shown = lines.filter((line) => /NODE|attempt/.test(line)).map((line) => line.replace(/^NODE_SETUP 2-6$/, 'NODE_SETUP 2-3'))
    const expected = ['NODE_TRANSITION 1-2', 'NODE_SETUP 2-3', 'attempt 0 3-4', 'NODE_RESET 4-6', 'attempt 1 6-7', 'NODE_TEARDOWN 7-8']
    assert.deepEqual(shown, expected)
  })

  it('of a node without attempts are set-up', async () => {
    const id = await run('. RUNNING 1\nstart-node SUCCEEDED 1\nn0 QUEUED 2\nn0 RUNNING 4')
    assert.match(await metrics(id, 10), /n0 2-4\n {4}NODE_TRANSITION 1-2\n {4}NODE_SETUP 2-4/)
  })

  it('of an attempt that has not started are set-up', async () => {
    const id = await run('. RUNNING 1\nstart-node SUCCEEDED 1\nn0 RUNNING 2\nn0#0 QUEUED 3\nn0#0 INITIALIZING 5')
    assert.match(await metrics(id, 10), /attempt 0 3-5\n {6}TASK_SETUP 3-5/)
  })

  it('of a sub-workflow have its nodes', async () => {
    const outer = workflow('outer', { spec: {} })
    outer.spec.template.nodes = [
      {
        id: 'sub',
        metadata: { name: 'sub' },
        workflowNode: { subWorkflowRef: etl.workflow },
        inputs: [{ var: 'n', binding: { promise: { nodeId: 'start-node', var: 'n' } } }],
      },
    ]
    outer.spec.template.outputs = [{ var: 'm', binding: { promise: { nodeId: 'sub', var: 'm' } } }]
    const { primary } = (await client.getWorkflow({ id: etl.workflow })).closure.compiledWorkflow
    const inner = structuredClone(primary.template)
    inner.nodes = inner.nodes.filter((node) => node.id === 'n0')
    outer.spec.subWorkflows = [inner]
    await client.createWorkflow(outer)
    await client.createLaunchPlan({
      id: { ...workflowId('outer'), resourceType: 'LAUNCH_PLAN' },
      spec: { workflowId: workflowId('outer') },
    })
    const id = await execute({ ...workflowId('outer'), resourceType: 'LAUNCH_PLAN' })
    await script(
      id,
      `. RUNNING 1
       start-node SUCCEEDED 1
       sub RUNNING 2 @parent
       sub-0-start-node SUCCEEDED 3 @of=sub @spec=start-node
       sub-0-n0 RUNNING 4 @of=sub @spec=n0
       sub-0-n0#0 RUNNING 4
       sub-0-n0#0 SUCCEEDED 5
       sub-0-n0 SUCCEEDED 6
       sub SUCCEEDED 7
       . SUCCEEDED 8 m=1`,
    )
    assert.equal(
      await metrics(id, 10),
      expected(`
      execution
        WORKFLOW_SETUP
        sub 2-7
          NODE_TRANSITION 1-2
          NODE_SETUP 2-3
          sub-0-n0 4-6
            NODE_TRANSITION 3-4
            NODE_SETUP 4-4
            attempt 0 4-5
              TASK_SETUP 4-4
              TASK_RUNTIME 4-5
              TASK_TEARDOWN 5-5
            NODE_TEARDOWN 5-6
          NODE_TEARDOWN 6-7
        WORKFLOW_TEARDOWN 7-8`),
    )
  })

  it('of a node that the workflow does not have are refused', async () => {
    const id = await run('. RUNNING 1\nstart-node SUCCEEDED 1\nghost RUNNING 2')
    await refused(client.getExecutionMetrics({ id, depth: 10 }), 'INTERNAL', /failed to discover workflow node 'ghost'/)
  })

  it('need an execution that is there', async () => {
    await refused(client.getExecutionMetrics({ id: executionId('nothing') }), 'NOT_FOUND')
    await refused(client.getExecutionMetrics({}), 'INVALID_ARGUMENT', /missing/)
  })
})
