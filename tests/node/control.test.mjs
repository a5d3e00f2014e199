// Running an execution again, archiving it, giving it what it waits for; metrics and pages of the console.

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import {
  AlreadyExistsError,
  FlyteExecutionSpan,
  FlyteRemote,
  FlyteValueError,
  FlyteWorkflowExecution,
  formatIdentifier,
  NotFoundError,
  parseIdentifier,
  proto,
} from 'flyte-remote'
import { scripted } from '../replay/scripted.mjs'
import { PLACE, sandboxWithWorkflows } from './fixtures.mjs'
import { until } from './wire.mjs'

let sandbox
let remote

const integer = { type: { simple: 'INTEGER' } }
const promise = (nodeId, name) => ({ promise: { nodeId, var: name } })

/** Asks for a number, then for an approval, and gives the number back. */
const asking = {
  template: {
    id: { resourceType: 'WORKFLOW', ...PLACE, name: 'asking', version: 'v1' },
    interface: { inputs: { variables: {} }, outputs: { variables: { m: integer } } },
    metadata: {},
    metadataDefaults: {},
    nodes: [
      { id: 'ask', metadata: {}, gateNode: { signal: { signalId: 'number', type: integer.type, outputVariableName: 'o0' } } },
      {
        id: 'ok',
        metadata: {},
        gateNode: { approve: { signalId: 'go' } },
        inputs: [{ var: 'v', binding: promise('ask', 'o0') }],
        upstreamNodeIds: ['ask'],
      },
      {
        id: 'n',
        metadata: {},
        taskNode: { referenceId: { resourceType: 'TASK', ...PLACE, name: 'double', version: 'v1' } },
        inputs: [{ var: 'n', binding: promise('ok', 'v') }],
        upstreamNodeIds: ['ok'],
      },
    ],
    outputs: [{ var: 'm', binding: promise('n', 'm') }],
  },
}

before(async () => {
  ;({ sandbox, remote } = await sandboxWithWorkflows())
  await remote.registerSpecs({ workflows: [asking] })
})

after(() => sandbox.close())

const failure = (promise) =>
  promise.then(
    () => assert.fail('it did not fail'),
    (error) => error,
  )

const all = async (list) => {
  const items = []
  for await (const item of list) items.push(item)
  return items
}

describe('relaunch and recover', () => {
  it('run it again under a new name, attached', async () => {
    const first = await remote.execute({ kind: 'workflow', name: 'double_wf' }, { inputs: { n: 4 }, wait: true })
    const again = await first.relaunch({ namePrefix: 'again', overwriteCache: true })
    assert.ok(again instanceof FlyteWorkflowExecution)
    assert.match(again.name, /^again-/)
    await again.wait()
    assert.equal((await again.outputs()).get('m'), 8)
    assert.equal(again.toJSON().spec.metadata.mode, 'RELAUNCH')
    const recovered = await remote.recover(first, { name: 'recovered-1' })
    await recovered.wait()
    assert.deepEqual([recovered.name, recovered.phase], ['recovered-1', 'SUCCEEDED'])
    assert.equal(recovered.toJSON().spec.metadata.referenceExecution.name, first.name)
    assert.ok((await failure(remote.relaunch(first.name, { name: 'recovered-1' }))) instanceof AlreadyExistsError)
  })

  it('refuse wrong options and unknown executions', async () => {
    assert.ok((await failure(remote.relaunch('nope'))) instanceof NotFoundError)
    assert.equal((await failure(remote.relaunch('x', { name: 'Not A Name' }))).path, 'name')
    assert.equal((await failure(remote.recover('x', { overwriteCache: true }))).path, 'options.overwriteCache')
  })
})

describe('the archive', () => {
  it('hides an execution from lists until it is taken out', async () => {
    const run = await remote.execute({ kind: 'workflow', name: 'double_wf' }, { inputs: { n: 1 }, wait: true })
    const listed = async () => (await all(remote.listExecutions())).some(({ name }) => name === run.name)
    assert.deepEqual([run.isArchived, await listed()], [false, true])
    assert.equal(await run.archive(), run)
    assert.deepEqual([run.isArchived, await listed()], [true, false])
    const back = await remote.unarchive(run.name)
    assert.deepEqual([back.isArchived, back.phase, await listed()], [false, 'SUCCEEDED', true])
    assert.ok((await failure(remote.archive('nope'))) instanceof NotFoundError)
  })
})

describe('signals', () => {
  it('are listed, set with their type, and approved', async () => {
    const run = await remote.execute({ kind: 'workflow', name: 'asking' })
    await until(async () => (await all(run.listSignals())).length > 0, 'a signal')
    assert.deepEqual(await all(run.listSignals()), [{ signalId: 'number', executionId: run.id, type: 'int', isSet: false }])
    assert.deepEqual(await all(remote.listSignals(run.name, { filters: 'eq(signal_id,go)' })), [])

    const wrong = await failure(run.setSignal('number', 'three'))
    assert.ok(wrong instanceof FlyteValueError)
    assert.match(wrong.message, /expected int/)
    const unknown = await failure(run.setSignal('nmber', 3))
    assert.ok(unknown instanceof NotFoundError)
    assert.match(unknown.message, /it has number/)
    assert.ok((await failure(run.approve('number'))) instanceof FlyteValueError)

    await remote.setInput(run, 'number', 21)
    await until(async () => (await all(run.listSignals())).length > 1, 'the approval')
    const [number, go] = await all(run.listSignals())
    assert.deepEqual([number.isSet, number.value, go.signalId, go.type], [true, 21, 'go', 'bool'])
    await run.sync({ nodes: true })
    const waiting = run.nodeExecutions.find(({ nodeId }) => nodeId === 'ok')
    assert.equal(remote.generateConsoleUrl(waiting), `${run.executionUrl}?nodeId=ok`)
    await run.approve('go')
    await run.wait()
    assert.equal((await run.outputs()).get('m'), 42)
  })

  it('reject what waits for an approval', async () => {
    const run = await remote.execute({ kind: 'workflow', name: 'asking' })
    await until(async () => (await all(run.listSignals())).length > 0, 'a signal')
    await run.setInput('number', 1)
    await until(async () => (await all(run.listSignals())).length > 1, 'the approval')
    await remote.reject(run, 'go')
    await run.wait()
    assert.equal(run.phase, 'FAILED')
  })
})

describe('execution metrics', () => {
  const at = (seconds) => new Date(Date.UTC(2026, 0, 31, 10, 0, seconds)).toISOString()
  const span = {
    workflowId: { project: 'p', domain: 'd', name: 'run' },
    startTime: at(0),
    endTime: at(9),
    spans: [
      { operationId: 'WORKFLOW_SETUP', startTime: at(0), endTime: at(1) },
      {
        nodeId: { nodeId: 'n0' },
        startTime: at(1),
        endTime: at(9),
        spans: [{ taskId: { retryAttempt: 1 }, startTime: at(2), endTime: at(8) }],
      },
    ],
  }

  it('are a tree, rows and texts', async () => {
    const { remote, requests } = scripted(() => proto.fromJson('flyteidl.admin.WorkflowExecutionGetMetricsResponse', { span }))
    const metrics = await remote.getExecutionMetrics({ name: 'run' }, { depth: 3 })
    const id = { project: 'p', domain: 'd', name: 'run' }
    assert.deepEqual(proto.toJson('flyteidl.admin.WorkflowExecutionGetMetricsRequest', requests[0]), { id, depth: 3 })
    assert.ok(metrics instanceof FlyteExecutionSpan)
    assert.deepEqual([metrics.kind, metrics.name, metrics.durationMs, metrics.spans[1].spans[0].name], ['workflow', 'run', 9000, '1'])
    assert.deepEqual(
      metrics.rows().map(({ depth, kind, name, entity, durationMs }) => [depth, kind, name, entity, durationMs]),
      [
        [0, 'workflow', 'run', 'workflow/run', 9000],
        [1, 'operation', 'WORKFLOW_SETUP', 'workflow/run', 1000],
        [1, 'node', 'n0', 'node/n0', 8000],
        [2, 'task', '1', 'task/1', 6000],
      ],
    )
    assert.deepEqual(metrics.rows()[3].startedAt, new Date(at(2)))
    const local = new Date(at(1))
    const clock = [local.getHours(), local.getMinutes(), local.getSeconds()].map((part) => String(part).padStart(2, '0')).join(':')
    assert.match(metrics.explain(), new RegExp(`WORKFLOW_SETUP .* ${clock}\\.000000 +1\\.00s {4}workflow/run\\n$`))
    assert.match(metrics.dump(), /^run:\n {2}breakdown:\n {4}WORKFLOW_SETUP: 1\.0\n {2}nodes:\n/)
    assert.deepEqual(metrics.toJSON().spans.length, 2)
  })

  it('name their keys as PyYAML does', () => {
    for (const [operationId, line] of [
      ['0abc', '0abc: 1.0'],
      ['1a-2.b/c', '1a-2.b/c: 1.0'],
      ['1e5', '1e5: 1.0'],
      ['012', "'012': 1.0"],
      ['1.5', "'1.5': 1.0"],
      ['2026-01-31', "'2026-01-31': 1.0"],
      ['Off', "'Off': 1.0"],
      ["it's a:b", "it's a:b: 1.0"],
      ['a: b', "'a: b': 1.0"],
      ['é "日" 🚀', '"\\xE9 \\"\\u65E5\\" \\U0001F680": 1.0'],
      ['x'.repeat(122), `${'x'.repeat(122)}: 1.0`],
      ['x'.repeat(128), `? ${'x'.repeat(128)}\n    : 1.0`],
    ]) {
      const metrics = new FlyteExecutionSpan({
        workflowId: { name: 'run' },
        spans: [{ operationId, startTime: at(0), endTime: at(1) }],
      })
      assert.equal(metrics.dump(), `run:\n  breakdown:\n    ${line}\n\n`)
    }
  })

  it('round as Python does', () => {
    const row = (ms) =>
      new FlyteExecutionSpan({ operationId: 'A', startTime: at(0), endTime: new Date(Date.parse(at(0)) + ms).toISOString() })
    for (const [ms, text] of [
      [125, '0.12'],
      [375, '0.38'],
      [625, '0.62'],
      [875, '0.88'],
      [1005, '1.00'],
      [1015, '1.01'],
      [-125, '-0.12'],
    ]) {
      assert.match(row(ms).explain({ utc: true }), new RegExp(` ${text}s`), String(ms))
    }
  })
})

describe('identifiers and pages of the console', () => {
  const quiet = FlyteRemote.forEndpoint('flyte.example.com', PLACE)
  const base = 'https://flyte.example.com/console/projects/flytesnacks/domains/development'
  const execution = { ...PLACE, name: 'f1' }
  const node = { executionId: execution, nodeId: 'n0 ä' }
  const task = { resourceType: 'TASK', ...PLACE, name: 'pkg.a/b', version: 'v#1' }

  it('are made for every kind, names encoded', () => {
    for (const [entity, path] of [
      [execution, '/executions/f1'],
      ['ex:flytesnacks:development:f1', '/executions/f1'],
      [node, '/executions/f1?nodeId=n0%20%C3%A4'],
      [{ taskId: task, nodeExecutionId: node, retryAttempt: 2 }, '/executions/f1/nodeId/n0%20%C3%A4/taskId/pkg.a%2Fb/attempt/2/view/logs'],
      [task, '/task/pkg.a%2Fb/version/v%231'],
      [{ kind: 'task', name: 'n:x', version: '1.0+cuda@a==' }, '/task/n:x/version/1.0+cuda@a=='],
      [{ ...node, nodeId: 'n&0' }, '/executions/f1?nodeId=n%260'],
      [{ kind: 'launchPlan', name: 'etl' }, '/launchPlans/etl'],
      [{ kind: 'workflow', name: 'etl', version: 'v1' }, '/workflow/etl/version/v1'],
      [{ name: 'f1' }, '/executions/f1'],
    ]) {
      assert.equal(quiet.generateConsoleUrl(entity), base + path)
    }
  })

  it('are made of fetched entities, executions, nodes and attempts', async () => {
    const run = await remote.execute({ kind: 'workflow', name: 'double_wf' }, { inputs: { n: 1 }, wait: true })
    assert.equal(remote.generateConsoleUrl(run), run.executionUrl)
    const fetched = await remote.fetchTask({ name: 'double', version: 'v1' })
    assert.match(remote.generateConsoleUrl(fetched), /\/task\/double\/version\/v1$/)
    assert.match(remote.generateConsoleUrl(await remote.fetchLaunchPlan('double_wf')), /\/launch_plan\/double_wf\/version\/v1$/)
    const [attempt] = run.nodeExecutions.find(({ nodeId }) => nodeId === 'n0').taskExecutions
    assert.match(remote.generateConsoleUrl(attempt), /\/nodeId\/n0\/taskId\/double\/attempt\/0\/view\/logs$/)
    assert.equal(formatIdentifier(run), `ex:${PLACE.project}:${PLACE.domain}:${run.name}`)
    assert.equal(formatIdentifier(fetched), `tsk:${PLACE.project}:${PLACE.domain}:double:v1`)
    assert.match(formatIdentifier(attempt), /^te:.*:n0:.*:double:v1:0$/)
  })

  it('are read back, and what is read can be fetched', async () => {
    for (const id of [execution, node, task, { ...task, version: '' }]) {
      assert.deepEqual(parseIdentifier(quiet.generateConsoleUrl(id)), id)
    }
    assert.deepEqual(parseIdentifier(quiet.generateConsoleUrl({ taskId: task, nodeExecutionId: node })), node)
    const page = remote.generateConsoleUrl(await remote.fetchTask({ name: 'double', version: 'v1' }))
    assert.equal((await remote.fetchTask(parseIdentifier(page))).name, 'double')
  })

  it('are refused for anything else, naming what is missing', () => {
    for (const text of [
      'te:p:d:n:n0:p:d:t:v:4294967296',
      '',
      'x',
      'ex:a:b',
      'https://flyte.example.com/',
      `${base}/secrets/x`,
      `${base}/executions/%zz`,
      `${base}/executions`,
    ]) {
      assert.throws(() => parseIdentifier(text), FlyteValueError, text)
    }
    for (const [entity, path] of [
      [{}, 'entity.name'],
      [{ kind: 'project', name: 'x' }, 'entity.kind'],
      [7, 'entity'],
      [undefined, 'entity'],
      [{ executionId: {}, nodeId: 'n0' }, 'entity.name'],
    ]) {
      assert.throws(
        () => quiet.generateConsoleUrl(entity),
        (error) => error instanceof FlyteValueError && error.path === path,
      )
    }
    for (const none of [node, { ...task, name: 'a:b' }, { ...execution, name: undefined }]) {
      assert.throws(() => formatIdentifier(none), FlyteValueError)
    }
  })
})
