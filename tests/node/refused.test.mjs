// Wrong arguments of methods that are made of others: refused by name before anything is sent.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  FlyteError,
  FlyteRemote,
  FlyteValueError,
  FlyteWorkflowExecution,
  filter,
  formatIdentifier,
  parseIdentifier,
  proto,
} from 'flyte-remote'
import { scripted } from '../replay/scripted.mjs'

const place = { project: 'p', domain: 'd' }
const id = (resourceType, name = 'samename', version = 'v9') => ({ resourceType, ...place, name, version })
const workflow = { id: id('WORKFLOW'), closure: { compiledWorkflow: { primary: { template: { id: id('WORKFLOW') } } } } }
const execution = { id: { ...place, name: 'run' }, closure: { phase: 'SUCCEEDED' } }
const REPLIES = {
  GetTask: ['Task', { id: id('TASK'), closure: { compiledTask: { template: { id: id('TASK') } } } }],
  GetWorkflow: ['Workflow', workflow],
  GetExecution: ['Execution', execution],
  GetNodeExecution: ['NodeExecution', {}],
  GetActiveLaunchPlan: ['LaunchPlan', { id: id('LAUNCH_PLAN', 'plan', 'v3'), spec: { workflowId: id('WORKFLOW') }, closure: {} }],
  GetLaunchPlan: ['LaunchPlan', { id: id('LAUNCH_PLAN', 'plan', 'v3'), spec: { workflowId: id('WORKFLOW') }, closure: {} }],
}

const server = () =>
  scripted((method) => {
    const [type, value] = REPLIES[method] ?? []
    return type ? proto.fromJson(`flyteidl.admin.${type}`, value) : new Uint8Array()
  })

/** How it fails, now or later. */
const failure = async (act) => {
  try {
    await act()
  } catch (error) {
    return error
  }
  return assert.fail(`it did not fail: ${act}`)
}

/** All of these are refused with this path, and nothing is sent. */
async function refused(remote, methods, cases) {
  const before = methods.length
  for (const [path, act] of cases) {
    const error = await failure(() => act(remote))
    assert.ok(error instanceof FlyteValueError, `${act}: ${error?.stack}`)
    assert.equal(error.path, path, `${act}: ${error.message}`)
    assert.ok(error.message.includes(path), error.message)
  }
  assert.deepEqual(methods.slice(before), [])
}

describe('an identifier of another kind', () => {
  it('is refused where an execution is changed or measured', async () => {
    const { remote, methods } = server()
    const [task, wf, plan] = [
      await remote.fetchTask('tsk:p:d:samename:v9'),
      await remote.fetchWorkflow('wf:p:d:samename:v9'),
      await remote.fetchActiveLaunchPlan('plan'),
    ]
    const others = [task, wf, plan, task.id, 'tsk:p:d:samename:v9', 'wf:p:d:samename:v9', { kind: 'launchPlan', name: 'x' }]
    const node = { executionId: { ...place, name: 'run' }, nodeId: 'n0' }
    const page = 'https://flyte.example.com/console/projects/p/domains/d/task/samename/version/v9'
    await refused(
      remote,
      methods,
      ['archive', 'unarchive', 'getExecutionMetrics'].flatMap((verb) =>
        [...others, node, page, remote.fetchTaskLazy('samename'), 7, null, undefined].map((other) => [
          'execution',
          (remote) => remote[verb](other),
        ]),
      ),
    )
    await refused(remote, methods, [
      ['name', (remote) => remote.archive({})],
      ['name', (remote) => remote.archive('')],
      ['execution.nmae', (remote) => remote.archive({ name: 'x', nmae: 'y' })],
      ['execution.version', (remote) => remote.archive({ name: 'x', version: 'y' })],
    ])
  })

  it('is refused where a launch plan is switched or its active version asked for', async () => {
    const { remote, methods } = server()
    const [task, wf, run] = [
      await remote.fetchTask('tsk:p:d:samename:v9'),
      await remote.fetchWorkflow('wf:p:d:samename:v9'),
      await remote.fetchExecution('run'),
    ]
    const others = [task, wf, run, 'wf:p:d:double_wf:v1', 'tsk:p:d:double_wf:v1', 'ex:p:d:run', { kind: 'task', name: 'x', version: 'v1' }]
    await refused(remote, methods, [
      ...['activateLaunchPlan', 'deactivateLaunchPlan'].flatMap((verb) =>
        others.map((other) => ['launchPlan', (remote) => remote[verb](other)]),
      ),
      ...others.map((other) => ['reference', (remote) => remote.fetchActiveLaunchPlan(other)]),
      ['version', (remote) => remote.activateLaunchPlan({ name: 'x' })],
      ['reference.projct', (remote) => remote.fetchActiveLaunchPlan({ name: 'x', projct: 'p' })],
      ['reference.version', (remote) => remote.fetchActiveLaunchPlan({ name: 'x', version: 'v1' })],
    ])
  })
})

it('the right ones are sent as before', async () => {
  const { remote, methods, requests } = server()
  const sent = (type, method) => proto.toJson(`flyteidl.admin.${type}`, requests[methods.lastIndexOf(method)])
  for (const one of ['run', 'ex:p:d:run', { name: 'run' }, await remote.fetchExecution('run'), execution]) {
    await remote.archive(one)
    assert.deepEqual(sent('ExecutionUpdateRequest', 'UpdateExecution').id, { ...place, name: 'run' })
  }
  for (const one of [
    'plan',
    'lp:p:d:plan:v1',
    'https://flyte.example.com/console/projects/p/domains/d/launchPlans/plan',
    { name: 'plan', domain: undefined, project: null },
    parseIdentifier('lp:p:d:plan:v1'),
  ]) {
    const plan = await remote.fetchActiveLaunchPlan(one)
    assert.equal(plan.version, 'v3')
    assert.deepEqual(sent('ActiveLaunchPlanRequest', 'GetActiveLaunchPlan'), { id: { ...place, name: 'plan' } })
  }
  for (const one of ['lp:p:d:plan:v3', { name: 'plan', version: 'v3' }, await remote.fetchLaunchPlan('lp:p:d:plan:v3')]) {
    await remote.activateLaunchPlan(one)
    const last = proto.toJson('flyteidl.admin.LaunchPlanUpdateRequest', requests.at(-1))
    assert.deepEqual(last, { id: id('LAUNCH_PLAN', 'plan', 'v3'), state: 'ACTIVE' })
  }
  for (const one of ['tsk:p:d:t:v1', { kind: 'task', name: 't', version: 'v1' }, id('TASK', 't', 'v1')]) {
    await remote.getDescriptionEntity(one)
    assert.deepEqual(proto.toJson('flyteidl.admin.ObjectGetRequest', requests.at(-1)), { id: id('TASK', 't', 'v1') })
  }
})

it('an entity given for an execution is called that, and nothing is sent', async () => {
  const { remote, methods } = server()
  const cases = [
    () => remote.fetchExecution(parseIdentifier('lp:p:d:etl:v1')),
    () => remote.fetchExecution({ kind: 'task', name: 'etl' }),
    () => remote.terminate(id('WORKFLOW'), 'why'),
  ]
  await refused(
    remote,
    methods,
    cases.map((act) => ['execution', act]),
  )
  const error = await failure(cases[0])
  assert.equal(error.message, 'execution: expected an execution, got a reference of the kind LAUNCH_PLAN')
  const { message } = await failure(() => remote.fetchExecution({ name: 'etl', version: 'v1' }))
  assert.equal(message, 'execution.version: there is no such option; expected one of project, domain, name')
})

describe('an argument that is missing or of another type', () => {
  it('is a FlyteValueError that names it, and nothing is sent', async () => {
    const { remote, methods } = server()
    const run = await remote.fetchExecution('run')
    await refused(remote, methods, [
      ...['fetchTaskLazy', 'fetchWorkflowLazy', 'fetchActiveLaunchPlan'].map((verb) => ['reference', (remote) => remote[verb]()]),
      ['reference', (remote) => remote.fetchTaskLazy('wf:p:d:x:v1')],
      ['entity', (remote) => remote.getDescriptionEntity()],
      ['entity.foo', (remote) => remote.getDescriptionEntity({ kind: 'task', name: 't', version: 'v1', foo: 1 })],
      ['project', (remote) => remote.updateMatchableAttributes()],
      ['attributes', (remote) => remote.updateMatchableAttributes(place)],
      ['attributes', (remote) => remote.updateMatchableAttributes(place, null)],
      ['options', (remote) => remote.getExecutionMetrics('x', 5)],
      ['options.depth', (remote) => remote.getExecutionMetrics('x', { depth: -1 })],
      ['options.depth', (remote) => remote.getExecutionMetrics('x', { depth: 1.5 })],
      ['options.depth', (remote) => remote.getExecutionMetrics('x', { depth: '3' })],
      ['options.dpth', (remote) => remote.getExecutionMetrics('x', { dpth: 3 })],
      ['version', (remote) => remote.listTasksByVersion(7)],
      ['version', (remote) => remote.listTasksByVersion(true)],
      ['version', (remote) => remote.listTasksByVersion('')],
      ['version', (remote) => remote.listTasksByVersion('a,b')],
      ...['sync', 'wait', 'syncNodeExecution', 'syncTaskExecution'].flatMap((verb) =>
        [undefined, null, 'x', {}, { sync() {}, wait() {} }].map((other) => ['execution', (remote) => remote[verb](other)]),
      ),
      ['execution', (remote) => remote.syncNodeExecution(run)],
    ])
    const unknown = await failure(() => remote.getExecutionMetrics('x', { dpth: 3 }))
    assert.match(unknown.message, /depth, signal, timeoutMs, metadata, onReply/)
    assert.ok(run instanceof FlyteWorkflowExecution)
  })

  it('is none where options are null', async () => {
    const { remote, requests } = server()
    const depth = () => proto.toJson('flyteidl.admin.WorkflowExecutionGetMetricsRequest', requests.at(-1)).depth
    for (const options of [null, undefined, {}, { depth: null }]) {
      await remote.getExecutionMetrics('x', options)
      assert.equal(depth(), 10)
    }
    await remote.getExecutionMetrics('x', { depth: 0 })
    assert.equal(depth(), undefined)
  })
})

describe('pages of the console and texts of identifiers', () => {
  const quiet = FlyteRemote.forEndpoint('flyte.example.com', place)
  const run = { ...place, name: 'f1' }
  const node = { executionId: run, nodeId: 'n0' }

  it('are not made of what says too little, and the field is named', async () => {
    for (const [path, entity] of [
      ['entity', quiet.fetchTaskLazy('t')],
      ['entity', Promise.resolve(run).then((run) => run)],
      ['entity.nodeId', { executionId: run }],
      ['entity.nodeId', { signalId: 's', executionId: run, type: 'bool', isSet: false }],
      ['entity.taskId.name', { taskId: {}, nodeExecutionId: node }],
      ['entity.retryAttempt', { taskId: id('TASK'), nodeExecutionId: node, retryAttempt: 'x' }],
      ['entity.name', { name: {} }],
      ['entity.name', { name: '\ud800' }],
      ['entity.version', { kind: 'task', name: 'x', version: {} }],
      ['entity.kind', { kind: Symbol('task'), name: 'x' }],
      ['entity', Symbol('x')],
      ['entity', { id: 'x' }],
    ]) {
      const error = await failure(() => quiet.generateConsoleUrl(entity))
      assert.ok(error instanceof FlyteValueError, error.stack)
      assert.equal(error.path, path, error.message)
    }
  })

  it('take references', () => {
    assert.equal(formatIdentifier({ kind: 'launchPlan', ...place, name: 'n', version: 'v' }), 'lp:p:d:n:v')
    assert.equal(formatIdentifier({ kind: 'task', ...place, name: 'n', version: '' }), 'tsk:p:d:n:')
    for (const [path, entity] of [
      ['entity.kind', { kind: 'plan', ...place, name: 'n', version: 'v' }],
      ['entity.version', { kind: 'task', ...place, name: 'n' }],
      ['entity.name', { ...place, name: {} }],
      ['entity.name', { ...place, name: 'a:b' }],
      ['entity', node],
    ]) {
      assert.throws(
        () => formatIdentifier(entity),
        (error) => error instanceof FlyteValueError && error.path === path,
      )
    }
  })
})

describe('filters', () => {
  it('refuse what is no text, number or date without a crash', () => {
    for (const [path, act] of [
      ['ms', () => filter.duration('gt', null)],
      ['ms', () => filter.duration('gt', true)],
      ['ms', () => filter.duration('gt', 5n)],
      ['ms', () => filter.duration('gt', Number.NaN)],
      ['op', () => filter.duration('like', 5)],
      ['op', () => filter.duration(Symbol('gt'), 5)],
      ['filters', () => filter.all({})],
      ['filters', () => filter.all(['eq(a,b)'])],
      ['filters', () => filter.parse(undefined)],
      ['filters', () => filter.parse(5)],
      ['value', () => filter.eq('name', Symbol('x'))],
      ['key', () => filter.eq(Symbol('x'), 'name')],
      ['values', () => filter.in('name', Symbol('x'))],
      ['key', () => filter.label('a,b', 'c')],
    ]) {
      assert.throws(act, (error) => error instanceof FlyteError && error.path === path && error.message.startsWith(path), String(act))
    }
  })

  it('keep white space through a list and back', async () => {
    const { remote, requests } = server()
    for (const value of [' x ', ' ', '\t', '  x', 'x ', 'x']) {
      const text = filter.eq('name', value)
      assert.deepEqual(filter.parse(text), [{ op: 'eq', key: 'name', value }])
      await remote.listTasks({ filters: text }).next()
      assert.equal(proto.toJson('flyteidl.admin.ResourceListRequest', requests.at(-1)).filters, text)
    }
    assert.deepEqual(filter.parse('eq(name, x)'), [{ op: 'eq', key: 'name', value: 'x' }])
  })

  it('that are empty are none, alone and in a list', async () => {
    const { remote, requests } = server()
    for (const filters of ['', [], [''], filter.all(), [filter.all()], [undefined, null]]) {
      await remote.listTasks({ filters }).next()
      assert.equal(proto.toJson('flyteidl.admin.ResourceListRequest', requests.at(-1)).filters, undefined)
    }
  })
})
