// Matchable attributes: overrides of a project, of one of its domains, of one of its workflows.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { client, domain, execute, fresh, PLACE, planId, project, refused, registered, workflowId } from './support.mjs'

const KINDS = {
  TASK_RESOURCE: { taskResourceAttributes: { defaults: { cpu: '1', memory: '1Gi' }, limits: { cpu: '2' } } },
  CLUSTER_RESOURCE: { clusterResourceAttributes: { attributes: { quota: '10' } } },
  EXECUTION_QUEUE: { executionQueueAttributes: { tags: ['critical'] } },
  EXECUTION_CLUSTER_LABEL: { executionClusterLabel: { value: 'gpu' } },
  PLUGIN_OVERRIDE: { pluginOverrides: { overrides: [{ taskType: 'python-task', pluginId: ['fancy'] }] } },
  WORKFLOW_EXECUTION_CONFIG: { workflowExecutionConfig: { maxParallelism: 5 } },
  CLUSTER_ASSIGNMENT: { clusterAssignment: { clusterPoolName: 'gpupool' } },
}

let projects = 0
/** A project without overrides. */
async function place() {
  const id = `${project}-${++projects}`
  await client.registerProject({ project: { id, name: id } })
  return { project: id, domain, workflow: 'etl' }
}

/** The calls of the three levels, each with what its requests and replies name. */
const LEVELS = {
  project: {
    names: ['project'],
    update: (attributes) => client.updateProjectAttributes({ attributes }),
    get: (request) => client.getProjectAttributes(request),
    remove: (request) => client.deleteProjectAttributes(request),
  },
  domain: {
    names: ['project', 'domain'],
    update: (attributes) => client.updateProjectDomainAttributes({ attributes }),
    get: (request) => client.getProjectDomainAttributes(request),
    remove: (request) => client.deleteProjectDomainAttributes(request),
  },
  workflow: {
    names: ['project', 'domain', 'workflow'],
    update: (attributes) => client.updateWorkflowAttributes({ attributes }),
    get: (request) => client.getWorkflowAttributes(request),
    remove: (request) => client.deleteWorkflowAttributes(request),
  },
}
const pick = (where, names) => Object.fromEntries(names.map((name) => [name, where[name]]))
const set = (level, where, matchingAttributes) => LEVELS[level].update({ ...pick(where, LEVELS[level].names), matchingAttributes })
const get = async (level, where, resourceType) =>
  (await LEVELS[level].get({ ...pick(where, LEVELS[level].names), resourceType })).attributes
const remove = (level, where, resourceType) => LEVELS[level].remove({ ...pick(where, LEVELS[level].names), resourceType })

for (const level of Object.keys(LEVELS)) {
  describe(`of a ${level}`, () => {
    for (const [kind, attributes] of Object.entries(KINDS)) {
      if (level === 'project' && kind === 'PLUGIN_OVERRIDE') continue
      it(`${kind} is set, read, replaced and deleted`, async () => {
        const where = await place()
        await set(level, where, attributes)
        const found = await get(level, where, kind)
        assert.deepEqual(pick(found, LEVELS[level].names), pick(where, LEVELS[level].names))
        assert.deepEqual(found.matchingAttributes, attributes)
        await set(level, where, attributes)
        await remove(level, where, kind)
        await remove(level, where, kind)
        if (level === 'project' && kind === 'WORKFLOW_EXECUTION_CONFIG') return
        await refused(
          get(level, where, kind),
          'NOT_FOUND',
          new RegExp(`Resource \\[\\{Project:${where.project} .*ResourceType:${kind}\\}\\] not found`),
        )
      })
    }

    it('needs attributes of a kind that is stored', async () => {
      const where = await place()
      await refused(LEVELS[level].update(undefined), 'INVALID_ARGUMENT', /missing attributes/)
      await refused(set(level, where, undefined), 'INVALID_ARGUMENT', /missing matching_attributes/)
      await refused(set(level, where, {}), 'INVALID_ARGUMENT', /Unrecognized matching attributes type for request/)
      await refused(set(level, where, { qualityOfService: { tier: 'HIGH' } }), 'INVALID_ARGUMENT', /Unrecognized matching attributes type/)
    })

    it('needs a known project', async () => {
      const where = { project: 'nobody-knows', domain, workflow: 'etl' }
      await refused(set(level, where, KINDS.TASK_RESOURCE), 'INVALID_ARGUMENT', /nobody-knows/)
      await refused(get(level, where, 'TASK_RESOURCE'), 'INVALID_ARGUMENT', /nobody-knows/)
      await refused(remove(level, where, 'TASK_RESOURCE'), 'INVALID_ARGUMENT', /nobody-knows/)
    })

    if (level !== 'project') {
      it('needs a known domain', async () => {
        const where = { ...(await place()), domain: 'moon' }
        await refused(set(level, where, KINDS.TASK_RESOURCE), 'INVALID_ARGUMENT', /domain \[moon\] is unrecognized/)
        await refused(get(level, where, 'TASK_RESOURCE'), 'INVALID_ARGUMENT', /domain \[moon\] is unrecognized/)
        await refused(remove(level, where, 'TASK_RESOURCE'), 'INVALID_ARGUMENT', /domain \[moon\] is unrecognized/)
      })
    }
  })
}

describe('the level that applies', () => {
  it('is the most specific one', async () => {
    const where = await place()
    const label = (value) => ({ executionClusterLabel: { value } })
    const found = async (level) => (await get(level, where, 'EXECUTION_CLUSTER_LABEL')).matchingAttributes.executionClusterLabel.value
    await set('project', where, label('p'))
    assert.deepEqual([await found('project'), await found('domain'), await found('workflow')], ['p', 'p', 'p'])
    await set('domain', where, label('d'))
    assert.deepEqual([await found('project'), await found('domain'), await found('workflow')], ['p', 'd', 'd'])
    await set('workflow', where, label('w'))
    assert.deepEqual([await found('project'), await found('domain'), await found('workflow')], ['p', 'd', 'w'])
    await remove('workflow', where, 'EXECUTION_CLUSTER_LABEL')
    assert.deepEqual([await found('project'), await found('domain'), await found('workflow')], ['p', 'd', 'd'])
  })

  it('is told in the reply', async () => {
    const where = await place()
    await set('project', where, KINDS.TASK_RESOURCE)
    assert.deepEqual(
      [(await get('workflow', where, 'TASK_RESOURCE')).domain ?? '', (await get('workflow', where, 'TASK_RESOURCE')).workflow ?? ''],
      ['', ''],
    )
  })

  it('goes with the levels below when it is deleted', async () => {
    const where = await place()
    for (const level of Object.keys(LEVELS)) await set(level, where, KINDS.TASK_RESOURCE)
    await remove('domain', where, 'TASK_RESOURCE')
    assert.equal((await get('workflow', where, 'TASK_RESOURCE')).workflow ?? '', '')
    await set('workflow', where, KINDS.TASK_RESOURCE)
    await remove('project', where, 'TASK_RESOURCE')
    await refused(get('workflow', where, 'TASK_RESOURCE'), 'NOT_FOUND')
  })
})

describe('plugin overrides', () => {
  const override = (taskType, pluginId) => ({ pluginOverrides: { overrides: [{ taskType, pluginId: [pluginId] }] } })

  it('are merged by task type', async () => {
    const where = await place()
    await set('workflow', where, override('a', '1'))
    await set('workflow', where, override('b', '2'))
    await set('workflow', where, override('a', '3'))
    const { overrides } = (await get('workflow', where, 'PLUGIN_OVERRIDE')).matchingAttributes.pluginOverrides
    assert.deepEqual(overrides.map((one) => `${one.taskType}:${one.pluginId}`).sort(), ['a:3', 'b:2'])
  })

  it('cannot be set for a whole project', async () => {
    await refused(set('project', await place(), override('a', '1')), 'INTERNAL', /missing and\/or invalid parameters/)
  })
})

describe('the execution config of a project', () => {
  it('is the server’s own when none is set, and fills what is open', async () => {
    const where = await place()
    const config = async () => (await get('project', where, 'WORKFLOW_EXECUTION_CONFIG')).matchingAttributes.workflowExecutionConfig
    assert.equal((await config()).maxParallelism, 25)
    await set('project', where, { workflowExecutionConfig: { interruptible: true } })
    assert.deepEqual([(await config()).maxParallelism, (await config()).interruptible], [25, true])
  })

  it('is what its executions run with, the most specific first', async () => {
    const { plan } = await registered('configured')
    const config = (maxParallelism, k8sServiceAccount) => ({
      workflowExecutionConfig: { maxParallelism, ...(k8sServiceAccount && { securityContext: { runAs: { k8sServiceAccount } } }) },
    })
    const where = { ...PLACE, workflow: 'configured' }
    const spec = async (more) => (await client.getExecution({ id: await execute(plan, more) })).spec
    await set('project', where, config(11, 'project-robot'))
    assert.deepEqual([(await spec()).maxParallelism, (await spec()).securityContext.runAs.k8sServiceAccount], [11, 'project-robot'])
    await set('domain', where, config(12))
    assert.deepEqual([(await spec()).maxParallelism, (await spec()).securityContext.runAs.k8sServiceAccount], [12, 'project-robot'])
    await set('workflow', where, config(13, 'workflow-robot'))
    assert.deepEqual([(await spec()).maxParallelism, (await spec()).securityContext.runAs.k8sServiceAccount], [13, 'workflow-robot'])
    assert.equal((await spec({ maxParallelism: 2 })).maxParallelism, 2)
    await remove('project', where, 'WORKFLOW_EXECUTION_CONFIG')
    assert.equal((await spec()).maxParallelism, 25)
    await client.createLaunchPlan({ id: planId('own'), spec: { workflowId: workflowId('configured'), maxParallelism: 7 } })
    assert.equal((await client.getExecution({ id: await execute(planId('own')) })).spec.maxParallelism, 7)
  })
})

describe('a cluster pool', () => {
  it('is the only one an execution may ask for', async () => {
    const { plan } = await registered('pooled')
    await set('domain', PLACE, KINDS.CLUSTER_ASSIGNMENT)
    await execute(plan)
    await execute(plan, { clusterAssignment: { clusterPoolName: 'gpupool' } })
    await refused(
      execute(plan, { clusterAssignment: { clusterPoolName: 'other' } }),
      'INVALID_ARGUMENT',
      /cannot run on cluster pool "other", because its configured to run on pool "gpupool"/,
    )
    await remove('domain', PLACE, 'CLUSTER_ASSIGNMENT')
    await execute(plan, { clusterAssignment: { clusterPoolName: 'other' }, name: fresh('pooled') })
  })
})

describe('a list of overrides', () => {
  it('is of one kind, the most specific first', async () => {
    const where = await place()
    for (const level of Object.keys(LEVELS)) await set(level, where, KINDS.EXECUTION_QUEUE)
    const { configurations } = await client.listMatchableAttributes({ resourceType: 'EXECUTION_QUEUE' })
    const own = configurations.filter((one) => one.project === where.project)
    assert.deepEqual(
      own.map((one) => one.workflow ?? one.domain ?? ''),
      ['etl', domain, ''],
    )
    assert.deepEqual(own[0].attributes, KINDS.EXECUTION_QUEUE)
    await remove('project', where, 'EXECUTION_QUEUE')
  })

  it('needs a kind that there is', async () => {
    await refused(client.listMatchableAttributes({ resourceType: 99 }), 'INVALID_ARGUMENT', /invalid value for resource_type/)
  })
})
