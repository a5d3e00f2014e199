// What executions, nodes and attempts show of the server's message.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { FlyteAssertionError, NotFoundError, proto } from 'flyte-remote'
import { scripted } from '../replay/scripted.mjs'

const ID = { project: 'p', domain: 'd', name: 'e1' }
const TIMES = {
  startedAt: '2026-01-02T03:04:05.678901234Z',
  duration: '1.001s',
  createdAt: '2026-01-02T03:04:05Z',
  updatedAt: '2026-01-02T03:04:06Z',
}
const SHOWN_TIMES = {
  startedAt: new Date('2026-01-02T03:04:05.678Z'),
  durationMs: 1001,
  createdAt: new Date('2026-01-02T03:04:05Z'),
  updatedAt: new Date('2026-01-02T03:04:06Z'),
}
const NO_TIMES = { startedAt: undefined, durationMs: undefined, createdAt: undefined, updatedAt: undefined }
const ERROR = { code: 'OOM', message: 'killed', errorUri: 's3://e', kind: 'SYSTEM' }
const TASK = { resourceType: 'TASK', project: 'p', domain: 'd', name: 't', version: 'v' }
const NODE_ID = { nodeId: 'n0', executionId: ID }

/** A remote on which there is one execution with one node with one attempt. */
function remoteWith({ execution = {}, node = {}, attempt = {}, ...others } = {}) {
  const answers = {
    GetExecution: ['flyteidl.admin.Execution', { id: ID, ...execution }],
    ListNodeExecutions: ['flyteidl.admin.NodeExecutionList', { nodeExecutions: [{ id: NODE_ID, ...node }] }],
    ListTaskExecutions: ['flyteidl.admin.TaskExecutionList', { taskExecutions: [{ id: { nodeExecutionId: NODE_ID }, ...attempt }] }],
    ...others,
  }
  return scripted((method) => (Array.isArray(answers[method]) ? proto.fromJson(...answers[method]) : answers[method]))
}

async function shown(messages) {
  const { remote } = remoteWith(messages)
  const execution = await remote.fetchExecution('e1')
  await execution.sync({ taskExecutions: true })
  const [node] = execution.nodeExecutions
  return { execution, node, attempt: node.taskExecutions[0] }
}

const pick = (object, expected) => Object.fromEntries(Object.keys(expected).map((name) => [name, object[name]]))
const shows = (object, expected) => assert.deepEqual(pick(object, expected), expected)

describe('an execution', () => {
  it('shows all that its message has', async () => {
    const spec = {
      launchPlan: { ...TASK, resourceType: 'LAUNCH_PLAN' },
      metadata: {
        principal: 'me',
        systemMetadata: { executionCluster: 'c1' },
        parentNodeExecution: { nodeId: 'n7', executionId: { ...ID, name: 'e0' } },
        referenceExecution: { ...ID, name: 'old' },
      },
    }
    const closure = { phase: 'FAILED', error: ERROR, ...TIMES, stateChangeDetails: { state: 'EXECUTION_ARCHIVED' } }
    const { execution } = await shown({ execution: { spec, closure } })
    shows(execution, {
      id: ID,
      ...ID,
      phase: 'FAILED',
      isDone: true,
      isTerminal: true,
      isSuccessful: false,
      ...SHOWN_TIMES,
      launchPlan: { ...TASK, resourceType: 'LAUNCH_PLAN' },
      principal: 'me',
      cluster: 'c1',
      parent: { execution: { ...ID, name: 'e0' }, nodeId: 'n7' },
      referenceExecution: { ...ID, name: 'old' },
      isArchived: true,
      error: ERROR,
      abort: undefined,
      existing: undefined,
    })
  })

  it('shows nothing where its message has nothing', async () => {
    const { execution } = await shown()
    const launchPlan = { resourceType: 'UNSPECIFIED', project: '', domain: '', name: '', version: '' }
    shows(execution, { ...NO_TIMES, phase: 'UNDEFINED', isTerminal: false, launchPlan, principal: '', cluster: '', parent: undefined })
    shows(execution, { referenceExecution: undefined, isArchived: false, abort: undefined })
    assert.throws(() => execution.error, FlyteAssertionError)
  })

  for (const [what, closure, abort] of [
    ['with cause and principal', { abortMetadata: { cause: 'enough', principal: 'me' } }, { cause: 'enough', principal: 'me' }],
    ['with nothing said', { abortMetadata: {} }, { cause: '', principal: '' }],
    ['by an old server', { abortCause: 'enough' }, { cause: 'enough', principal: '' }],
  ]) {
    it(`aborted ${what}`, async () => {
      const { execution } = await shown({ execution: { closure: { phase: 'ABORTED', ...closure } } })
      shows(execution, { abort, error: undefined })
    })
  }
})

describe('a node', () => {
  it('shows all that its message has', async () => {
    const { node } = await shown({
      node: {
        inputUri: 's3://in',
        metadata: { isParentNode: true, specNodeId: 'spec', isDynamic: true, isArray: true },
        closure: { phase: 'FAILED', error: ERROR, ...TIMES, deckUri: 's3://deck', taskNodeMetadata: { cacheStatus: 'CACHE_HIT' } },
      },
    })
    shows(node, { nodeId: 'n0', specNodeId: 'spec', phase: 'FAILED', isDone: true, isTerminal: true, ...SHOWN_TIMES, error: ERROR })
    shows(node, {
      isParent: true,
      isDynamic: true,
      isArray: true,
      inputUri: 's3://in',
      outputUri: '',
      deckUri: 's3://deck',
      cacheStatus: 'HIT',
    })
    shows(node, { launched: undefined, problem: undefined })
    assert.equal(node.consoleUrl, 'https://flyte.example.com/console/projects/p/domains/d/executions/e1?nodeId=n0')
  })

  it('shows nothing where its message has nothing', async () => {
    const { node } = await shown({ node: { closure: { outputUri: 's3://out', workflowNodeMetadata: { executionId: { name: 'x' } } } } })
    shows(node, { ...NO_TIMES, specNodeId: 'n0', isParent: false, isDynamic: false, isArray: false, inputUri: '', outputUri: 's3://out' })
    shows(node, { deckUri: '', cacheStatus: undefined, launched: { project: '', domain: '', name: 'x' }, subworkflowNodeExecutions: {} })
  })

  it('has no cache status but DISABLED where a task says nothing', async () => {
    const { node } = await shown({ node: { closure: { taskNodeMetadata: {} } } })
    assert.equal(node.cacheStatus, 'DISABLED')
  })

  it('gives a link to its deck', async () => {
    const preSignedUrls = { signedUrl: ['https://store/deck'], expiresAt: '2026-01-02T03:04:05Z' }
    const { remote, requests, methods } = remoteWith({
      CreateDownloadLink: ['flyteidl.service.CreateDownloadLinkResponse', { preSignedUrls }],
    })
    const execution = await remote.fetchExecution('e1')
    await execution.sync({ nodes: true })
    const [node] = execution.nodeExecutions
    assert.deepEqual(await node.deckLink({ expiresInMs: 90_500 }), {
      url: 'https://store/deck',
      expiresAt: new Date('2026-01-02T03:04:05Z'),
    })
    const request = proto.toJson('flyteidl.service.CreateDownloadLinkRequest', requests[methods.indexOf('CreateDownloadLink')])
    assert.deepEqual(request, { artifactType: 'ARTIFACT_TYPE_DECK', expiresIn: '90.500s', nodeExecutionId: NODE_ID })
    const without = remoteWith({ CreateDownloadLink: { code: 5, message: 'no deck' } })
    const other = await without.remote.fetchExecution('e1')
    await other.sync({ nodes: true })
    await assert.rejects(other.nodeExecutions[0].deckLink(), NotFoundError)
  })
})

describe('an attempt', () => {
  it('shows all that its message has', async () => {
    const { attempt, node } = await shown({
      attempt: {
        id: { taskId: TASK, nodeExecutionId: NODE_ID, retryAttempt: 2 },
        inputUri: 's3://in',
        closure: {
          phase: 'FAILED',
          error: ERROR,
          ...TIMES,
          reason: 'exit code 1',
          reasons: [{ message: 'first' }, { occurredAt: TIMES.createdAt, message: 'then' }],
          taskType: 'container',
          logs: [{ name: 'stdout', uri: 'http://log', ttl: '60s' }],
        },
      },
    })
    shows(attempt, { attempt: 2, task: TASK, taskType: 'container', phase: 'FAILED', isDone: true, isTerminal: true, ...SHOWN_TIMES })
    shows(attempt, {
      error: ERROR,
      inputUri: 's3://in',
      outputUri: '',
      reason: 'exit code 1',
      logs: [{ name: 'stdout', uri: 'http://log' }],
    })
    assert.equal(node.retries, 2)
    assert.deepEqual(attempt.reasons, [
      { at: undefined, message: 'first' },
      { at: new Date(TIMES.createdAt), message: 'then' },
    ])
  })

  it('shows nothing where its message has nothing', async () => {
    const { attempt, node } = await shown()
    assert.equal(node.retries, 0)
    shows(attempt, {
      ...NO_TIMES,
      attempt: 0,
      taskType: '',
      reason: '',
      reasons: [],
      logs: [],
      error: undefined,
      inputUri: '',
      outputUri: '',
    })
  })
})
