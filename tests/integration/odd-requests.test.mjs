// Odd texts where FlyteAdmin parses one: schedules, quantities, labels, ids, filters, tokens. What FlyteAdmin 1.16.8 answered is in
// tests/vectors/odd_requests.json; FLYTE_RECORD=1 writes it anew.

import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { isDeepStrictEqual } from 'node:util'
import { recorded } from './recorded.mjs'
import { play } from './script.mjs'
import {
  client,
  datetime,
  execute,
  fresh,
  PLACE,
  plan,
  planId,
  project,
  random,
  refused,
  registered,
  server,
  task,
  workflowId,
} from './support.mjs'

const known = recorded('odd_requests', 1)

/** What the sandbox answers otherwise; docs/sandbox.md tells why. */
const SANDBOX = {
  'TZ=Nope 0 0 * * *': 'OK',
  'gt(started_at,now)': 'UNKNOWN',
  'gt(started_at,yesterday)': 'UNKNOWN',
  'lt(started_at,infinity)': 'UNKNOWN',
  'contains(spec,x)': 'UNKNOWN',
  'contains(inputs_uri,s3)': [],
}

/** Sends a request for each text; the answers by text: rows, `OK`, or the code of the refusal. */
async function answers(title, texts, send) {
  const found = {}
  for (const text of texts) {
    found[text] = await send(text).then(
      (rows) => (Array.isArray(rows) ? rows : 'OK'),
      (error) => error.code ?? String(error),
    )
  }
  const expected = { ...known(title, found) }
  if (server === 'sandbox') for (const text of Object.keys(expected)) expected[text] = SANDBOX[text] ?? expected[text]
  const other = texts.filter((text) => !isDeepStrictEqual(found[text], expected[text]))
  assert.deepEqual(
    Object.fromEntries(other.map((text) => [text, found[text]])),
    Object.fromEntries(other.map((text) => [text, expected[text]])),
  )
}

const lines = (text) =>
  text
    .split('\n')
    .map((line) => line.slice(2))
    .filter(Boolean)

describe('schedules', () => {
  before(() => registered('timed', { inputs: { day: 'DATETIME' } }))
  const scheduled = (schedule) =>
    client.createLaunchPlan(
      plan(fresh('c'), { runs: workflowId('timed'), entityMetadata: { schedule: { kickoffTimeInputArg: 'day', ...schedule } } }),
    )
  const CRONS = lines(`
  * * * * *
  */5 * * * *
  0 0 1 1 *
  60 * * * *
  * 24 * * *
  * * 0 * *
  * * 32 * *
  * * * 13 *
  * * * * 7
  * * * * 8
  * * * * SUN
  * * * JAN *
  * * * jan-mar *
  1-5 * * * *
  5-1 * * * *
  1,2,3 * * * *
  1-10/2 * * * *
  */0 * * * *
  ? * * * ?
  * * * * * *
  * * * *
  @daily
  @hourly
  @every 1h
  @every 1h30m
  @every 0s
  @every -1h
  @every 5x
  @every
  @yearly
  @annually
  @monthly
  @weekly
  @midnight
  @reboot
  @nope
  CRON_TZ=UTC * * * * *
  TZ=Europe/Berlin 0 0 * * *
  TZ=Nope 0 0 * * *
  L * * * *
  1/2 * * * *
  a * * * *
  -1 * * * *
  0 0 29 2 *
  *  *  *  *  *
   * * * * *
  1-5/0 * * * *
  1- * * * *
  0 0 ? * MON-FRI
  0 0 ? * FRI-MON
  0 10 * * ? *
  cron(0 10 * * ? *)`)

  it('as cron schedules', () => answers('cronSchedule', CRONS, (schedule) => scheduled({ cronSchedule: { schedule } })))
  it('as old cron expressions', () => answers('cronExpression', CRONS, (cronExpression) => scheduled({ cronExpression })))
  it('as rates', () =>
    answers('rate', ['0 MINUTE', '5 DAY', '1 HOUR'], (text) =>
      scheduled({ rate: { value: Number.parseInt(text, 10), unit: text.split(' ')[1] } }),
    ))
})

describe('quantities', () => {
  // Up to what the platform's limits are where FlyteAdmin has the suite's configuration: 4 CPUs, 4Gi of memory, 1 GPU.
  const VALUES = [
    '1',
    '0',
    '-1',
    '0.5',
    '500m',
    '1.5',
    '',
    'abc',
    '1 Gi',
    '1m',
    '0.1m',
    '1n',
    '1u',
    '+1',
    '1.',
    '.5',
    '1e',
    '1Gi1',
    '0x1',
    '1e0',
    '1E0',
    '4',
    '1i',
    '1K',
  ]
  for (const name of ['CPU', 'GPU', 'MEMORY', 'STORAGE', 'EPHEMERAL_STORAGE', 'UNKNOWN']) {
    const values = name === 'GPU' ? VALUES.filter((value) => !['4', '1.5'].includes(value)) : VALUES
    it(`as requests of ${name}`, () =>
      answers(`request ${name}`, values, (value) =>
        client.createTask(task(fresh('q'), { container: { resources: { requests: [{ name, value }] } } })),
      ))
    it(`as limits of ${name}`, () =>
      answers(`limit ${name}`, values, (value) =>
        client.createTask(task(fresh('q'), { container: { resources: { limits: [{ name, value }] } } })),
      ))
    it(`as requests and limits of ${name}`, () =>
      answers(`both ${name}`, ['1 1', '1 0', '0 1', '500m 1', '1 500m', '1 1000m', '1.0 1'], (text) => {
        const [request, limit] = text.split(' ')
        const resources = { requests: [{ name, value: request }], limits: [{ name, value: limit }] }
        return client.createTask(task(fresh('q'), { container: { resources } }))
      }))
  }

  it('twice', () =>
    answers('twice', ['CPU', 'STORAGE'], (name) =>
      client.createTask(
        task(fresh('q'), {
          container: {
            resources: {
              limits: [
                { name, value: '1' },
                { name, value: '1' },
              ],
            },
          },
        }),
      ),
    ))

  it('beyond the limits of the platform, which the sandbox has not', async () => {
    const request = task(fresh('q'), { container: { resources: { requests: [{ name: 'CPU', value: '4001m' }] } } })
    if (server === 'sandbox') await client.createTask(request)
    else await refused(client.createTask(request), 'INVALID_ARGUMENT', /greater than current limit set in the platform configuration \[4\]/)
  })
})

describe('labels and ids', () => {
  before(() => registered('labelled', { inputs: { day: 'DATETIME' } }))
  const launched = (spec) =>
    execute(planId('labelled'), {
      name: `${fresh('l')}-${random()}`,
      inputs: { literals: { day: datetime('2026-01-01T00:00:00Z') } },
      ...spec,
    })
  const KEYS = [
    'a',
    'A',
    'a.b',
    'a_b',
    'a-b',
    '-a',
    'a-',
    '.a',
    'a.',
    'a/b',
    'a.b/c',
    'A/b',
    'a_b/c',
    '/b',
    'a/',
    'a/b/c',
    'ä',
    '',
    '1',
    'a b',
    'a..b/c',
    '.a/b',
    '-a/b',
  ]
  const LONG = ['x'.repeat(63), 'x'.repeat(64), `${'a'.repeat(253)}/b`, `${'a'.repeat(254)}/b`]
  it('label keys', () => answers('label keys', [...KEYS, ...LONG], (key) => launched({ labels: { values: { [key]: 'v' } } })))
  it('label values', () =>
    answers('label values', [...KEYS, ...LONG.slice(0, 2)], (value) => launched({ labels: { values: { k: value } } })))
  it('annotations, which are not looked at', () =>
    answers('annotations', KEYS, (key) => launched({ annotations: { values: { [key]: key } } })))
  it('execution names', () =>
    answers('execution names', ['A', 'a_b', 'a.b', '-a', 'a-', '1', 'ä', 'a b', 'a1', 'aB'], (text) => {
      const name = /^[a-z].*[a-z0-9]$/i.test(text) ? `${text}${random()}` : text.replace(/-$/, `${random()}-`)
      return execute(planId('labelled'), {
        name: name === 'A' ? `A${random()}` : name,
        inputs: { literals: { day: datetime('2026-01-01T00:00:00Z') } },
      })
    }))
  it('project ids', () =>
    answers('project ids', ['A', 'a_b', 'a.b', '-a', 'a-', 'ä', 'a b', '1', 'a'], (text) => {
      const id = /^[a-z1]$/.test(text) ? `${text}${random()}` : text
      return client.registerProject({ project: { id, name: 'x' } })
    }))
})

describe('filters', () => {
  before(async () => {
    const { plan, task } = await registered('etl')
    for (const name of ['a', 'b', 'c']) {
      const id = await execute(plan, { name: `${name}-${project}`, labels: { values: { team: name } } })
      if (name !== 'c') await play(id, `. RUNNING 0\n. ${name === 'a' ? 'SUCCEEDED 5' : 'FAILED 7 @error=E:x'}`, { task })
    }
  })
  const list = async (filters, more) => {
    const sortBy = { key: 'execution_name', direction: 'ASCENDING' }
    // Nothing else of this file is looked at.
    const own = `${filters}+contains(execution_name,${project})`
    const { executions = [] } = await client.listExecutions({ id: PLACE, limit: 100, filters: own, sortBy, ...more })
    return executions.map((execution) => execution.id.name.slice(0, 1))
  }

  const FILTERS = lines(`
  eq(phase,SUCCEEDED)
  eq(phase,succeeded)
  eq(phase,4)
  ne(phase,SUCCEEDED)
  gt(phase,QUEUED)
  contains(phase,ED)
  not_like(phase,%ED)
  value_in(phase,SUCCEEDED;FAILED)
  value_in(phase,)
  value_not_in(phase,SUCCEEDED)
  eq(state,0)
  eq(state,1)
  eq(state,0.0)
  eq(state, 0)
  eq(state,+0)
  gt(state,-1)
  value_in(state,0;1)
  value_in(state,0;x)
  contains(state,0)
  eq(duration,5)
  eq(duration,5s)
  eq(duration,5000ms)
  eq(duration,5.0)
  eq(duration,1h)
  gte(duration,5)
  value_in(duration,5;7)
  gt(duration,-1)
  eq(duration,)
  eq(duration,5 s)
  eq(duration,1d)
  gt(duration,1e1)
  eq(duration,0x5)
  eq(duration,inf)
  eq(duration,nan)
  gt(started_at,2026-01-01)
  gt(started_at,2026-01-01T00:00:00Z)
  gt(started_at,now)
  gt(started_at,yesterday)
  gt(started_at,2026)
  lt(started_at,infinity)
  eq(started_at,2026-01-02T03:04:05Z)
  eq(started_at,2026-01-02 03:04:05)
  gt(StartedAt,2026-01-01T00:00:00Z)
  gt(created_at,1970-01-01)
  eq(mode,0)
  eq(mode,MANUAL)
  eq(user,)
  eq(user,x)
  ne(user,x)
  eq(cluster,)
  ne(cluster,x)
  eq(error_code,E)
  ne(error_code,E)
  eq(error_kind,USER)
  ne(error_kind,USER)
  value_not_in(error_kind,USER)
  eq(abort_cause,)
  ne(abort_cause,x)
  eq(spec,x)
  contains(spec,x)
  eq(deleted_at,x)
  gt(id,0)
  gt(id,x)
  eq(launch_plan_id,0)
  gt(launch_plan_id,0)
  eq(task_id,0)
  eq(source_execution_id,0)
  eq(parent_node_execution_id,0)
  eq(launch_entity,launch_plan)
  eq(launch_entity,LAUNCH_PLAN)
  gt(workflow.id,0)
  gt(launch_plan.id,0)
  eq(launch_plan.state,0)
  eq(launch_plan.schedule_type,NONE)
  eq(launch_plan.workflow_id,0)
  eq(task.type,raw-container)
  eq(execution_tag.key,team)
  eq(execution_tag.value,a)
  ne(execution_tag.value,a)
  eq(execution_tag.execution_name,a)
  eq(execution_tag.foo,a)
  eq(admin_tag.name,team)
  eq(execution_admin_tag.x,1)
  eq(project.name,x)
  eq(signal.signal_id,x)
  eq(entities.name,x)
  eq(named_entity_metadata.name,x)
  eq(node_execution.phase,x)
  eq(execution.phase,FAILED)
  eq (phase,FAILED)
  eq(phase ,FAILED)
  eq(phase,FAILED )
  eq(phase,  FAILED)
  eq(phase,FAILED))
  eq((phase,FAILED)
  eq(phase,(FAILED))
   eq(phase,FAILED)
  eq(phase,FAILED)${' '}
  (phase,FAILED)
  eq[phase,FAILED]
  eq(phase,A,B)
  eq(phase,"FAILED")
  eq(phase,'FAILED')
  eq(phase,FAILED%)
  contains(phase,%)
  contains(phase,_)
  contains(phase,\\)
  eq(phase,FAILED;)
  eq(phase,;)
  eq(phase,;FAILED)
  value_in(phase,;FAILED)
  value_in(phase,FAILED;FAILED)
  contains(phase,A;B)
  not_like(phase,A;B)
  gt(duration,5;7)
  gt(started_at,2026-01-01T00:00:00Z;2026-01-02T00:00:00Z)
  eq(phase,FAILED)+
  +eq(phase,FAILED)
  eq(phase,FAILED)++eq(phase,FAILED)
  eq(phase,FAILED) + eq(state,0)
  eq(phase,FAILED)+eq(phase,SUCCEEDED)
  in(phase,FAILED)
  Eq(phase,FAILED)
  eq(Phase,FAILED)
  eq(phase)
  eq(,x)
  eq(phase,,)
  eq(phase, )
  eq(phase,ä)
  gt(updated_at,2020-01-01)
  gt(execution_updated_at,2020-01-01)
  contains(inputs_uri,s3)
  eq(execution_domain,development)
  eq(execution_project,x)`)

  it('of executions', () => answers('filters', FILTERS, list))

  it('with odd tokens', () =>
    answers('tokens', ['0', '1', '01', '+1', '1_0', '1 ', '9999999999', '99999999999999999999', '-0', '-1', '0x1', '1e1'], (token) =>
      list('eq(state,0)', { token }),
    ))
})
