// FlyteRemote against the sandbox: what a user does first.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import {
  AlreadyExistsError,
  CancelledError,
  FlyteAssertionError,
  FlyteError,
  FlyteRemote,
  FlyteUserError,
  FlyteValueError,
  InvalidInputError,
  NotFoundError,
  proto,
  TimeoutError,
  UnavailableError,
  UploadError,
} from 'flyte-remote'
import { double, PLACE, sandboxWithWorkflows, shellTask, workflowOf } from './fixtures.mjs'

let sandbox
let remote

before(async () => {
  ;({ sandbox, remote } = await sandboxWithWorkflows())
})

after(() => sandbox.close())

const failure = (promise) =>
  promise.then(
    () => assert.fail('it did not fail'),
    (error) => error,
  )

describe('forEndpoint', () => {
  it('sends nothing', () => {
    const quiet = FlyteRemote.forEndpoint('https://flyte.example.com/', { ...PLACE, fetch: () => assert.fail('it fetched') })
    assert.equal(quiet.endpoint, 'https://flyte.example.com')
    assert.deepEqual([quiet.project, quiet.domain], ['flytesnacks', 'development'])
  })

  it('refuses an endpoint that is no URL', () => {
    assert.throws(
      () => FlyteRemote.forEndpoint('ftp://x'),
      (error) => error instanceof FlyteValueError && /endpoint/.test(error.message),
    )
  })

  it('refuses a misspelt option, naming those there are', () => {
    assert.throws(
      () => FlyteRemote.forEndpoint('http://x', { projekt: 'p' }),
      (error) => error.path === 'options.projekt' && /project, domain/.test(error.message),
    )
  })

  it('refuses metadata that cannot be sent', () => {
    assert.throws(() => FlyteRemote.forEndpoint('http://x', { metadata: { 'bad name': 'x' } }), /bad name/)
  })
})

describe('fetching', () => {
  it('gives a task, workflow and launch plan by name, the newest version', async () => {
    await remote.registerSpecs({ tasks: [shellTask('double', {}, {}, 'true', { version: 'v0-late' })] })
    assert.equal((await remote.fetchTask({ name: 'double' })).version, 'v0-late')
    const task = await remote.fetchTask({ name: 'double', version: 'v1' })
    assert.deepEqual(task.inputs, [{ name: 'n', type: 'int', description: '', required: true }])
    assert.deepEqual(task.id, { resourceType: 'TASK', ...PLACE, name: 'double', version: 'v1' })
    const workflow = await remote.fetchWorkflow('double_wf')
    assert.deepEqual(workflow.outputs, [{ name: 'm', type: 'int', description: '' }])
    const plan = await remote.fetchLaunchPlan('lp:flytesnacks:development:double_wf:v1')
    assert.equal(plan.workflowId.name, 'double_wf')
    assert.equal(plan.toJSON().spec.workflowId.name, 'double_wf')
  })

  it('says what is not there', async () => {
    const error = await failure(remote.fetchWorkflow({ name: 'nope', version: 'v1' }))
    assert.ok(
      error instanceof NotFoundError && error instanceof FlyteAssertionError && error instanceof FlyteError && error instanceof Error,
    )
    assert.match(error.message, /wf:flytesnacks:development:nope:v1/)
    assert.deepEqual([error.code, error.grpcCode, error.retryable], ['NOT_FOUND', 5, false])
    assert.ok((await failure(remote.fetchTask({ name: 'nope' }))) instanceof NotFoundError)
  })

  it('refuses a reference without a name before sending', async () => {
    const error = await failure(FlyteRemote.forEndpoint('http://x', PLACE).fetchTask({ name: '' }))
    assert.ok(error instanceof FlyteValueError)
    assert.equal(error.path, 'name')
  })
})

describe('registerSpecs', () => {
  it('says what was new and what was there', async () => {
    const again = await remote.registerSpecs({ tasks: [double], workflows: [workflowOf(double, 'double_wf')] })
    assert.deepEqual([again.tasks[0].created, again.workflows[0].created, again.launchPlans[0].created], [false, false, false])
  })

  it('takes protobuf bytes', async () => {
    const spec = shellTask('from_bytes', {}, {}, 'true')
    const { tasks } = await remote.registerSpecs({ tasks: [proto.fromJson('flyteidl.admin.TaskSpec', spec)] })
    assert.deepEqual(tasks, [{ id: { resourceType: 'TASK', ...PLACE, name: 'from_bytes', version: 'v1' }, created: true }])
  })

  it('refuses another structure under the same identifier', async () => {
    const other = shellTask('double', {}, {}, 'false')
    const error = await failure(remote.registerSpecs({ tasks: [other] }))
    assert.ok(error instanceof InvalidInputError)
    assert.match(error.message, /different structure/)
  })

  it('names the field that is wrong', async () => {
    const error = await failure(remote.registerSpecs({ tasks: [{ template: { container: { images: 'x' } } }] }))
    assert.equal(error.path, 'specs.tasks[0].template.container.images')
    assert.match(error.message, /specs\.tasks\[0\]/)
  })
})

describe('execute', () => {
  it('runs a workflow, a launch plan, a task and a reference, and gives their outputs', async () => {
    const workflow = await remote.fetchWorkflow('double_wf')
    const plan = await remote.fetchLaunchPlan('double_wf')
    const task = await remote.fetchTask({ name: 'double', version: 'v1' })
    const reference = { kind: 'launchPlan', name: 'double_wf' }
    const runs = await Promise.all(
      [workflow, plan, task, reference].map((entity, n) => remote.execute(entity, { inputs: { n }, wait: true })),
    )
    assert.deepEqual(await Promise.all(runs.map(async (run) => (await run.outputs()).get('m'))), [0, 2, 4, 6])
    assert.deepEqual(
      runs.map((run) => run.launchPlan.resourceType),
      ['LAUNCH_PLAN', 'LAUNCH_PLAN', 'TASK', 'LAUNCH_PLAN'],
    )
  })

  it('shows progress and ends at the terminal phase with its nodes', async () => {
    const run = await remote.execute({ kind: 'workflow', name: 'double_wf' }, { inputs: { n: 21n } })
    const phases = []
    await run.wait({ intervalMs: 20, onProgress: (now) => phases.push(now.phase) })
    assert.equal(phases.at(-1), 'SUCCEEDED')
    assert.ok(run.isDone && run.isSuccessful && run.error === undefined && run.durationMs > 0 && run.startedAt instanceof Date)
    const node = run.nodeExecutions.find((one) => one.nodeId === 'n0')
    assert.deepEqual([node.phase, node.taskExecutions[0].phase, node.taskExecutions[0].attempt], ['SUCCEEDED', 'SUCCEEDED', 0])
    assert.deepEqual((await run.inputs()).toObject(), { n: 21 })
    assert.equal(run.toJSON().closure.phase, 'SUCCEEDED')
  })

  it('converts lists, maps, dates and floats by the declared types', async () => {
    const inputs = { words: ['ä', 'b'], counts: { a: 1, b: 2n }, when: new Date('2026-01-31T10:00:00.250Z'), ratio: 2 }
    const run = await remote.execute({ kind: 'workflow', name: 'echo_wf' }, { inputs, wait: true })
    assert.equal(run.phase, 'SUCCEEDED', JSON.stringify(run.isSuccessful || run.error))
    const literals = (await run.inputs()).toLiterals()
    assert.equal(literals.ratio.scalar.primitive.floatValue, 2)
    assert.equal(literals.counts.map.literals.b.scalar.primitive.integer, '2')
    assert.deepEqual((await run.inputs()).toObject(), { ...inputs, counts: { a: 1, b: 2 } })
    const { seen, ...rest } = (await run.outputs()).toObject()
    assert.deepEqual(rest, { when: inputs.when, ratio: 2 })
    assert.match(seen, /ä.*b/)
  })

  it('tells all mistakes at once and sends nothing', async () => {
    const plan = await remote.fetchLaunchPlan('echo_wf')
    const error = await failure(remote.execute(plan, { inputs: { words: ['a', 3], ratio: 'x', extra: 1 } }))
    assert.ok(error instanceof FlyteValueError && error instanceof FlyteUserError)
    assert.deepEqual(error.problems.map((problem) => problem.path).sort(), [
      'inputs.counts',
      'inputs.extra',
      'inputs.ratio',
      'inputs.when',
      'inputs.words[1]',
    ])
  })

  it('takes a name once', async () => {
    const entity = { kind: 'workflow', name: 'double_wf' }
    await remote.execute(entity, { inputs: { n: 1 }, name: 'named-once' })
    assert.ok((await failure(remote.execute(entity, { inputs: { n: 1 }, name: 'named-once' }))) instanceof AlreadyExistsError)
    assert.match((await remote.execute(entity, { inputs: { n: 1 }, namePrefix: 'adhoc' })).name, /^adhoc-/)
    assert.ok((await failure(remote.execute(entity, { inputs: { n: 1 }, name: 'Not A Name' }))) instanceof FlyteValueError)
  })

  it('takes the execution of that name when asked, and says how it differs', async () => {
    const entity = { kind: 'workflow', name: 'double_wf' }
    const first = await remote.execute(entity, { inputs: { n: 1 }, name: 'twice', onExisting: 'return' })
    assert.equal(first.existing, undefined)
    const again = await remote.execute(entity, { inputs: { n: 1 }, name: 'twice', onExisting: 'return' })
    assert.deepEqual([again.name, again.existing], ['twice', { entityDiffers: false, differingInputs: [] }])
    const other = await remote.execute(entity, { inputs: { n: 2 }, name: 'twice', onExisting: 'return' })
    assert.deepEqual(other.existing, { entityDiffers: false, differingInputs: ['n'] })
    const task = await remote.execute(
      { kind: 'task', name: 'double', version: 'v1' },
      { inputs: { n: 1 }, name: 'twice', onExisting: 'return' },
    )
    assert.deepEqual(task.existing, { entityDiffers: true, differingInputs: [] })
    assert.ok((await failure(remote.execute(entity, { inputs: { n: 1 }, onExisting: 'maybe' }))) instanceof FlyteValueError)
  })

  it('sends every field of the spec', async () => {
    const entity = { kind: 'workflow', name: 'double_wf', version: 'v1' }
    const options = {
      notifications: [{ phases: ['FAILED'], email: ['a@b.c'] }],
      serviceAccount: 'sa',
      securityContext: { runAs: { iamRole: 'role' }, secrets: [{ key: 'k' }] },
      qualityOfService: { spec: { queueingBudget: '60s' } },
      executionEnvAssignments: [{ nodeIds: ['n0'], taskType: 'python-task' }, { nodeIds: ['n1'] }],
      executionMetadata: { nesting: 3 },
      authRole: { kubernetesServiceAccount: 'old' },
    }
    const { spec } = await remote.execute(entity, { dryRun: true, inputs: { n: 2 }, ...options })
    assert.deepEqual(spec.notifications, { notifications: [{ phases: ['FAILED'], email: { recipientsEmail: ['a@b.c'] } }] })
    assert.deepEqual(spec.securityContext, { runAs: { iamRole: 'role', k8sServiceAccount: 'sa' }, secrets: [{ key: 'k' }] })
    assert.deepEqual(spec.qualityOfService, { spec: { queueingBudget: '60s' } })
    assert.deepEqual(spec.executionEnvAssignments, [{ nodeIds: ['n0'], taskType: 'python-task' }, { nodeIds: ['n1'] }])
    assert.deepEqual(spec.metadata, { principal: 'placeholder', nesting: 3 })
    assert.deepEqual(spec.authRole, { kubernetesServiceAccount: 'old' })
    for (const [wrong, place] of [
      [{ notifications: [{ phases: ['FAILED'] }] }, /notifications\[0\]/],
      [{ notifications: [{ phases: ['RUNNING'], slack: ['a@b.c'] }] }, /phases/],
      [{ qualityOfService: { tier: 'BEST' } }, /tier/],
      [{ executionEnvAssignments: [{ node: 1 }] }, /executionEnvAssignments/],
    ]) {
      assert.match((await failure(remote.execute(entity, { dryRun: true, inputs: { n: 2 }, ...wrong }))).message, place)
    }
  })

  it('gives the error of an execution that failed, and no outputs', async () => {
    const run = await remote.execute({ kind: 'workflow', name: 'fail_wf' }, { wait: true })
    assert.equal(run.phase, 'FAILED')
    assert.match(run.error.message, /the disk is on fire/)
    assert.ok((await failure(run.outputs())) instanceof FlyteAssertionError)
  })
})

describe('a running execution', () => {
  it('times out waiting, is not done, and can be terminated', async () => {
    const run = await remote.execute({ kind: 'workflow', name: 'sleep_wf' })
    assert.ok((await failure(run.wait({ timeoutMs: 200 }))) instanceof TimeoutError)
    assert.equal(run.isDone, false)
    assert.throws(() => run.error, FlyteAssertionError)
    assert.ok((await failure(run.outputs())) instanceof FlyteAssertionError)
    await run.terminate('enough')
    await run.wait({ timeoutMs: 10_000 })
    assert.equal(run.phase, 'ABORTED')
    assert.equal(run.abort.cause, 'enough')
  })

  it('stops waiting when the signal aborts, with its reason', async () => {
    const run = await remote.execute({ kind: 'workflow', name: 'sleep_wf' })
    const reason = new Error('the user left')
    const error = await failure(run.wait({ signal: abortAfter(100, reason) }))
    assert.ok(error instanceof CancelledError)
    assert.equal(error.cause, reason)
    await remote.terminate(run, 'clean up')
  })

  it('rejects with what the promise of onProgress rejects with, which nobody else would see', async () => {
    const run = await remote.execute({ kind: 'task', name: 'sleep' })
    const thrown = new Error('mine')
    const onProgress = async () => {
      throw thrown
    }
    await assert.rejects(run.wait({ intervalMs: 20, onProgress }), (error) => error === thrown)
    await run.terminate('enough')
  })

  it('rejects with what onProgress throws', async () => {
    const run = await remote.execute({ kind: 'workflow', name: 'double_wf' }, { inputs: { n: 1 } })
    const mine = new Error('mine')
    const error = await failure(
      run.wait({
        onProgress: () => {
          throw mine
        },
      }),
    )
    assert.equal(error, mine)
    await run.wait()
  })
})

function abortAfter(ms, reason) {
  const controller = new AbortController()
  setTimeout(() => controller.abort(reason), ms)
  return controller.signal
}

describe('recentExecutions', () => {
  it('goes through all pages, the newest first, attached', async () => {
    const seen = []
    for await (const execution of remote.recentExecutions({ pageSize: 2 })) seen.push(execution)
    assert.ok(seen.length >= 10)
    assert.equal(new Set(seen.map((one) => one.name)).size, seen.length)
    const times = seen.map((one) => one.createdAt.getTime())
    assert.deepEqual(
      times,
      [...times].sort((a, b) => b - a),
    )
    await seen[0].sync({ nodes: true })
  })

  it('ends at the limit and when the caller has enough', async () => {
    const limited = []
    for await (const execution of remote.recentExecutions({ limit: 3, pageSize: 2 })) limited.push(execution.name)
    assert.equal(limited.length, 3)
    for await (const _ of remote.recentExecutions({ pageSize: 1 })) break
  })

  it('filters', async () => {
    for await (const execution of remote.recentExecutions({ filters: 'eq(phase,FAILED)' })) assert.equal(execution.phase, 'FAILED')
    assert.throws(() => remote.recentExecutions({ filters: 'what?' }), FlyteValueError)
    const iterator = remote.recentExecutions({ filters: 'eq(colour,red)' })
    assert.ok((await failure(iterator.next())) instanceof InvalidInputError)
  })
})

describe('uploadFile', () => {
  const folder = mkdtempSync(join(tmpdir(), 'flyte-remote-upload-'))
  after(() => rmSync(folder, { recursive: true, force: true }))

  const stored = async (uri) => {
    const { signedUrl } = await remote.client.createDownloadLocation({ nativeUrl: uri })
    return (await fetch(signedUrl)).text()
  }

  it('stores bytes, a Blob, a File and a path', async () => {
    const path = join(folder, 'data.csv')
    writeFileSync(path, 'a,b\n1,2\n')
    const sources = [
      new TextEncoder().encode('a,b\n1,2\n'),
      new Blob(['a,b\n1,2\n'], { type: 'text/csv' }),
      new File(['a,b\n1,2\n'], 'f.csv'),
      path,
      new URL(`file://${path}`),
    ]
    for (const source of sources) {
      const file = await remote.uploadFile(source)
      assert.deepEqual([file.md5, file.size], ['e5ebd4c02cefbe7955977c67ada242b7', 8])
      assert.equal(await stored(file.uri), 'a,b\n1,2\n')
    }
  })

  it('tells its progress for a file', async () => {
    const path = join(folder, 'large.bin')
    writeFileSync(path, new Uint8Array(3_000_000))
    const seen = []
    await remote.uploadFile(path, { onProgress: ({ sent, total }) => seen.push([sent, total]) })
    assert.deepEqual(seen.at(-1), [3_000_000, 3_000_000])
    assert.ok(seen.length > 2)
  })

  it('says what cannot be read, and what is nothing to upload', async () => {
    assert.ok((await failure(remote.uploadFile(join(folder, 'nope')))) instanceof UploadError)
    assert.ok((await failure(remote.uploadFile(folder))) instanceof UploadError)
    assert.ok((await failure(remote.uploadFile(42))) instanceof FlyteValueError)
  })
})

describe('the server', () => {
  it('out of reach is UnavailableError with the platform error as its cause', async () => {
    const nobody = FlyteRemote.forEndpoint('http://127.0.0.1:9', { ...PLACE, retries: 0 })
    const error = await failure(nobody.fetchTask({ name: 'x', version: 'v' }))
    assert.ok(error instanceof UnavailableError)
    assert.match(error.message, /http:\/\/127\.0\.0\.1:9/)
    assert.ok(error.cause instanceof TypeError)
    assert.equal(error.retryable, true)
  })
})

describe('lazy entities', () => {
  it('are fetched once, when they are needed, and again only after a failure', async () => {
    let [calls, broken] = [0, true]
    const counting = FlyteRemote.forEndpoint(sandbox.url, {
      ...PLACE,
      retries: 0,
      fetch: (url, init) => {
        calls += 1
        return broken ? Promise.reject(new TypeError('no network')) : fetch(url, init)
      },
    })
    const lazy = counting.fetchWorkflowLazy({ name: 'double_wf', version: 'v1' })
    assert.deepEqual([lazy.name, lazy.isFetched, calls], ['double_wf', false, 0])
    assert.ok((await failure(lazy.entity())) instanceof UnavailableError)
    broken = false
    calls = 0
    const [one, other] = await Promise.all([lazy, lazy.entity()])
    assert.equal(one, other)
    assert.deepEqual([one.name, lazy.isFetched, calls], ['double_wf', true, 1])
    const run = await counting.execute(lazy, { inputs: { n: 3 } })
    await run.wait()
    assert.deepEqual((await run.outputs()).toObject(), { m: 6 })
    assert.equal(counting.fetchTaskLazy('tsk:p:d:some.task:v1').name, 'some.task')
    assert.throws(() => counting.fetchTaskLazy({}), FlyteValueError)
  })
})

describe('a dry run', () => {
  it('gives the request and creates nothing', async () => {
    const entity = { kind: 'workflow', name: 'double_wf', version: 'v1' }
    const request = await remote.execute(entity, { dryRun: true, name: 'never-made', inputs: { n: 2 }, tags: ['dry'] })
    assert.deepEqual(
      [request.project, request.domain, request.name, request.spec.tags],
      [PLACE.project, PLACE.domain, 'never-made', ['dry']],
    )
    assert.equal(request.inputs.literals.n.scalar.primitive.integer, '2')
    assert.equal(request.spec.launchPlan.name, 'double_wf')
    assert.ok((await failure(remote.fetchExecution('never-made'))) instanceof NotFoundError)
    assert.ok((await failure(remote.execute(entity, { dryRun: true, inputs: {} }))).problems.length === 1)
    const run = proto.fromJson('flyteidl.admin.ExecutionCreateRequest', request)
    await remote.client.unary('/flyteidl.service.AdminService/CreateExecution', run)
    assert.equal((await remote.fetchExecution('never-made')).name, 'never-made')
  })
})

describe('launch plans', () => {
  it('are activated, fetched as the active one, and deactivated', async () => {
    const plan = await remote.fetchLaunchPlan({ name: 'double_wf', version: 'v1' })
    await remote.activateLaunchPlan(plan)
    const active = await remote.fetchActiveLaunchPlan('double_wf')
    assert.deepEqual([active.version, active.isActive], ['v1', true])
    await remote.deactivateLaunchPlan({ ...PLACE, name: 'double_wf', version: 'v1' })
    assert.ok((await failure(remote.fetchActiveLaunchPlan({ name: 'double_wf' }))) instanceof NotFoundError)
    assert.ok((await failure(remote.activateLaunchPlan({ name: 'double_wf' }))) instanceof FlyteValueError)
  })
})

describe('nodes at all levels', () => {
  it('has those of sub-workflows and launched executions, their attempts and values', async () => {
    const inner = workflowOf(double, 'tree.inner')
    const [innerId, outerId] = [inner.template.id, { ...inner.template.id, name: 'tree.outer' }]
    const bind = (from, to = from) => [{ var: 'n', binding: { promise: { nodeId: from, var: to } } }]
    const outer = {
      subWorkflows: [inner.template],
      template: {
        ...inner.template,
        id: outerId,
        nodes: [
          { id: 'sub', metadata: { name: 'sub' }, workflowNode: { subWorkflowRef: innerId }, inputs: bind('start-node', 'n') },
          {
            id: 'plan',
            metadata: { name: 'plan' },
            workflowNode: { launchplanRef: { ...innerId, resourceType: 'LAUNCH_PLAN' } },
            inputs: bind('start-node', 'n'),
          },
        ],
        outputs: [{ var: 'm', binding: { promise: { nodeId: 'sub', var: 'm' } } }],
      },
    }
    await remote.registerSpecs({ tasks: [double], workflows: [inner] })
    await remote.registerSpecs({ workflows: [outer] })
    const run = await remote.execute({ kind: 'workflow', name: 'tree.outer', version: 'v1' }, { inputs: { n: 4 } })
    assert.equal(await remote.wait(run), run)
    const names = run.walk().map((node) => node.nodeId)
    assert.deepEqual(names.filter((name) => !/(start|end)-node$/.test(name)).sort(), ['plan', 'sub', 'sub-0-n0'])
    const sub = run.node('sub')
    assert.deepEqual(
      Object.keys(sub.subworkflowNodeExecutions),
      sub.nodeExecutions.map((node) => node.nodeId),
    )
    const [child] = run.node('plan').workflowExecutions
    assert.deepEqual([child.phase, child.parent.nodeId, child.parent.execution.name], ['SUCCEEDED', 'plan', run.name])
    await child.sync()
    const leaf = run.node('sub-0-n0')
    assert.equal(leaf.taskExecutions.length, 1)
    assert.deepEqual((await leaf.outputs()).toObject(), { m: 8 })
    assert.deepEqual((await leaf.inputs()).toObject(), { n: 4 })
    assert.deepEqual((await leaf.taskExecutions[0].outputs()).toObject(), { m: 8 })
    await remote.syncNodeExecution(sub, { nodes: true, data: 'eager' })
    await remote.syncTaskExecution(leaf.taskExecutions[0])
    const flat = await remote.fetchExecution(run.name)
    await flat.sync({ depth: 1 })
    assert.deepEqual(
      flat.walk().map((node) => node.nodeId),
      flat.nodeExecutions.map((node) => node.nodeId),
    )
    assert.deepEqual(
      flat.nodeExecutions.flatMap((node) => node.taskExecutions),
      [],
    )
  })

  it('refuses odd options', async () => {
    const run = await remote.fetchExecution((await firstOf(remote.recentExecutions())).name)
    for (const [options, path] of [
      [{ data: 'now' }, 'options.data'],
      [{ concurrency: 0 }, 'options.concurrency'],
      [{ depth: -1 }, 'options.depth'],
      [{ node: true }, 'options.node'],
    ]) {
      const error = await failure(run.sync(options))
      assert.ok(error.message.includes(path), error.message)
    }
    assert.match((await failure(remote.waitAll([run, {}]))).message, /executions\[1\]/)
  })
})

describe('watch', () => {
  it('tells what moves as columns, and ends with the end', async () => {
    const run = await remote.execute({ kind: 'workflow', name: 'tree.outer', version: 'v1' }, { inputs: { n: 5 } })
    const table = []
    const phases = []
    for await (const change of run.watch()) {
      const { rows } = change
      for (let i = 0; i < rows.length; i++) table[rows.index[i]] = { id: rows.nodeId[i], phase: rows.phase[i], parent: rows.parent[i] }
      assert.deepEqual([table.length, change.loaded], [change.total, change.total])
      assert.ok(rows.startedAt instanceof Float64Array && rows.phase instanceof Uint8Array)
      phases.push(change.phase)
      assert.equal(change.isDone, change.execution.isDone)
    }
    assert.equal(phases.at(-1), 'SUCCEEDED')
    assert.ok(table.every((row) => row.phase === 3))
    const inside = table.find((row) => row.id === 'sub-0-n0')
    assert.equal(table[inside.parent].id, 'sub')
    assert.equal(run.walk().length, table.length)
  })

  it('ends without an error when it is aborted, and with the loop', async () => {
    const gate = shellTask('slow', {}, {}, 'sleep 20')
    await remote.registerSpecs({ tasks: [gate] })
    const run = await remote.execute({ kind: 'task', name: 'slow', version: 'v1' })
    const abort = new AbortController()
    let changes = 0
    for await (const _ of run.watch({ signal: abort.signal })) {
      changes += 1
      setTimeout(() => abort.abort(), 50)
    }
    assert.ok(changes >= 1 && !run.isDone)
    for await (const _ of run.watch()) break
    assert.equal((await failure(drain(run.watch({ timeoutMs: 300 })))).name, 'TimeoutError')
    await run.terminate('seen enough')
    const others = [run, await remote.execute({ kind: 'workflow', name: 'tree.outer', version: 'v1' }, { inputs: { n: 6 } })]
    await remote.waitAll(others)
    assert.deepEqual(
      others.map((one) => one.phase),
      ['ABORTED', 'SUCCEEDED'],
    )
  })
})

async function firstOf(items) {
  for await (const item of items) return item
}

async function drain(items) {
  for await (const _ of items);
}
