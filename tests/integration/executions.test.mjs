// Executions: names, inputs, labels; relaunch, recover, archive, terminate.

import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { play, wholeRun } from './script.mjs'
import {
  boolean,
  client,
  datetime,
  domain,
  execute,
  executionId,
  float,
  fresh,
  integer,
  literals,
  PLACE,
  plan,
  planId,
  project,
  refused,
  registered,
  simple,
  string,
  task,
  taskId,
  workflow,
  workflowId,
} from './support.mjs'

let etl

before(async () => {
  etl = await registered('etl')
})

const created = (more) => client.createExecution({ ...PLACE, spec: { launchPlan: etl.plan }, inputs: literals({ n: 1 }), ...more })
const get = (id) => client.getExecution({ id })

describe('creating', () => {
  it('answers the id, and the execution waits', async () => {
    const name = fresh('plain')
    const { id } = await created({ name })
    assert.deepEqual(id, { ...PLACE, name })
    const { spec, closure } = await get(id)
    assert.deepEqual(spec.launchPlan, etl.plan)
    assert.equal(closure.phase ?? 'UNDEFINED', 'UNDEFINED')
    assert.deepEqual(closure.workflowId, etl.workflow)
    assert.ok(closure.createdAt && closure.updatedAt && !closure.startedAt)
    assert.equal(closure.stateChangeDetails?.state ?? 'EXECUTION_ACTIVE', 'EXECUTION_ACTIVE')
    assert.equal(spec.metadata.mode ?? 'MANUAL', 'MANUAL')
    assert.deepEqual(spec.metadata.systemMetadata.namespace, `${project}-${domain}`)
  })

  it('fills in the parallelism and an identity', async () => {
    const { spec } = await get(await execute(etl.plan))
    assert.equal(spec.maxParallelism, 25)
    assert.deepEqual(spec.securityContext, { runAs: {} })
    const own = await get(await execute(etl.plan, { maxParallelism: 3, securityContext: { runAs: { k8sServiceAccount: 'robot' } } }))
    assert.equal(own.spec.maxParallelism, 3)
    assert.deepEqual(own.spec.securityContext, { runAs: { k8sServiceAccount: 'robot' } })
    const empty = await get(await execute(etl.plan, { securityContext: { runAs: { k8sServiceAccount: '' } } }))
    assert.deepEqual(empty.spec.securityContext, { runAs: {} })
  })

  it('takes the old role for an identity', async () => {
    const { spec } = await get(await execute(etl.plan, { authRole: { kubernetesServiceAccount: 'old-robot' } }))
    assert.equal(spec.securityContext.runAs.k8sServiceAccount, 'old-robot')
  })

  it('keeps what the request says', async () => {
    const given = {
      labels: { values: { team: 'a' } },
      annotations: { values: { 'example.com/why': 'because of it' } },
      tags: ['nightly', 'x'],
      envs: { values: [{ key: 'A', value: 'b' }] },
      rawOutputDataConfig: { outputLocationPrefix: 's3://elsewhere/raw' },
      overwriteCache: true,
      interruptible: true,
      disableAll: true,
      executionClusterLabel: { value: 'gpu' },
    }
    const { spec } = await get(await execute(etl.plan, given))
    for (const [name, value] of Object.entries(given)) assert.deepEqual(spec[name], value, name)
  })

  it('runs an inactive launch plan, and a task by itself', async () => {
    assert.equal((await client.getLaunchPlan({ id: etl.plan })).closure.state ?? 'INACTIVE', 'INACTIVE')
    const { spec, closure } = await get(await execute(etl.task))
    assert.deepEqual(spec.launchPlan, etl.task)
    assert.equal(closure.workflowId.name, '.flytegen.etl')
  })

  it('makes a hidden workflow and launch plan around a task', async () => {
    await execute(etl.task)
    assert.equal((await client.getWorkflow({ id: workflowId('.flytegen.etl') })).id.name, '.flytegen.etl')
    assert.equal((await client.getLaunchPlan({ id: planId('.flytegen.etl') })).id.name, '.flytegen.etl')
    const { entities } = await client.listNamedEntities({ ...PLACE, resourceType: 'WORKFLOW', limit: 100 })
    assert.ok(!entities.some((entity) => entity.id.name.startsWith('.flytegen')))
    const all = await client.listNamedEntities({ ...PLACE, resourceType: 'WORKFLOW', limit: 100, filters: 'contains(name,flytegen)' })
    assert.equal(all.entities[0].metadata.state, 'SYSTEM_GENERATED')
  })
})

describe('names', () => {
  it('are made up when none is given: a letter and nineteen more', async () => {
    const { id } = await created({})
    assert.match(id.name, /^a[bcdfghjklmnpqrstvwxz2456789]{19}$/)
  })

  for (const name of ['a', 'Abc', `n-${'x'.repeat(61)}`, 'trailing-', 'a1']) {
    it(`may be ${name.length > 20 ? '63 characters long' : name}`, async () => {
      const { id } = await created({ name })
      assert.equal(id.name, name)
      assert.equal((await get({ ...PLACE, name })).id.name, name)
    })
  }

  for (const [name, message] of [
    ['1run', /invalid name format/],
    ['-run', /invalid name format/],
    ['a_b', /invalid name format/],
    ['a.b', /invalid name format/],
    ['a b', /invalid name format/],
    ['größe', /invalid name format/],
    [`n${'x'.repeat(63)}`, /exceeded length 63/],
  ]) {
    it(`may not be ${name.length > 20 ? '64 characters long' : name}`, async () => {
      await refused(created({ name }), 'INVALID_ARGUMENT', message)
    })
  }

  it('are taken only once', async () => {
    const name = fresh('taken')
    await created({ name })
    await refused(created({ name }), 'ALREADY_EXISTS', /value with matching already exists/)
  })

  it('are free in another domain', async () => {
    const name = fresh('elsewhere')
    await created({ name })
    const { id } = await created({ name, domain: 'staging' })
    assert.equal(id.domain, 'staging')
  })
})

describe('what a request needs', () => {
  for (const [what, change, message] of [
    ['a project', { project: '' }, /missing project/],
    ['a domain', { domain: '' }, /missing domain/],
    ['a known project', { project: 'nobody-knows' }, /failed to validate that project \[nobody-knows\]/],
    ['a known domain', { domain: 'moon' }, /domain \[moon\] is unrecognized by system/],
    ['a spec', { spec: null }, /missing spec/],
    ['something to run', { spec: {} }, /missing id/],
    ['a launch plan or a task', { spec: { launchPlan: workflowId('etl') } }, /Invalid reference entity resource type \[WORKFLOW\]/],
    ['a version', { spec: { launchPlan: planId('etl', '') } }, /missing version/],
  ]) {
    it(what, async () => {
      const error = await refused(created({ name: fresh('needs'), ...change }), 'INVALID_ARGUMENT', message)
      assert.equal(error.name, 'InvalidInputError')
    })
  }

  it('an active project', async () => {
    const old = `${project}-old`
    await client.registerProject({ project: { id: old, name: 'old' } })
    await client.updateProject({ id: old, name: 'old', state: 'ARCHIVED' })
    const error = await refused(created({ project: old }), 'INVALID_ARGUMENT', /not active/)
    assert.equal(error.details[0].id, old)
  })

  it('a launch plan that is there', async () => {
    await refused(created({ spec: { launchPlan: planId('nothing') } }), 'NOT_FOUND', /missing entity of type LAUNCH_PLAN/)
    await refused(created({ spec: { launchPlan: taskId('nothing') } }), 'NOT_FOUND', /missing entity of type TASK/)
  })

  for (const [what, labels, message] of [
    ['at most 16 labels', Object.fromEntries(Array.from({ length: 17 }, (_, at) => [`k${at}`, 'v'])), /cannot exceed 16/],
    ['label keys of Kubernetes', { 'no spaces please': 'v' }, /invalid label key/],
    ['label values of Kubernetes', { team: 'no spaces please' }, /invalid label value/],
    ['short label values', { team: 'x'.repeat(64) }, /invalid label value/],
  ]) {
    it(what, async () => {
      await refused(created({ spec: { launchPlan: etl.plan, labels: { values: labels } } }), 'INVALID_ARGUMENT', message)
    })
  }

  it('16 labels are not too many', async () => {
    const values = Object.fromEntries(Array.from({ length: 16 }, (_, at) => [`example.com/k${at}`, `v${at}`]))
    const { spec } = await get(await execute(etl.plan, { labels: { values } }))
    assert.deepEqual(spec.labels.values, values)
  })
})

describe('inputs', () => {
  const TYPES = { i: 'INTEGER', f: 'FLOAT', s: 'STRING', b: 'BOOLEAN', d: 'DATETIME' }
  const GOOD = { i: integer(1), f: float(1.5), s: string('x'), b: boolean(true), d: datetime('2026-01-02T03:04:05Z') }
  let full

  before(async () => {
    full = await registered('full', { inputs: TYPES, outputs: {} })
    await client.createTask(task('unary', { outputs: {} }))
    await client.createWorkflow(workflow('unary', { runs: taskId('unary'), outputs: {} }))
    const runs = workflowId('unary')
    await client.createLaunchPlan(
      plan('defaulted', { runs, defaultInputs: { parameters: { n: { var: simple('INTEGER'), default: integer(7) } } } }),
    )
    await client.createLaunchPlan(plan('fixed', { runs, fixedInputs: literals({ n: 9 }) }))
  })

  const full_ = (literals) => execute(full.plan, { inputs: { literals } })

  it('of every simple type are taken', async () => {
    const id = await full_(GOOD)
    assert.deepEqual((await client.getExecutionData({ id })).fullInputs.literals, GOOD)
  })

  it('that are missing are named', async () => {
    const { s, ...rest } = GOOD
    await refused(full_(rest), 'INVALID_ARGUMENT', /expected_inputs s missing/)
    assert.ok(s)
  })

  it('that nobody expects are refused', async () => {
    await refused(full_({ ...GOOD, q: integer(1) }), 'INVALID_ARGUMENT', /invalid input q/)
  })

  for (const [name, value, expected] of [
    ['i', string('1'), 'simple:INTEGER'],
    ['i', float(1), 'simple:INTEGER'],
    ['f', integer(1), 'simple:FLOAT'],
    ['s', integer(1), 'simple:STRING'],
    ['b', string('true'), 'simple:BOOLEAN'],
    ['d', string('2026-01-02T03:04:05Z'), 'simple:DATETIME'],
    ['i', { collection: { literals: [integer(1)] } }, 'simple:INTEGER'],
  ]) {
    it(`of a wrong type are refused: ${Object.keys(value.scalar?.primitive ?? value)[0]} for ${expected}`, async () => {
      const error = await refused(full_({ ...GOOD, [name]: value }), 'INVALID_ARGUMENT', new RegExp(`invalid ${name} input wrong type`))
      assert.match(error.message, new RegExp(expected.replace(':', ':\\s*')))
    })
  }

  it('need a value', async () => {
    await refused(execute(etl.plan, { inputs: { literals: { n: {} } } }), 'INVALID_ARGUMENT', /missing valid literal in inputs n/)
  })

  it('that are times have to be within the range of times', async () => {
    await full_({ ...GOOD, d: datetime('0001-01-01T00:00:00Z') })
    await full_({ ...GOOD, d: datetime('9999-12-31T23:59:59.999999999Z') })
  })

  it('have defaults', async () => {
    const id = await execute(planId('defaulted'), { inputs: {} })
    assert.deepEqual((await client.getExecutionData({ id })).fullInputs, literals({ n: 7 }))
    const own = await execute(planId('defaulted'), { inputs: literals({ n: 8 }) })
    assert.deepEqual((await client.getExecutionData({ id: own })).fullInputs, literals({ n: 8 }))
  })

  it('that are fixed are filled in, and cannot be given', async () => {
    const id = await execute(planId('fixed'), { inputs: {} })
    assert.deepEqual((await client.getExecutionData({ id })).fullInputs, literals({ n: 9 }))
    await refused(
      execute(planId('fixed'), { inputs: literals({ n: 9 }) }),
      'INVALID_ARGUMENT',
      /invalid input n|fixed_inputs n cannot be overridden/,
    )
  })

  it('may come in the spec, as they once did', async () => {
    const id = await execute(etl.plan, { inputs: {}, ...{} }).catch(() => undefined)
    assert.equal(id, undefined)
    const { id: old } = await client.createExecution({
      ...PLACE,
      name: fresh('old'),
      spec: { launchPlan: etl.plan, inputs: literals({ n: 4 }) },
    })
    assert.deepEqual((await client.getExecutionData({ id: old })).fullInputs, literals({ n: 4 }))
  })
})

describe('reading', () => {
  it('an execution that is not there', async () => {
    await refused(get(executionId('nothing')), 'NOT_FOUND', /missing entity of type execution with identifier .*nothing/)
    await refused(client.getExecutionData({ id: executionId('nothing') }), 'NOT_FOUND')
  })

  for (const [field, message] of [
    ['project', /missing project/],
    ['domain', /missing domain/],
    ['name', /missing name/],
  ]) {
    it(`needs a ${field}`, async () => {
      await refused(get({ ...executionId('x'), [field]: '' }), 'INVALID_ARGUMENT', message)
    })
  }
})

describe('relaunching', () => {
  it('runs the same inputs again and tells where they are from', async () => {
    const first = await execute(etl.plan, { inputs: literals({ n: 3 }), labels: { values: { team: 'a' } } })
    const name = fresh('again')
    const { id } = await client.relaunchExecution({ id: first, name })
    assert.equal(id.name, name)
    const { spec } = await get(id)
    assert.equal(spec.metadata.mode, 'RELAUNCH')
    assert.deepEqual(spec.metadata.referenceExecution, first)
    assert.deepEqual(spec.labels.values, { team: 'a' })
    assert.deepEqual((await client.getExecutionData({ id })).fullInputs, literals({ n: 3 }))
  })

  it('makes up a name, and may overwrite the cache', async () => {
    const first = await execute(etl.plan)
    const { id } = await client.relaunchExecution({ id: first, overwriteCache: true })
    assert.match(id.name, /^a[a-z0-9]{19}$/)
    assert.equal((await get(id)).spec.overwriteCache, true)
  })

  it('of a task execution', async () => {
    const first = await execute(etl.task, { inputs: literals({ n: 5 }) })
    const { id } = await client.relaunchExecution({ id: first, name: fresh('again') })
    const { spec } = await get(id)
    assert.deepEqual(spec.launchPlan, etl.task)
    assert.deepEqual((await client.getExecutionData({ id })).fullInputs, literals({ n: 5 }))
  })

  it('is refused for what is not there, for a name that is taken, for a name that is none', async () => {
    const first = await execute(etl.plan)
    await refused(client.relaunchExecution({ id: executionId('nothing'), name: fresh() }), 'NOT_FOUND')
    await refused(client.relaunchExecution({ id: first, name: first.name }), 'ALREADY_EXISTS')
    await refused(client.relaunchExecution({ id: first, name: 'No Name' }), 'INVALID_ARGUMENT', /invalid name format/)
  })
})

describe('recovering', () => {
  it('runs again from a failed execution, and from any other', async () => {
    const failed = await execute(etl.plan, { inputs: literals({ n: 3 }) })
    await play(failed, wholeRun('FAILED'), { task: etl.task })
    const { id } = await client.recoverExecution({ id: failed, name: fresh('recovered') })
    const { spec } = await get(id)
    assert.equal(spec.metadata.mode, 'RECOVERED')
    assert.deepEqual(spec.metadata.referenceExecution, failed)
    assert.deepEqual((await client.getExecutionData({ id })).fullInputs, literals({ n: 3 }))
    const waiting = await execute(etl.plan)
    await client.recoverExecution({ id: waiting, name: fresh('recovered') })
  })

  it('is refused for what is not there, and for a name that is taken', async () => {
    const first = await execute(etl.plan)
    await refused(client.recoverExecution({ id: executionId('nothing'), name: fresh() }), 'NOT_FOUND')
    await refused(client.recoverExecution({ id: first, name: first.name }), 'ALREADY_EXISTS')
  })
})

describe('archiving', () => {
  it('hides an execution from lists until it is back', async () => {
    const id = await execute(etl.plan, { name: fresh('hidden') })
    const listed = async () =>
      (await client.listExecutions({ id: PLACE, limit: 5, filters: `eq(execution_name,${id.name})` })).executions?.length ?? 0
    assert.equal(await listed(), 1)
    await client.updateExecution({ id, state: 'EXECUTION_ARCHIVED' })
    assert.equal(await listed(), 0)
    assert.equal((await get(id)).closure.stateChangeDetails.state, 'EXECUTION_ARCHIVED')
    await client.updateExecution({ id, state: 'EXECUTION_ACTIVE' })
    assert.equal(await listed(), 1)
  })

  it('is refused for what is not there', async () => {
    await refused(client.updateExecution({ id: executionId('nothing'), state: 'EXECUTION_ARCHIVED' }), 'NOT_FOUND')
    await refused(client.updateExecution({ id: executionId(''), state: 'EXECUTION_ARCHIVED' }), 'INVALID_ARGUMENT', /missing name/)
  })
})

describe('terminating', () => {
  it('aborts, with the cause; the end is reported by whoever runs it', async () => {
    const id = await execute(etl.plan)
    await play(id, '. RUNNING 0')
    await client.terminateExecution({ id, cause: 'enough' })
    const { closure } = await get(id)
    assert.equal(closure.phase, 'ABORTING')
    assert.equal(closure.abortMetadata.cause, 'enough')
    await play(id, '. ABORTED 5 @error=Aborted:enough')
    assert.equal((await get(id)).closure.phase, 'ABORTED')
  })

  it('works before anything was reported, and again while it aborts', async () => {
    const id = await execute(etl.plan)
    await client.terminateExecution({ id, cause: 'first' })
    await client.terminateExecution({ id, cause: 'second' })
    assert.equal((await get(id)).closure.abortMetadata.cause, 'second')
  })

  it('takes no more than the end while it aborts', async () => {
    const id = await execute(etl.plan)
    await client.terminateExecution({ id, cause: 'enough' })
    await refused(play(id, '. RUNNING 1'), 'FAILED_PRECONDITION', /[Aa]bort/)
  })

  for (const phase of ['SUCCEEDED', 'FAILED', 'ABORTED', 'TIMED_OUT']) {
    it(`is refused after ${phase}, which the details tell`, async () => {
      const id = await execute(etl.plan)
      await play(id, `. RUNNING 0\n. ${phase} 1 ${phase === 'SUCCEEDED' ? 'm=1' : '@error=E:it_ended'}`)
      const error = await refused(client.terminateExecution({ id, cause: 'late' }), 'FAILED_PRECONDITION', /already terminated/)
      assert.deepEqual(error.details[0].alreadyInTerminalState, { currentPhase: phase })
    })
  }

  it('is refused for what is not there', async () => {
    await refused(client.terminateExecution({ id: executionId('nothing') }), 'NOT_FOUND')
    await refused(client.terminateExecution({ id: executionId('') }), 'INVALID_ARGUMENT', /missing name/)
  })
})

describe('a launch plan that limits how many run', () => {
  it('skips the next one while one runs', async () => {
    const limited = {
      id: planId('limited'),
      spec: { workflowId: etl.workflow, concurrencyPolicy: { max: 1, behavior: 'CONCURRENCY_LIMIT_BEHAVIOR_SKIP' } },
    }
    await client.createLaunchPlan(limited)
    const first = await execute(planId('limited'))
    await execute(planId('limited'))
    await play(first, '. RUNNING 0')
    await refused(execute(planId('limited')), 'ALREADY_EXISTS', /concurrency limit \(1\) reached for launch plan limited/)
    await play(first, '. SUCCEEDED 1 m=1')
    await execute(planId('limited'))
  })
})
