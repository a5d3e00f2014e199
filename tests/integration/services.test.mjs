// All 66 RPCs of the five services, each at least once, and a proof that none is left out.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { before, describe, it } from 'node:test'
import { FlyteClient } from 'flyte-remote'
import { play } from './script.mjs'
import {
  boolean,
  client,
  differs,
  domain,
  execute,
  executionId,
  fresh,
  literals,
  PLACE,
  plan,
  planId,
  project,
  random,
  refused,
  registered,
  task,
  taskId,
  workflow,
  workflowId,
} from './support.mjs'

const NAMES = [...readFileSync(new URL('../../target/bindings/client.d.ts', import.meta.url), 'utf8').matchAll(/^ {2}(\w+)(?=\()/gm)].map(
  ([, name]) => name,
)
const called = new Set()
const good = new Set()

/** The client, remembering which methods were called and which answered. */
const counted = new Proxy(client, {
  get(target, name) {
    const method = target[name]
    if (typeof method !== 'function') return method
    return async (...args) => {
      called.add(name)
      const reply = await method.apply(target, args)
      good.add(name)
      return reply
    }
  },
})

let etl
let run
const nodeId = () => ({ nodeId: 'n0', executionId: run })
const attemptId = () => ({ taskId: etl.task, nodeExecutionId: nodeId(), retryAttempt: 0 })

before(async () => {
  etl = await registered('etl')
  run = await execute(etl.plan)
  await play(run, '. RUNNING 0\nn0 RUNNING 1 @dynamic\nn0#0 RUNNING 2', { task: etl.task })
  await client.getOrCreateSignal({ id: { signalId: 'gate', executionId: run }, type: { simple: 'BOOLEAN' } })
})

const NOWHERE = executionId('nothing')
const attributes = { executionClusterLabel: { value: 'gpu' } }
const event = (more) => ({ event: { executionId: run, occurredAt: new Date().toISOString(), ...more } })
const nodeEvent = (id, phase) => ({
  event: { id: { nodeId: fresh('node'), executionId: id }, phase, occurredAt: new Date().toISOString() },
})
const taskEvent = (task, version) => ({
  event: { taskId: task, parentNodeExecutionId: nodeId(), phase: 'RUNNING', phaseVersion: version, occurredAt: new Date().toISOString() },
})
const dynamic = async () => {
  const { compiledWorkflow } = (await client.getWorkflow({ id: etl.workflow })).closure
  const taskNodeMetadata = { dynamicWorkflow: { id: etl.workflow, compiledWorkflow } }
  await client.createNodeEvent({
    event: { id: nodeId(), phase: 'DYNAMIC_RUNNING', occurredAt: new Date().toISOString(), specNodeId: 'n0', taskNodeMetadata },
  })
  return { id: nodeId() }
}

/** A good request of each method, and a bad one with what it gives; methods without a bad one say why. */
const CALLS = {
  createTask: [() => task(fresh('task')), () => task(''), 'INVALID_ARGUMENT'],
  getTask: [() => ({ id: etl.task }), () => ({ id: taskId('nothing') }), 'NOT_FOUND'],
  listTaskIds: [() => ({ ...PLACE, limit: 5 }), () => PLACE, 'INVALID_ARGUMENT'],
  listTasks: [() => ({ id: PLACE, limit: 5 }), () => ({ id: PLACE }), 'INVALID_ARGUMENT'],
  createWorkflow: [
    () => workflow(fresh('workflow'), { runs: etl.task }),
    () => workflow(fresh(), { runs: taskId('nothing') }),
    'INVALID_ARGUMENT',
  ],
  getWorkflow: [() => ({ id: etl.workflow }), () => ({ id: workflowId('nothing') }), 'NOT_FOUND'],
  listWorkflowIds: [() => ({ ...PLACE, limit: 5 }), () => PLACE, 'INVALID_ARGUMENT'],
  listWorkflows: [() => ({ id: PLACE, limit: 5 }), () => ({ id: PLACE }), 'INVALID_ARGUMENT'],
  createLaunchPlan: [() => plan(fresh('plan'), { runs: etl.workflow }), () => plan(fresh(), { runs: workflowId('nothing') }), 'NOT_FOUND'],
  getLaunchPlan: [() => ({ id: etl.plan }), () => ({ id: planId('nothing') }), 'NOT_FOUND'],
  updateLaunchPlan: [() => ({ id: etl.plan, state: 'ACTIVE' }), () => ({ id: planId('nothing'), state: 'ACTIVE' }), 'NOT_FOUND'],
  getActiveLaunchPlan: [() => ({ id: { ...PLACE, name: 'etl' } }), () => ({ id: { ...PLACE, name: 'nothing' } }), 'NOT_FOUND'],
  listActiveLaunchPlans: [() => ({ ...PLACE, limit: 5 }), () => PLACE, 'INVALID_ARGUMENT'],
  listLaunchPlanIds: [() => ({ ...PLACE, limit: 5 }), () => PLACE, 'INVALID_ARGUMENT'],
  listLaunchPlans: [() => ({ id: PLACE, limit: 5 }), () => ({ id: PLACE }), 'INVALID_ARGUMENT'],
  createExecution: [
    () => ({ ...PLACE, name: fresh('run'), spec: { launchPlan: etl.plan }, inputs: literals({ n: 1 }) }),
    () => ({ ...PLACE, name: fresh('run'), spec: { launchPlan: etl.plan } }),
    'INVALID_ARGUMENT',
  ],
  relaunchExecution: [() => ({ id: run }), () => ({ id: NOWHERE }), 'NOT_FOUND'],
  recoverExecution: [() => ({ id: run }), () => ({ id: NOWHERE }), 'NOT_FOUND'],
  getExecution: [() => ({ id: run }), () => ({ id: NOWHERE }), 'NOT_FOUND'],
  updateExecution: [() => ({ id: run, state: 'EXECUTION_ACTIVE' }), () => ({ id: NOWHERE }), 'NOT_FOUND'],
  getExecutionData: [() => ({ id: run }), () => ({ id: NOWHERE }), 'NOT_FOUND'],
  listExecutions: [() => ({ id: PLACE, limit: 5 }), () => ({ id: PLACE }), 'INVALID_ARGUMENT'],
  terminateExecution: [async () => ({ id: await execute(etl.plan), cause: 'enough' }), () => ({ id: NOWHERE }), 'NOT_FOUND'],
  getNodeExecution: [() => ({ id: nodeId() }), () => ({ id: { nodeId: 'n9', executionId: run } }), 'NOT_FOUND'],
  getDynamicNodeWorkflow: [dynamic, () => ({ id: { nodeId: 'n9', executionId: run } }), 'NOT_FOUND'],
  listNodeExecutions: [() => ({ workflowExecutionId: run, limit: 5 }), () => ({ workflowExecutionId: run }), 'INVALID_ARGUMENT'],
  listNodeExecutionsForTask: [() => ({ taskExecutionId: attemptId(), limit: 5 }), () => ({ limit: 5 }), 'INVALID_ARGUMENT'],
  getNodeExecutionData: [() => ({ id: nodeId() }), () => ({ id: { nodeId: 'n9', executionId: run } }), 'NOT_FOUND'],
  registerProject: [
    () => ({ project: { id: `${project}-${random()}`, name: 'x' } }),
    () => ({ project: { id: project, name: 'x' } }),
    'ALREADY_EXISTS',
  ],
  updateProject: [() => ({ id: project, name: 'suite' }), () => ({ id: 'nobody-knows', name: 'x' }), 'NOT_FOUND'],
  getProject: [() => ({ id: project }), () => ({ id: 'nobody-knows' }), 'NOT_FOUND'],
  listProjects: [() => ({ limit: 5 }), () => ({ token: 'next' }), 'INVALID_ARGUMENT'],
  getDomains: [() => ({}), 'a request has nothing in it'],
  createWorkflowEvent: [
    async () => ({ event: { executionId: await execute(etl.plan), phase: 'RUNNING', occurredAt: new Date().toISOString() } }),
    () => event({ phase: 'RUNNING' }),
    'ALREADY_EXISTS',
  ],
  createNodeEvent: [() => nodeEvent(run, 'QUEUED'), () => nodeEvent(NOWHERE, 'QUEUED'), 'NOT_FOUND'],
  createTaskEvent: [() => taskEvent(etl.task, 7), () => taskEvent(workflowId('etl'), 8), 'INVALID_ARGUMENT'],
  getTaskExecution: [() => ({ id: attemptId() }), () => ({ id: { ...attemptId(), retryAttempt: 9 } }), 'NOT_FOUND'],
  listTaskExecutions: [() => ({ nodeExecutionId: nodeId(), limit: 5 }), () => ({ nodeExecutionId: nodeId() }), 'INVALID_ARGUMENT'],
  getTaskExecutionData: [() => ({ id: attemptId() }), () => ({ id: { ...attemptId(), retryAttempt: 9 } }), 'NOT_FOUND'],
  updateProjectDomainAttributes: [
    () => ({ attributes: { project, domain, matchingAttributes: attributes } }),
    () => ({}),
    'INVALID_ARGUMENT',
  ],
  getProjectDomainAttributes: [
    () => ({ project, domain, resourceType: 'EXECUTION_CLUSTER_LABEL' }),
    () => ({ project, domain, resourceType: 'EXECUTION_QUEUE' }),
    'NOT_FOUND',
  ],
  deleteProjectDomainAttributes: [
    () => ({ project, domain, resourceType: 'EXECUTION_CLUSTER_LABEL' }),
    () => ({ project: 'nobody-knows', domain, resourceType: 'EXECUTION_QUEUE' }),
    'INVALID_ARGUMENT',
  ],
  updateProjectAttributes: [() => ({ attributes: { project, matchingAttributes: attributes } }), () => ({}), 'INVALID_ARGUMENT'],
  getProjectAttributes: [
    () => ({ project, resourceType: 'EXECUTION_CLUSTER_LABEL' }),
    () => ({ project, resourceType: 'EXECUTION_QUEUE' }),
    'NOT_FOUND',
  ],
  deleteProjectAttributes: [
    () => ({ project, resourceType: 'EXECUTION_CLUSTER_LABEL' }),
    () => ({ project: 'nobody-knows' }),
    'INVALID_ARGUMENT',
  ],
  updateWorkflowAttributes: [
    () => ({ attributes: { project, domain, workflow: 'etl', matchingAttributes: attributes } }),
    () => ({ attributes: { project, domain, matchingAttributes: attributes } }),
    'INVALID_ARGUMENT',
  ],
  getWorkflowAttributes: [
    () => ({ project, domain, workflow: 'etl', resourceType: 'EXECUTION_CLUSTER_LABEL' }),
    () => ({ project, domain, workflow: 'etl', resourceType: 'EXECUTION_QUEUE' }),
    'NOT_FOUND',
  ],
  deleteWorkflowAttributes: [
    () => ({ project, domain, workflow: 'etl', resourceType: 'EXECUTION_CLUSTER_LABEL' }),
    () => ({ project, domain }),
    'INVALID_ARGUMENT',
  ],
  listMatchableAttributes: [() => ({ resourceType: 'TASK_RESOURCE' }), () => ({ resourceType: 99 }), 'INVALID_ARGUMENT'],
  listNamedEntities: [() => ({ ...PLACE, resourceType: 'TASK', limit: 5 }), () => ({ ...PLACE, resourceType: 'TASK' }), 'INVALID_ARGUMENT'],
  getNamedEntity: [
    () => ({ resourceType: 'TASK', id: { ...PLACE, name: 'etl' } }),
    () => ({ resourceType: 'TASK', id: { ...PLACE, name: 'nothing' } }),
    'NOT_FOUND',
  ],
  updateNamedEntity: [
    () => ({ resourceType: 'TASK', id: { ...PLACE, name: 'etl' }, metadata: { description: 'x' } }),
    () => ({ resourceType: 'TASK', id: { ...PLACE, name: 'etl' } }),
    'INVALID_ARGUMENT',
  ],
  getVersion: [() => ({}), 'a request has nothing in it'],
  getDescriptionEntity: [
    async () => {
      const request = task(fresh('described'), { spec: { description: { shortDescription: 'x' } } })
      await client.createTask(request)
      return { id: request.id }
    },
    () => ({ id: taskId('nothing') }),
    'NOT_FOUND',
  ],
  listDescriptionEntities: [
    () => ({ id: { ...PLACE, name: 'etl' }, resourceType: 'TASK', limit: 5 }),
    () => ({ id: { ...PLACE, name: 'etl' }, resourceType: 'TASK' }),
    'INVALID_ARGUMENT',
  ],
  getExecutionMetrics: [() => ({ id: run, depth: 1 }), () => ({ id: NOWHERE }), 'NOT_FOUND'],
  createUploadLocation: [() => ({ ...PLACE, filename: 'a', filenameRoot: 'b' }), () => PLACE, 'INVALID_ARGUMENT'],
  createDownloadLocation: [
    async () => ({ nativeUrl: (await client.createUploadLocation({ ...PLACE, filename: 'a', filenameRoot: 'b' })).nativeUrl }),
    () => ({ nativeUrl: 's3://x/y', expiresIn: '3601s' }),
    'INVALID_ARGUMENT',
  ],
  createDownloadLink: [
    async () => {
      const { nativeUrl, signedUrl } = await client.createUploadLocation({ ...PLACE, filename: 'deck.html', filenameRoot: fresh('deck') })
      await fetch(signedUrl, { method: 'PUT', body: 'deck' })
      const id = await execute(etl.plan)
      await play(id, `. RUNNING 0\nn0 SUCCEEDED 1 @deck=${nativeUrl}`)
      return { artifactType: 'ARTIFACT_TYPE_DECK', nodeExecutionId: { nodeId: 'n0', executionId: id } }
    },
    () => ({ nodeExecutionId: nodeId() }),
    'INVALID_ARGUMENT',
  ],
  getData: [() => ({ flyteUrl: `flyte://v1/${project}/${domain}/${run.name}/n0/i` }), () => ({ flyteUrl: 'flyte://' }), 'INVALID_ARGUMENT'],
  getOrCreateSignal: [() => ({ id: { signalId: 'gate', executionId: run }, type: { simple: 'BOOLEAN' } }), () => ({}), 'INVALID_ARGUMENT'],
  listSignals: [() => ({ workflowExecutionId: run, limit: 5 }), () => ({ workflowExecutionId: run }), 'INVALID_ARGUMENT'],
  setSignal: [
    () => ({ id: { signalId: 'gate', executionId: run }, value: boolean(true) }),
    () => ({ id: { signalId: 'other', executionId: run }, value: boolean(true) }),
    'INVALID_ARGUMENT',
  ],
}

/** Services that a server without authentication does not have. */
const ABSENT = {
  getOAuth2Metadata: 'AuthMetadataService',
  getPublicClientConfig: 'AuthMetadataService',
  userInfo: 'IdentityService',
}

for (const [name, [request, bad, code]] of Object.entries(CALLS)) {
  describe(name, () => {
    it('answers a good request', async () => {
      assert.equal(typeof (await counted[name](await request())), 'object')
    })

    if (typeof bad === 'string') return
    it('refuses a bad one', async () => {
      const error = await refused(counted[name](await bad()), code)
      assert.match(error.method, new RegExp(`/flyteidl.service.[A-Za-z]+Service/${name}$`, 'i'))
    })
  })
}

for (const [name, service] of Object.entries(ABSENT)) {
  describe(name, () => {
    it('is not there without authentication', async () => {
      const error = await refused(counted[name]({}), 'UNIMPLEMENTED', new RegExp(`unknown service flyteidl.service.${service}`))
      assert.equal(error.name, 'NotImplementedError')
    })
  })
}

/** What an empty request lacks; `some` where FlyteAdmin takes any row for what an incomplete identifier means. */
const some = { sandbox: ['NOT_FOUND', /missing entity|Failed to get existing execution/], flyteadmin: [] }
const EMPTY = {
  createTask: ['INVALID_ARGUMENT', /missing id/],
  getTask: some,
  createWorkflow: ['INVALID_ARGUMENT', /missing id/],
  getWorkflow: ['INVALID_ARGUMENT', /missing id/],
  createLaunchPlan: ['INVALID_ARGUMENT', /missing id/],
  getLaunchPlan: ['INVALID_ARGUMENT', /missing id/],
  updateLaunchPlan: ['INVALID_ARGUMENT', /missing id/],
  getActiveLaunchPlan: ['INVALID_ARGUMENT', /missing project/],
  createExecution: ['INVALID_ARGUMENT', /missing project/],
  relaunchExecution: ['INVALID_ARGUMENT', /missing project/],
  recoverExecution: ['INVALID_ARGUMENT', /missing project/],
  getExecution: ['INVALID_ARGUMENT', /missing id/],
  updateExecution: ['INVALID_ARGUMENT', /missing id/],
  getExecutionData: some,
  terminateExecution: ['INVALID_ARGUMENT', /missing id/],
  getNodeExecution: some,
  getNodeExecutionData: some,
  getDynamicNodeWorkflow: some,
  getTaskExecution: ['INVALID_ARGUMENT', /missing id/],
  getTaskExecutionData: ['INVALID_ARGUMENT', /missing id/],
  createWorkflowEvent: ['INVALID_ARGUMENT', /called without event/],
  createNodeEvent: some,
  getNamedEntity: ['INVALID_ARGUMENT', /invalid value for resource_type/],
  updateNamedEntity: ['INVALID_ARGUMENT', /invalid value for resource_type/],
  registerProject: ['INVALID_ARGUMENT', /missing project/],
  getProject: ['INVALID_ARGUMENT', /missing project_id/],
  updateProject: ['INVALID_ARGUMENT', /missing project_id/],
  getOrCreateSignal: ['INVALID_ARGUMENT', /missing id/],
  setSignal: ['INVALID_ARGUMENT', /missing id/],
  createUploadLocation: ['INVALID_ARGUMENT', /project and domain are required/],
  createDownloadLink: ['INVALID_ARGUMENT', /invalid artifact type/],
  getData: ['INVALID_ARGUMENT', /source is required/],
  getDescriptionEntity: ['INVALID_ARGUMENT', /invalid value for resource_type/],
  getExecutionMetrics: ['INVALID_ARGUMENT', /missing id/],
}

describe('an empty request', () => {
  for (const [name, expected] of Object.entries(EMPTY)) {
    it(`of ${name} is told what it lacks`, async () => {
      const [code, text] = Array.isArray(expected) ? expected : differs(expected)
      const error = await client[name]({}).catch((error) => error)
      if (code === undefined) assert.notEqual(error.code, 'INVALID_ARGUMENT')
      else {
        assert.equal(error.code, code, error.message)
        assert.match(error.message, text)
      }
    })
  }
})

describe('the 66 RPCs', () => {
  it('are all methods of the client', () => {
    assert.equal(NAMES.length, 66)
    for (const name of NAMES) assert.equal(typeof FlyteClient.prototype[name], 'function', name)
  })

  it('were all called, and all but those of authentication answered', () => {
    assert.deepEqual([...called].sort(), [...NAMES].sort())
    assert.deepEqual([...good].sort(), NAMES.filter((name) => !(name in ABSENT)).sort())
  })

  it('are called by their full name and bytes as well', async () => {
    const reply = await client.unary('/flyteidl.service.AdminService/GetVersion', new Uint8Array())
    assert.ok(reply.length > 0)
    await refused(client.unary('/flyteidl.service.AdminService/Nope', new Uint8Array()), 'UNIMPLEMENTED')
    await refused(client.unary('/flyteidl.service.NopeService/Nope', new Uint8Array()), 'UNIMPLEMENTED')
  })

  it('tell the version of the server', async () => {
    const { controlPlaneVersion } = await client.getVersion()
    assert.ok(
      controlPlaneVersion.Version && controlPlaneVersion.Build && controlPlaneVersion.BuildTime,
      JSON.stringify(controlPlaneVersion),
    )
  })
})
