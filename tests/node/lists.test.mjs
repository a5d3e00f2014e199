// Lists, filters, projects, attributes and descriptions.

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import {
  AlreadyExistsError,
  FlyteTask,
  FlyteValueError,
  FlyteWorkflow,
  filter,
  NotFoundError,
  NotImplementedError,
  proto,
} from 'flyte-remote'
import { scripted } from '../replay/scripted.mjs'
import { PLACE, sandboxWithWorkflows, shellTask } from './fixtures.mjs'

let sandbox
let remote

before(async () => {
  ;({ sandbox, remote } = await sandboxWithWorkflows())
  await remote.registerSpecs({ tasks: [shellTask('double', {}, {}, 'true', { version: 'v2' })] })
})

after(() => sandbox.close())

const all = async (list) => {
  const items = []
  for await (const item of list) items.push(item)
  return items
}

const failure = (promise) =>
  promise.then(
    () => assert.fail('it did not fail'),
    (error) => error,
  )

describe('lists', () => {
  it('give tasks, workflows and launch plans as objects, the newest first', async () => {
    const tasks = await all(remote.listTasks({ pageSize: 2 }))
    assert.deepEqual(tasks.map(({ name, version }) => `${name} ${version}`).sort(), [
      'double v1',
      'double v2',
      'echo v1',
      'fail v1',
      'sleep v1',
    ])
    assert.ok(tasks[0] instanceof FlyteTask)
    assert.deepEqual([tasks[0].name, tasks[0].version, tasks[0].id.resourceType], ['double', 'v2', 'TASK'])
    const workflows = await all(remote.listWorkflows())
    assert.ok(workflows[0] instanceof FlyteWorkflow)
    assert.deepEqual(workflows.map(({ name }) => name).sort(), ['double_wf', 'echo_wf', 'fail_wf', 'sleep_wf'])
    const [plan] = await all(remote.listLaunchPlans({ name: 'double_wf' }))
    assert.deepEqual([plan.name, plan.workflowId.name, plan.inputs.map(({ name }) => name)], ['double_wf', 'double_wf', ['n']])
    const run = await remote.execute(plan, { inputs: { n: 1 } })
    assert.ok((await all(remote.listExecutions({ filters: filter.eq('execution_name', run.name) })))[0].name === run.name)
  })

  it('give the versions of a name and the tasks of a version', async () => {
    assert.deepEqual(
      (await all(remote.listTasks({ name: 'double' }))).map(({ version }) => version),
      ['v2', 'v1'],
    )
    assert.deepEqual(
      (await all(remote.listTasks({ name: 'double', sortBy: 'asc(version)' }))).map(({ version }) => version),
      ['v1', 'v2'],
    )
    const ofVersion = await all(remote.listTasksByVersion('v1', { filters: filter.contains('name', 'o') }))
    assert.deepEqual(ofVersion.map(({ name }) => name).sort(), ['double', 'echo'])
    assert.throws(() => remote.listTasksByVersion(''), FlyteValueError)
  })

  it('give names, projects and domains', async () => {
    const names = await all(remote.listNamedEntities({ kind: 'workflow' }))
    assert.deepEqual(
      names.map(({ id }) => id.name),
      ['double_wf', 'echo_wf', 'fail_wf', 'sleep_wf'],
    )
    assert.throws(
      () => remote.listNamedEntities(),
      (error) => error.path === 'options.kind',
    )
    assert.ok((await all(remote.listProjects())).some(({ id }) => id === PLACE.project))
    assert.ok((await remote.getDomains()).some(({ id }) => id === PLACE.domain))
  })

  it('give single pages for a table, also after the end', async () => {
    const list = remote.listTasks({ sortBy: 'asc(name)' })
    const first = await list.page({ limit: 3 })
    assert.deepEqual(
      first.items.map(({ name }) => name),
      ['double', 'double', 'echo'],
    )
    const second = await list.page({ limit: 3, token: first.token })
    assert.deepEqual([second.items.map(({ name }) => name), second.token], [['fail', 'sleep'], ''])
    assert.equal((await all(list)).length, 5)
    assert.equal((await list.page()).items.length, 5)
    assert.ok((await failure(list.page({ limit: 0 }))) instanceof FlyteValueError)
    assert.equal((await failure(list.page({ size: 1 }))).path, 'options.size')
  })

  it('end at the limit', async () => {
    assert.equal((await all(remote.listTasks({ limit: 3, pageSize: 2 }))).length, 3)
  })

  it('refuse what no list takes before anything is sent', () => {
    assert.throws(
      () => remote.listProjects({ project: 'p' }),
      (error) => error.path === 'options.project',
    )
    assert.throws(
      () => remote.listTasks({ sortBy: 'name' }),
      (error) => error.path === 'sortBy',
    )
    for (const filters of ['what?', 'eq(a)', 'eq(a,b,c)', 'eq(,b)', ['eq(a,b)', 'like(a,b)']]) {
      assert.throws(() => remote.listTasks({ filters }), FlyteValueError, String(filters))
    }
  })
})

describe('filters', () => {
  it('write texts, dates, numbers, durations, lists and labels', () => {
    assert.equal(filter.eq('phase', 'FAILED'), 'eq(phase,FAILED)')
    assert.equal(filter.gte('created_at', new Date('2026-01-31T10:00:00.250Z')), 'gte(created_at,2026-01-31T10:00:00.250Z)')
    assert.equal(filter.in('phase', ['FAILED', 'ABORTED']), 'value_in(phase,FAILED;ABORTED)')
    assert.equal(filter.notIn('mode', [1, 2n]), 'value_not_in(mode,1;2)')
    assert.equal(filter.duration('gt', 90_000), 'gt(duration,90)')
    assert.equal(filter.label('team', 'a'), 'eq(execution_tag.key,team)+eq(execution_tag.value,a)')
    assert.equal(filter.all(filter.eq('a', 1), undefined, filter.notLike('b', 'x%')), 'eq(a,1)+not_like(b,x%)')
  })

  it('refuse what the language cannot carry, and say it', () => {
    for (const bad of ['a,b', 'a;b', 'a+b', 'a\nb', '', Number.NaN, Number.POSITIVE_INFINITY, new Date('x'), null, undefined, {}]) {
      assert.throws(() => filter.eq('name', bad), FlyteValueError, String(bad))
    }
    assert.throws(
      () => filter.eq('na(me', 'x'),
      (error) => error.path === 'key' && /"\("/.test(error.message),
    )
    assert.throws(() => filter.in('phase', []), /at least one/)
    assert.throws(() => filter.in('phase', 'FAILED'), /expected a list/)
  })

  it('are read back', () => {
    const text = filter.all(filter.ne('phase', 'RUNNING'), filter.in('user', ['a', 'b']))
    assert.deepEqual(filter.parse(text), [
      { op: 'ne', key: 'phase', value: 'RUNNING' },
      { op: 'value_in', key: 'user', value: ['a', 'b'] },
    ])
  })

  it('filter on the server as they say', async () => {
    const runs = await Promise.all(
      [1, 2].map((n) => remote.execute({ kind: 'workflow', name: 'double_wf' }, { inputs: { n }, tags: [`n${n}`] })),
    )
    await Promise.all(runs.map((run) => run.wait()))
    const names = async (...filters) => (await all(remote.listExecutions({ filters }))).map(({ name }) => name)
    const both = filter.in(
      'execution_name',
      runs.map(({ name }) => name),
    )
    assert.equal((await names(both)).length, 2)
    assert.deepEqual(await names(both, filter.eq('phase', 'FAILED')), [])
    assert.deepEqual(await names(both, filter.lt('created_at', new Date(0))), [])
    assert.equal((await names(both, filter.duration('lt', 60_000))).length, 2)
    assert.equal((await names(both, filter.contains('execution_name', runs[0].name.slice(3)))).length, 1)
  })
})

describe('projects', () => {
  it('are registered once, changed, archived and brought back', async () => {
    await remote.registerProject({ id: 'shop', name: 'Shop', description: 'first' })
    assert.ok((await failure(remote.registerProject({ id: 'shop', name: 'Shop' }))) instanceof AlreadyExistsError)
    await remote.updateProject({ id: 'shop', name: 'Shop 2' })
    assert.equal((await remote.getProject('shop')).name, 'Shop 2')
    const ids = async (options) => (await all(remote.listProjects(options))).map(({ id }) => id)
    await remote.archiveProject('shop')
    assert.ok(!(await ids()).includes('shop'))
    assert.ok((await ids({ filters: filter.eq('state', 1) })).includes('shop'))
    await remote.unarchiveProject('shop')
    assert.ok((await ids()).includes('shop'))
    assert.ok((await failure(remote.getProject('nope'))) instanceof NotFoundError)
  })

  it('need an id and a name before anything is sent', async () => {
    const { remote, methods } = scripted(() => new Uint8Array())
    for (const wrong of [
      remote.registerProject({ id: 'x' }),
      remote.registerProject(),
      remote.updateProject({ name: 'x' }),
      remote.getProject(''),
    ]) {
      assert.ok((await failure(wrong)) instanceof FlyteValueError)
    }
    assert.match((await failure(remote.updateProject({ id: 'x', nmae: 'y' }))).message, /nmae/)
    assert.deepEqual(methods, [])
  })
})

describe('matchable attributes', () => {
  const attributes = { executionQueueAttributes: { tags: ['gpu'] } }
  const resourceType = 'EXECUTION_QUEUE'

  it('are for a project, a domain or a workflow, as the target says', async () => {
    for (const [level, target] of [
      ['Project', { project: 'p' }],
      ['ProjectDomain', { project: 'p', domain: 'd' }],
      ['Workflow', { project: 'p', domain: 'd', workflow: 'w' }],
    ]) {
      const message = { attributes: { ...target, matchingAttributes: attributes } }
      const type = (suffix) => `flyteidl.admin.${level === 'Project' ? 'ProjectAttributes' : `${level}Attributes`}${suffix}`
      const { remote, requests, methods } = scripted((method) =>
        method.startsWith('Get') ? proto.fromJson(type('GetResponse'), message) : new Uint8Array(),
      )
      await remote.updateMatchableAttributes(target, attributes)
      assert.deepEqual(await remote.getMatchableAttributes({ ...target, resourceType }), attributes)
      await remote.deleteMatchableAttributes({ ...target, resourceType })
      assert.deepEqual(methods, [`Update${level}Attributes`, `Get${level}Attributes`, `Delete${level}Attributes`])
      assert.deepEqual(proto.toJson(type('UpdateRequest'), requests[0]), message)
      for (const [suffix, request] of [
        ['GetRequest', requests[1]],
        ['DeleteRequest', requests[2]],
      ]) {
        assert.deepEqual(proto.toJson(type(suffix), request), { ...target, resourceType })
      }
    }
  })

  it('are listed by kind', async () => {
    const configurations = [{ attributes, project: 'p' }]
    const { remote, requests } = scripted(() => proto.fromJson('flyteidl.admin.ListMatchableAttributesResponse', { configurations }))
    assert.deepEqual(await remote.listMatchableAttributes(resourceType), configurations)
    assert.deepEqual(proto.toJson('flyteidl.admin.ListMatchableAttributesRequest', requests[0]), { resourceType })
  })

  it('need to know for what', async () => {
    const { remote, methods } = scripted(() => new Uint8Array())
    for (const [target, path] of [
      [{ resourceType }, 'project'],
      [{ project: 'p' }, 'resourceType'],
      [{ project: 'p', workflow: 'w', resourceType }, 'domain'],
    ]) {
      assert.equal((await failure(remote.getMatchableAttributes(target))).path, path)
    }
    assert.deepEqual(methods, [])
  })
})

describe('descriptions', () => {
  const id = { resourceType: 'TASK', ...PLACE, name: 't', version: 'v1' }

  it('are fetched for a version and listed', async () => {
    const entity = { id, shortDescription: 'short' }
    const { remote, requests } = scripted(
      (method) =>
        method === 'GetDescriptionEntity'
          ? proto.fromJson('flyteidl.admin.DescriptionEntity', entity)
          : proto.fromJson('flyteidl.admin.DescriptionEntityList', { descriptionEntities: [entity] }),
      PLACE,
    )
    assert.deepEqual(await remote.getDescriptionEntity({ kind: 'task', name: 't', version: 'v1' }), entity)
    assert.deepEqual(proto.toJson('flyteidl.admin.ObjectGetRequest', requests[0]), { id })
    assert.deepEqual(await all(remote.listDescriptionEntities({ kind: 'task', name: 't' })), [entity])
    assert.equal((await failure(remote.getDescriptionEntity({ kind: 'task', name: 't' }))).path, 'version')
    assert.equal((await failure(remote.getDescriptionEntity({ kind: 'project', name: 't', version: 'v1' }))).path, 'kind')
  })

  it('say so where the server has none', async () => {
    const error = await failure(remote.getDescriptionEntity({ kind: 'task', name: 'double', version: 'v1' }))
    assert.ok(error instanceof NotImplementedError || error instanceof NotFoundError, String(error))
  })
})
