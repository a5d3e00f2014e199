// Lists: limits, tokens, order, and the filter language.

import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { play, wholeRun } from './script.mjs'
import {
  allPages,
  client,
  domain,
  execute,
  literals,
  PLACE,
  plan,
  planId,
  project,
  random,
  refused,
  registered,
  task,
  workflowId,
} from './support.mjs'

const ASCENDING = { key: 'created_at', direction: 'ASCENDING' }
const names = (rows = []) => rows.map((row) => row.id.name)
// FlyteAdmin joins tags to executions by name alone, whatever the project: each run of the suite has names of its own.
const [GOOD, BAD, LOST, NEW, TASK, VERBOSE] = ['good', 'bad', 'lost', 'new', 'task', 'verbose'].map((name) => `${name}-${random()}`)
const RUNS = [GOOD, BAD, LOST, NEW, TASK]
let etl

before(async () => {
  for (const name of ['alpha', 'beta', 'gamma_one', 'gamma-two', 'delta']) {
    await client.createTask(task(name, { type: name === 'delta' ? 'echo' : 'raw-container' }))
  }
  etl = await registered('etl')
  await client.createLaunchPlan(plan('nightly', { runs: workflowId('etl'), fixedInputs: literals({ n: 5 }) }))
  await client.createLaunchPlan(
    plan('scheduled', {
      runs: workflowId('etl'),
      fixedInputs: literals({ n: 5 }),
      entityMetadata: { schedule: { cronSchedule: { schedule: '@daily' } } },
    }),
  )
  await client.updateLaunchPlan({ id: planId('nightly'), state: 'ACTIVE' })
  const labels = (values) => ({ labels: { values } })
  const good = await execute(etl.plan, { name: GOOD, ...labels({ team: 'a', tier: 'gold' }), tags: ['nightly'] })
  const bad = await execute(etl.plan, { name: BAD, ...labels({ team: 'b' }) })
  const lost = await execute(planId('nightly'), { name: LOST, inputs: {} })
  await execute(etl.plan, { name: NEW })
  await execute(etl.task, { name: TASK })
  await play(good, wholeRun('SUCCEEDED'), { task: etl.task })
  await play(bad, wholeRun('FAILED'), { task: etl.task })
  await client.updateExecution({ id: lost, state: 'EXECUTION_ARCHIVED' })
})

const tasks = (more = {}) => client.listTasks({ id: PLACE, limit: 100, sortBy: ASCENDING, ...more })
const runs = async (filters, more = {}) => {
  const { executions } = await client.listExecutions({
    id: PLACE,
    limit: 100,
    sortBy: { key: 'execution_created_at', direction: 'ASCENDING' },
    filters,
    ...more,
  })
  return names(executions)
}

describe('limits and tokens', () => {
  for (const [method, request] of [
    ['listTasks', { id: PLACE }],
    ['listWorkflows', { id: PLACE }],
    ['listLaunchPlans', { id: PLACE }],
    ['listActiveLaunchPlans', PLACE],
    ['listTaskIds', PLACE],
    ['listWorkflowIds', PLACE],
    ['listLaunchPlanIds', PLACE],
    ['listExecutions', { id: PLACE }],
    ['listNodeExecutions', { workflowExecutionId: { ...PLACE, name: GOOD } }],
    ['listTaskExecutions', { nodeExecutionId: { nodeId: 'n0', executionId: { ...PLACE, name: GOOD } } }],
    ['listNamedEntities', { ...PLACE, resourceType: 'TASK' }],
    ['listSignals', { workflowExecutionId: { ...PLACE, name: GOOD } }],
    ['listDescriptionEntities', { id: { ...PLACE, name: 'alpha' }, resourceType: 'TASK' }],
  ]) {
    it(`${method} refuses limit 0`, async () => {
      await refused(
        client[method](request),
        'INVALID_ARGUMENT',
        method === 'listLaunchPlanIds' ? /invalid parameters: limit/ : /invalid value for limit/,
      )
    })

    it(`${method} refuses a token that is no offset`, async () => {
      for (const token of ['next', '-1', '1.5'])
        await refused(client[method]({ ...request, limit: 5, token }), 'INVALID_ARGUMENT', /invalid pagination token/)
    })
  }

  it('gives pages until one is not full', async () => {
    const { found, sizes } = await allPages('listTasks', { id: PLACE, limit: 4, sortBy: ASCENDING }, (reply) => reply.tasks ?? [])
    assert.deepEqual(sizes, [4, 2])
    assert.deepEqual(names(found), ['alpha', 'beta', 'gamma_one', 'gamma-two', 'delta', 'etl'])
  })

  it('gives an empty last page when the rows fill the pages exactly', async () => {
    const { sizes } = await allPages('listTasks', { id: PLACE, limit: 3, sortBy: ASCENDING }, (reply) => reply.tasks ?? [])
    assert.deepEqual(sizes, [3, 3, 0])
  })

  it('has a token of decimal digits, and none after the last page', async () => {
    const page = await tasks({ limit: 2 })
    assert.equal(page.token, '2')
    assert.deepEqual(names((await tasks({ limit: 2, token: page.token })).tasks), ['gamma_one', 'gamma-two'])
    assert.equal((await tasks()).token ?? '', '')
  })

  it('gives nothing past the end', async () => {
    assert.deepEqual(names((await tasks({ token: '1000' })).tasks), [])
  })

  it('has no largest limit', async () => {
    assert.equal((await tasks({ limit: 100_000 })).tasks.length, 6)
  })

  it('lists all projects with limit 0, and pages of them otherwise', async () => {
    const all = await client.listProjects({})
    assert.ok(all.projects.some((row) => row.id === project))
    assert.equal((await client.listProjects({ limit: 1 })).token, '1')
  })

  it('lists projects by their id', async () => {
    const ids = (await client.listProjects({})).projects.map((row) => row.id)
    assert.deepEqual(
      ids,
      [...ids].sort((a, b) => (a < b ? -1 : 1)),
    )
  })
})

describe('what a list is about', () => {
  it('needs a project and a domain', async () => {
    await refused(client.listTasks({ id: { domain }, limit: 5 }), 'INVALID_ARGUMENT', /missing project/)
    await refused(client.listTasks({ id: { project }, limit: 5 }), 'INVALID_ARGUMENT', /missing domain/)
    await refused(client.listTasks({ limit: 5 }), 'INVALID_ARGUMENT', /missing id/)
  })

  it('may name an entity', async () => {
    assert.deepEqual(names((await tasks({ id: { ...PLACE, name: 'beta' } })).tasks), ['beta'])
    assert.deepEqual(names((await tasks({ id: { ...PLACE, name: 'nothing' } })).tasks), [])
  })

  it('is empty for a project that nobody knows', async () => {
    assert.deepEqual(names((await tasks({ id: { project: 'nobody-knows', domain } })).tasks), [])
  })

  it('gives workflows without their closure', async () => {
    const { workflows } = await client.listWorkflows({ id: PLACE, limit: 10, filters: 'eq(name,etl)' })
    assert.equal(workflows[0].closure.compiledWorkflow?.primary?.template?.nodes?.length ?? 0, 0)
    assert.ok(workflows[0].closure.createdAt)
  })

  it('gives distinct names of tasks, workflows and launch plans', async () => {
    await client.createTask(task('alpha', { version: 'v2' }))
    const sortBy = { key: 'name', direction: 'ASCENDING' }
    const ids = async (method) => (await client[method]({ ...PLACE, limit: 50, sortBy })).entities.map((row) => row.name)
    const some = await ids('listTaskIds')
    assert.equal(some.filter((name) => name === 'alpha').length, 1)
    assert.ok(
      ['alpha', 'beta', 'delta', 'etl'].every((name) => some.includes(name)),
      String(some),
    )
    assert.ok((await ids('listWorkflowIds')).includes('etl'))
    assert.ok((await ids('listLaunchPlanIds')).includes('nightly'))
  })

  it('cuts the error messages of executions', async () => {
    const id = await execute(etl.plan, { name: VERBOSE })
    await play(id, '. RUNNING 0')
    const message = 'x'.repeat(500)
    await client.createWorkflowEvent({
      event: { executionId: id, phase: 'FAILED', occurredAt: new Date().toISOString(), error: { code: 'E', message, kind: 'USER' } },
    })
    assert.equal((await client.getExecution({ id })).closure.error.message.length, 500)
    const { executions } = await client.listExecutions({ id: PLACE, limit: 10, filters: `eq(execution_name,${VERBOSE})` })
    assert.equal(executions[0].closure.error.message.length, 100)
    await client.updateExecution({ id, state: 'EXECUTION_ARCHIVED' })
  })
})

describe('order', () => {
  it('is ascending or descending, descending by default', async () => {
    const ascending = names((await tasks({ id: PLACE, filters: 'eq(version,v1)' })).tasks)
    const descending = names((await tasks({ sortBy: { key: 'created_at', direction: 'DESCENDING' }, filters: 'eq(version,v1)' })).tasks)
    const unsaid = names((await tasks({ sortBy: { key: 'created_at' }, filters: 'eq(version,v1)' })).tasks)
    assert.deepEqual(descending, [...ascending].reverse())
    assert.deepEqual(unsaid, descending)
  })

  it('can be by any column', async () => {
    for (const key of ['project', 'domain', 'name', 'version', 'type', 'created_at', 'updated_at', 'id']) await tasks({ sortBy: { key } })
    for (const key of [
      'phase',
      'execution_name',
      'started_at',
      'duration',
      'execution_created_at',
      'mode',
      'cluster',
      'error_kind',
      'launch_entity',
    ]) {
      await runs('', { sortBy: { key } })
    }
  })

  for (const key of ['', 'nope', 'execution.phase', 'created_at desc', 'Name']) {
    it(`can't be by ${key ? `"${key}"` : 'nothing'}`, async () => {
      await refused(tasks({ sortBy: { key } }), 'INVALID_ARGUMENT', /invalid sort key/)
    })
  }

  it('can only be up or down', async () => {
    await refused(tasks({ sortBy: { key: 'name', direction: 7 } }), 'INVALID_ARGUMENT', /invalid sort order specified/)
  })

  it('of names is by name, project or domain', async () => {
    await refused(
      client.listTaskIds({ ...PLACE, limit: 5, sortBy: { key: 'version' } }),
      'UNKNOWN',
      /"tasks.version" must appear in the GROUP BY clause/,
    )
    await refused(client.listTaskIds({ ...PLACE, limit: 5, sortBy: { key: 'nope' } }), 'INVALID_ARGUMENT', /invalid sort key/)
  })

  it('can be by a column that a joined table has too', async () => {
    assert.ok((await runs('eq(workflow.name,etl)', { sortBy: { key: 'created_at' } })).length > 1)
  })
})

describe('filters', () => {
  const v1 = (filters) => tasks({ filters: `eq(version,v1)${filters ? `+${filters}` : ''}` })
  for (const [filters, expected] of [
    ['eq(name,alpha)', ['alpha']],
    ['eq(name, alpha)', ['alpha']],
    ['ne(name,alpha)', ['beta', 'gamma_one', 'gamma-two', 'delta', 'etl']],
    ['gt(name,beta)', ['gamma_one', 'gamma-two', 'delta', 'etl']],
    ['gte(name,beta)', ['beta', 'gamma_one', 'gamma-two', 'delta', 'etl']],
    ['lt(name,beta)', ['alpha']],
    ['lte(name,beta)', ['alpha', 'beta']],
    ['contains(name,amma)', ['gamma_one', 'gamma-two']],
    ['contains(name,a_t)', ['gamma-two']],
    ['contains(name,%)', ['alpha', 'beta', 'gamma_one', 'gamma-two', 'delta', 'etl']],
    ['not_like(name,gamma%)', ['alpha', 'beta', 'delta', 'etl']],
    ['not_like(name,gamma)', ['alpha', 'beta', 'gamma_one', 'gamma-two', 'delta', 'etl']],
    ['value_in(name,alpha;delta;nope)', ['alpha', 'delta']],
    ['value_in(name,alpha)', ['alpha']],
    ['value_not_in(name,alpha;beta;delta;etl)', ['gamma_one', 'gamma-two']],
    ['eq(type,echo)', ['delta']],
    ['contains(name,eta)+ne(type,echo)', ['beta']],
    ['eq(task.name,alpha)', ['alpha']],
    ['eq(name,Alpha)', []],
    ['gt(created_at,2020-01-01T00:00:00Z)+eq(name,alpha)', ['alpha']],
    ['lt(created_at,2020-01-01T00:00:00Z)', []],
  ]) {
    it(`${filters} picks ${expected.length} tasks`, async () => {
      assert.deepEqual(names((await v1(filters)).tasks), expected)
    })
  }

  for (const [filters, message] of [
    ['name=alpha', /invalid value for filters/],
    ['eq(name)', /invalid value for filters/],
    ['eq()', /invalid value for filters/],
    ['eq(name,alpha', /invalid value for filters/],
    ['eq(name,a)+', /invalid value for filters/],
    ['like(name,alpha)', /unrecognized filter function: like/],
    ['EQ(name,alpha)', /unrecognized filter function: EQ/],
    ['eq(nope,alpha)', /'t.nope' is invalid filter/],
    ['eq(execution.name,alpha)', /'e' entity is not allowed in filters/],
    ['eq(workflow.name,alpha)', /'w' entity is not allowed in filters/],
  ]) {
    it(`${filters} is refused`, async () => {
      await refused(tasks({ filters }), 'INVALID_ARGUMENT', message)
    })
  }

  it('a plus sign ends a term: a time with an offset is written with Z', async () => {
    await refused(tasks({ filters: 'gt(created_at,2020-01-01T00:00:00+01:00)' }), 'INVALID_ARGUMENT', /invalid value for filters/)
  })

  it('a value that the column cannot be is the database’s complaint', async () => {
    await refused(runs('eq(state,archived)'), 'UNKNOWN', /failed database operation/)
  })

  it('a list of values is for value_in only', async () => {
    await refused(tasks({ filters: 'eq(name,alpha;beta)' }), 'UNKNOWN', /failed database operation/)
  })
})

describe('filters of executions', () => {
  const SHOWN = RUNS.filter((name) => name !== LOST)

  for (const [filters, expected] of [
    ['', SHOWN],
    ['eq(phase,SUCCEEDED)', [GOOD]],
    ['ne(phase,SUCCEEDED)', [BAD, NEW, TASK]],
    ['value_in(phase,SUCCEEDED;FAILED)', [GOOD, BAD]],
    ['eq(phase,UNDEFINED)', [NEW, TASK]],
    ['eq(state,1)', [LOST]],
    ['value_in(state,0;1)', RUNS],
    [`eq(execution_name,${BAD})`, [BAD]],
    ['contains(execution_name,good)', [GOOD]],
    ['gte(duration,8)', [GOOD, BAD]],
    ['gt(duration,8)', []],
    ['gte(duration,8s)', [GOOD, BAD]],
    ['lt(duration,1m)', SHOWN],
    ['gte(started_at,2026-01-02T03:04:06Z)', [GOOD, BAD]],
    ['eq(error_kind,USER)', [BAD]],
    ['eq(error_code,Boom)', [BAD]],
    ['eq(launch_entity,task)', [TASK]],
    ['eq(mode,0)', SHOWN],
    ['eq(launch_plan.name,etl)', [GOOD, BAD, NEW]],
    ['eq(launch_plan.name,nightly)+eq(state,1)', [LOST]],
    ['eq(workflow.name,etl)', [GOOD, BAD, NEW]],
    ['eq(workflow.name,etl)+eq(phase,FAILED)', [BAD]],
    ['eq(workflow.version,v1)+eq(launch_plan.version,v1)', [GOOD, BAD, NEW]],
    ['eq(task.name,etl)', [TASK]],
    ['eq(execution_tag.key,team)', [GOOD, BAD]],
    ['eq(execution_tag.key,team)+eq(execution_tag.value,a)', [GOOD]],
    ['eq(execution_tag.key,team)+eq(execution_tag.value,gold)', []],
    ['value_in(execution_tag.key,team;tier)', [GOOD, GOOD, BAD]],
    ['ne(execution_tag.key,team)', [GOOD, GOOD]],
    ['eq(admin_tag.name,nightly)', [GOOD]],
    ['eq(cluster,nowhere)', []],
  ]) {
    it(`${filters.replace(BAD, 'bad') || 'none'} picks ${expected.length} executions`, async () => {
      const shown = (await runs(filters)).filter((name) => name !== VERBOSE)
      assert.deepEqual(shown.sort(), [...expected].sort())
    })
  }

  it('a duration that is none is refused', async () => {
    await refused(runs('gt(duration,soon)'), 'INVALID_ARGUMENT', /Failed to parse duration \[soon\]/)
  })

  it('the name is called execution_name', async () => {
    await refused(runs(`eq(name,${BAD})`), 'INVALID_ARGUMENT', /'e.name' is invalid filter/)
  })

  it('an entity that is not joined is refused', async () => {
    await refused(runs('eq(node_execution.phase,FAILED)'), 'INVALID_ARGUMENT', /entity is not allowed in filters/)
  })
})

describe('filters of launch plans', () => {
  const plans = async (filters) => {
    const { launchPlans } = await client.listLaunchPlans({ id: PLACE, limit: 100, filters })
    return names(launchPlans)
      .filter((name) => !name.startsWith('.flytegen'))
      .sort()
  }
  for (const [filters, expected] of [
    ['eq(state,1)', ['nightly']],
    ['eq(state,0)', ['etl', 'scheduled']],
    ['eq(schedule_type,CRON)', ['scheduled']],
    ['ne(schedule_type,NONE)', ['scheduled']],
    ['eq(workflow.name,etl)', ['etl', 'nightly', 'scheduled']],
    ['eq(launch_plan.name,etl)', ['etl']],
  ]) {
    it(`${filters} picks ${expected.length}`, async () => {
      assert.deepEqual(await plans(filters), expected)
    })
  }
})

describe('filters of node and task executions', () => {
  const id = { ...PLACE, name: GOOD }
  const nodes = async (filters) => {
    const { nodeExecutions = [] } = await client.listNodeExecutions({ workflowExecutionId: id, limit: 100, filters })
    return nodeExecutions.map((row) => row.id.nodeId).sort()
  }
  const attempts = async (filters) => {
    const nodeExecutionId = { nodeId: 'n0', executionId: id }
    return ((await client.listTaskExecutions({ nodeExecutionId, limit: 100, filters })).taskExecutions ?? []).length
  }

  it('nodes by phase, node and execution', async () => {
    assert.deepEqual(await nodes(''), ['end-node', 'n0', 'start-node'])
    assert.deepEqual(await nodes('eq(node_id,n0)'), ['n0'])
    assert.deepEqual(await nodes('eq(phase,SUCCEEDED)'), ['end-node', 'n0', 'start-node'])
    assert.deepEqual(await nodes('eq(execution.phase,SUCCEEDED)+eq(node_id,n0)'), ['n0'])
    assert.deepEqual(await nodes('eq(execution.phase,FAILED)'), [])
    await refused(nodes('eq(launch_plan.name,etl)'), 'INVALID_ARGUMENT', /not allowed/)
  })

  it('attempts by phase, number, task, node and execution', async () => {
    assert.equal(await attempts(''), 1)
    assert.equal(await attempts('eq(retry_attempt,0)'), 1)
    assert.equal(await attempts('eq(retry_attempt,1)'), 0)
    assert.equal(await attempts('eq(phase,SUCCEEDED)'), 1)
    assert.equal(await attempts('eq(node_execution.phase,SUCCEEDED)'), 1)
    assert.equal(await attempts('eq(execution.phase,FAILED)'), 0)
    assert.equal(await attempts('eq(task.name,etl)'), 1)
  })
})
