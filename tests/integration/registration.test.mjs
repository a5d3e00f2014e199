// Registering tasks, workflows and launch plans: what is required, what is refused, what is known already.

import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import {
  client,
  datetime,
  differs,
  domain,
  fresh,
  integer,
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

describe('a task', () => {
  it('is there after it was registered, as it was sent', async () => {
    const request = task('plain', { spec: { description: { shortDescription: 'doubles a number' } } })
    await client.createTask(request)
    const found = await client.getTask({ id: taskId('plain') })
    assert.deepEqual(found.id, taskId('plain'))
    assert.equal(found.shortDescription, 'doubles a number')
    const { template } = found.closure.compiledTask
    assert.deepEqual(template.container.command, ['sh', '-c', 'true'])
    assert.equal(template.interface.inputs.variables.n.type.simple, 'INTEGER')
    assert.ok(Math.abs(Date.parse(found.closure.createdAt) - Date.now()) < 60_000)
  })

  it('is refused as known when it is the same', async () => {
    await client.createTask(task('same'))
    const error = await refused(client.createTask(task('same')), 'ALREADY_EXISTS', /task with identical structure already exists/)
    assert.equal(error.name, 'AlreadyExistsError')
  })

  it('is the same whatever the order of its inputs', async () => {
    await client.createTask(task('order', { inputs: { a: 'STRING', b: 'INTEGER', c: 'FLOAT' } }))
    await refused(client.createTask(task('order', { inputs: { c: 'FLOAT', b: 'INTEGER', a: 'STRING' } })), 'ALREADY_EXISTS')
  })

  it('is the same with another description', async () => {
    await client.createTask(task('described'))
    await refused(client.createTask(task('described', { spec: { description: { shortDescription: 'new' } } })), 'ALREADY_EXISTS')
  })

  it('is another one with another argument, and the difference is told', async () => {
    await client.createTask(task('other'))
    const changed = task('other', { container: { args: ['--fast'] } })
    const error = await refused(client.createTask(changed), 'INVALID_ARGUMENT', /other task with different structure already exists/)
    assert.match(error.message, /register a new version of the task/)
    assert.match(
      error.message,
      differs({
        sandbox: /\/template\/container\/args:/,
        flyteadmin: /\/template\/Target\/Container\/args:/,
      }),
    )
  })

  it('is another one with other retries', async () => {
    await client.createTask(task('retries'))
    const changed = task('retries', { metadata: { runtime: { type: 'OTHER', version: '1' }, retries: { retries: 7 } } })
    await refused(client.createTask(changed), 'INVALID_ARGUMENT', /different structure[\s\S]*retries/)
  })

  it('may have many versions', async () => {
    for (const version of ['v1', 'v2', 'with space', 'ünïcode', 'a/b']) await client.createTask(task('versions', { version }))
    const { tasks } = await client.listTasks({ id: { ...PLACE, name: 'versions' }, limit: 10 })
    assert.equal(tasks.length, 5)
    for (const version of ['with space', 'ünïcode', 'a/b']) {
      assert.equal((await client.getTask({ id: taskId('versions', version) })).id.version, version)
    }
  })

  it('may have any name', async () => {
    for (const name of ['My.Module.task', 'with space', 'größe', 'a%b', `long-${'x'.repeat(200)}`]) {
      await client.createTask(task(name))
      assert.equal((await client.getTask({ id: taskId(name) })).id.name, name)
    }
  })

  for (const [field, message] of [
    ['project', /missing project/],
    ['domain', /missing domain/],
    ['name', /missing name/],
    ['version', /missing version/],
  ]) {
    it(`needs a ${field}`, async () => {
      const request = task(fresh('needs'))
      request.id = { ...request.id, [field]: '' }
      await refused(client.createTask(request), 'INVALID_ARGUMENT', message)
    })
  }

  it('needs an identifier, and one of a task', async () => {
    await refused(client.createTask({ spec: task('x').spec }), 'INVALID_ARGUMENT', /missing id/)
    await refused(
      client.createTask({ ...task('x'), id: workflowId('x') }),
      'INVALID_ARGUMENT',
      /unexpected resource type workflow for identifier/,
    )
  })

  it('needs a known project and domain', async () => {
    const request = task(fresh())
    await refused(
      client.createTask({ ...request, id: { ...request.id, project: 'nobody-knows' } }),
      'INVALID_ARGUMENT',
      /failed to validate that project \[nobody-knows\] and domain \[development\] are registered/,
    )
    await refused(
      client.createTask({ ...request, id: { ...request.id, domain: 'moon' } }),
      'INVALID_ARGUMENT',
      /domain \[moon\] is unrecognized by system/,
    )
  })

  it('needs an active project, which the status details name', async () => {
    const old = `${project}-old`
    await client.registerProject({ project: { id: old, name: 'old' } })
    await client.updateProject({ id: old, name: 'old', state: 'ARCHIVED' })
    const request = task(fresh())
    const error = await refused(client.createTask({ ...request, id: { ...request.id, project: old } }), 'INVALID_ARGUMENT', /is not active/)
    assert.equal(error.details[0]['@type'], 'type.googleapis.com/flyteidl.admin.InactiveProject')
    assert.equal(error.details[0].id, old)
  })

  it('needs a template', async () => {
    await refused(client.createTask({ id: taskId(fresh()) }), 'INVALID_ARGUMENT', /missing spec/)
    await refused(client.createTask({ id: taskId(fresh()), spec: {} }), 'INVALID_ARGUMENT', /missing spec/)
  })

  for (const [what, change, message] of [
    ['a type', { type: '' }, /missing type/],
    ['metadata', { metadata: null }, /missing metadata/],
    ['a runtime version', { metadata: { runtime: { type: 'OTHER' } } }, /missing runtime version/],
    ['an interface', { interface: null }, /missing typed interface/],
    ['an image', { container: { image: '' } }, /missing image/],
    [
      'resources that can be read',
      { container: { resources: { requests: [{ name: 'CPU', value: 'lots' }] } } },
      /[Ii]nvalid|[Pp]arsing|quantit/,
    ],
    [
      'no more than its own limits',
      { container: { resources: { requests: [{ name: 'CPU', value: '2' }], limits: [{ name: 'CPU', value: '1' }] } } },
      /exceeds|greater|limit/,
    ],
    [
      'a resource only once',
      {
        container: {
          resources: {
            requests: [
              { name: 'CPU', value: '1' },
              { name: 'CPU', value: '2' },
            ],
          },
        },
      },
      /can have only one value|[Dd]uplicate|twice|TOO_MANY|multiple/i,
    ],
    ['a pod spec for a pod', { container: null, k8sPod: {} }, /pod/],
  ]) {
    it(`needs ${what}`, async () => {
      const request = task(fresh('bad'))
      const { container, ...rest } = change
      Object.assign(request.spec.template, rest)
      if (container === null) delete request.spec.template.container
      else Object.assign(request.spec.template.container, container)
      await refused(client.createTask(request), 'INVALID_ARGUMENT', message)
    })
  }

  it('needs no container', async () => {
    const request = task('no-container', { type: 'echo' })
    delete request.spec.template.container
    await client.createTask(request)
    assert.equal((await client.getTask({ id: taskId('no-container') })).closure.compiledTask.template.type, 'echo')
  })

  it('is not found when it is not there, or not asked for fully', async () => {
    await refused(client.getTask({ id: taskId('nothing') }), 'NOT_FOUND', /missing entity of type TASK with identifier .*nothing/)
    const asked = client.getTask({ id: { ...taskId('plain'), version: '' } })
    await differs({
      sandbox: () => refused(asked, 'NOT_FOUND'),
      flyteadmin: async () => assert.equal((await asked).id.name, 'plain'),
    })()
  })
})

describe('a workflow', () => {
  before(() => client.createTask(task('step')))
  const one = (name, more = {}) => workflow(name, { runs: taskId('step'), ...more })

  it('is there after it was registered, compiled', async () => {
    await client.createWorkflow(one('compiled'))
    const { id, closure } = await client.getWorkflow({ id: workflowId('compiled') })
    assert.deepEqual(id, workflowId('compiled'))
    const { primary, tasks } = closure.compiledWorkflow
    assert.deepEqual(primary.template.nodes.map((node) => node.id).sort(), ['end-node', 'n0', 'start-node'])
    assert.deepEqual(primary.connections.downstream['start-node'].ids, ['n0'])
    assert.deepEqual(primary.connections.upstream['end-node'].ids, ['n0'])
    assert.equal(tasks[0].template.id.name, 'step')
  })

  it('is refused as known when it is the same, with the reason in the details', async () => {
    await client.createWorkflow(one('same'))
    const error = await refused(client.createWorkflow(one('same')), 'ALREADY_EXISTS', /workflow with identical structure already exists/)
    const [detail] = error.details
    assert.equal(detail['@type'], 'type.googleapis.com/flyteidl.admin.CreateWorkflowFailureReason')
    assert.deepEqual(detail.existsIdenticalStructure.id, workflowId('same'))
  })

  it('is refused when it is another one, with the reason in the details', async () => {
    await client.createWorkflow(one('changed'))
    const changed = one('changed')
    changed.spec.template.nodes[0].metadata.name = 'renamed'
    const error = await refused(client.createWorkflow(changed), 'INVALID_ARGUMENT', /workflow with different structure already exists/)
    assert.deepEqual(error.details[0].existsDifferentStructure.id, workflowId('changed'))
    assert.match(error.message, /renamed/)
  })

  it('needs its tasks', async () => {
    const error = await refused(
      client.createWorkflow(workflow(fresh(), { runs: taskId('never-was') })),
      'INVALID_ARGUMENT',
      /never-was|failed to compile/,
    )
    assert.match(error.message, /failed to compile workflow|missing entity/)
  })

  const broken = (name, change) => {
    const request = one(fresh('broken'))
    change(request.spec.template)
    return [name, request]
  }
  for (const [name, request, message] of [
    [...broken('a node that waits for itself', (template) => Object.assign(template.nodes[0], { upstreamNodeIds: ['n0'] })), /[Cc]ycle/],
    [...broken('an input that is not bound', (template) => Object.assign(template.nodes[0], { inputs: [] })), /ParameterNotBound/],
    [
      ...broken('no nodes', (template) => Object.assign(template, { nodes: [], outputs: [], interface: { inputs: {}, outputs: {} } })),
      /NoNodesFound|NoEntryNodeFound/,
    ],
    [
      ...broken('an unknown variable', (template) => {
        template.nodes[0].inputs[0].binding.promise.var = 'nope'
      }),
      /VariableNameNotFound/,
    ],
    [
      ...broken('an input of another type', (template) => {
        template.interface.inputs.variables.n = simple('STRING')
      }),
      /MismatchingTypes/,
    ],
    [
      ...broken('an output of another type', (template) => {
        template.interface.outputs.variables.m = simple('STRING')
      }),
      /MismatchingTypes/,
    ],
    [
      ...broken('a promise of an unknown node', (template) => {
        template.nodes[0].inputs[0].binding.promise.nodeId = 'n9'
      }),
      /NodeReferenceNotFound/,
    ],
  ]) {
    it(`is refused with ${name}`, async () => {
      await refused(client.createWorkflow(request), 'INVALID_ARGUMENT', message)
    })
  }

  it('keeps the first of two nodes of one name', async () => {
    const request = one('twice')
    request.spec.template.nodes.push({ ...structuredClone(request.spec.template.nodes[0]), metadata: { name: 'second' } })
    await client.createWorkflow(request)
    const { nodes } = (await client.getWorkflow({ id: workflowId('twice') })).closure.compiledWorkflow.primary.template
    assert.deepEqual(
      nodes.filter((node) => node.id === 'n0').map((node) => node.metadata.name),
      ['n0'],
    )
  })

  it('may have 100 nodes, not 101', async () => {
    const nodes = (count) =>
      Array.from({ length: count }, (_, at) => ({
        id: `n${at}`,
        metadata: { name: `n${at}` },
        taskNode: { referenceId: taskId('step') },
        inputs: [{ var: 'n', binding: { scalar: { primitive: { integer: '1' } } } }],
      }))
    await client.createWorkflow(one(fresh('hundred'), { nodes: nodes(100) }))
    const error = await refused(client.createWorkflow(one(fresh('hundred'), { nodes: nodes(101) })), 'INVALID_ARGUMENT', /101|node/)
    assert.match(error.message, /limit|exceed/)
  })

  it('needs a template, an identifier of a workflow and a known project', async () => {
    await refused(client.createWorkflow({ id: workflowId(fresh()) }), 'INVALID_ARGUMENT', /missing spec/)
    await refused(
      client.createWorkflow({ ...one('x'), id: taskId('x') }),
      'INVALID_ARGUMENT',
      /unexpected resource type task for identifier/,
    )
    await refused(
      client.createWorkflow({ ...one('x'), id: { ...workflowId('x'), project: 'nobody-knows' } }),
      'INVALID_ARGUMENT',
      /nobody-knows/,
    )
  })

  it('is not found when it is not there; an incomplete identifier is refused', async () => {
    await refused(client.getWorkflow({ id: workflowId('nothing') }), 'NOT_FOUND', /missing entity of type WORKFLOW/)
    await refused(client.getWorkflow({ id: { ...workflowId('same'), version: '' } }), 'INVALID_ARGUMENT', /missing version/)
  })

  it('may hold sub-workflows', async () => {
    const inner = one('inner').spec.template
    const request = one('outer', { spec: { subWorkflows: [inner] } })
    request.spec.template.nodes = [
      {
        id: 'n0',
        metadata: { name: 'n0' },
        workflowNode: { subWorkflowRef: workflowId('inner') },
        inputs: [{ var: 'n', binding: { promise: { nodeId: 'start-node', var: 'n' } } }],
      },
    ]
    await client.createWorkflow(request)
    const { closure } = await client.getWorkflow({ id: workflowId('outer') })
    assert.deepEqual(
      closure.compiledWorkflow.subWorkflows.map((sub) => sub.template.id.name),
      ['inner'],
    )
  })
})

describe('a launch plan', () => {
  before(async () => {
    await registered('etl', { inputs: { n: 'INTEGER', day: 'DATETIME' } })
    await client.createTask(task('two', { inputs: { n: 'INTEGER', word: 'STRING' } }))
    await client.createWorkflow(workflow('two', { runs: taskId('two'), inputs: { n: 'INTEGER', word: 'STRING' } }))
  })
  const two = (name, spec = {}) => plan(name, { runs: workflowId('two'), ...spec })
  const free = { var: simple('INTEGER') }

  it('is inactive, and expects what the workflow expects', async () => {
    await client.createLaunchPlan(two('plain'))
    const { closure, spec } = await client.getLaunchPlan({ id: planId('plain') })
    assert.equal(closure.state ?? 'INACTIVE', 'INACTIVE')
    assert.deepEqual(Object.keys(closure.expectedInputs.parameters).sort(), ['n', 'word'])
    assert.equal(closure.expectedInputs.parameters.n.required, true)
    assert.equal(closure.expectedOutputs.variables.m.type.simple, 'INTEGER')
    assert.deepEqual(spec.workflowId, workflowId('two'))
  })

  it('expects no fixed input, and gives defaults', async () => {
    await client.createLaunchPlan(
      two('bound', {
        defaultInputs: { parameters: { n: { var: simple('INTEGER'), default: integer(7) } } },
        fixedInputs: { literals: { word: string('so') } },
      }),
    )
    const { closure } = await client.getLaunchPlan({ id: planId('bound') })
    assert.deepEqual(Object.keys(closure.expectedInputs.parameters), ['n'])
    assert.deepEqual(closure.expectedInputs.parameters.n.default, integer(7))
  })

  it('is refused as known when it is the same, and as different when it is not', async () => {
    await client.createLaunchPlan(two('same'))
    await refused(client.createLaunchPlan(two('same')), 'ALREADY_EXISTS', /launch plan with identical structure already exists/)
    const changed = two('same', { fixedInputs: { literals: { n: integer(1) } } })
    await refused(client.createLaunchPlan(changed), 'INVALID_ARGUMENT', /same launch plan with different structure already exists/)
  })

  it('needs its workflow', async () => {
    await refused(client.createLaunchPlan(plan(fresh(), { runs: workflowId('never-was') })), 'NOT_FOUND', /never-was/)
    await refused(client.createLaunchPlan(plan(fresh(), { runs: undefined })), 'INVALID_ARGUMENT', /missing/)
  })

  it('needs an identifier of a launch plan', async () => {
    await refused(client.createLaunchPlan({ ...two('x'), id: workflowId('x') }), 'INVALID_ARGUMENT', /unexpected resource type workflow/)
    await refused(client.createLaunchPlan({ ...two('x'), id: planId('') }), 'INVALID_ARGUMENT', /missing name/)
  })

  const parameters = (values) => ({ defaultInputs: { parameters: values } })
  const schedule = (cron, more = {}) => ({ entityMetadata: { schedule: { cronSchedule: { schedule: cron }, ...more } } })
  const day = (more) => plan(fresh('timed'), { runs: workflowId('etl'), fixedInputs: { literals: { n: integer(1) } }, ...more })
  for (const [name, request, message] of [
    [
      'a default of another type',
      two(fresh(), parameters({ n: { var: simple('INTEGER'), default: string('x') } })),
      /Type mismatch for Parameter n/,
    ],
    [
      'a default for an unknown input',
      two(fresh(), parameters({ q: { var: simple('INTEGER'), default: integer(1) } })),
      /unexpected default_input q/,
    ],
    [
      'a parameter of another type than the input',
      two(fresh(), parameters({ n: { var: simple('STRING'), default: string('x') } })),
      /invalid default_input wrong type n/,
    ],
    ['a parameter that is neither required nor has a default', two(fresh(), parameters({ n: free })), /neither default, nor is required/],
    ['a fixed value for an unknown input', two(fresh(), { fixedInputs: { literals: { q: integer(1) } } }), /unexpected fixed_input q/],
    ['a fixed value of another type', two(fresh(), { fixedInputs: { literals: { n: string('x') } } }), /invalid fixed_input wrong type n/],
    ['a schedule while an input is not bound', two(fresh(), schedule('0 * * * *')), /unbound required input/],
    ['a schedule that is no cron text', day({ ...schedule('every now and then', { kickoffTimeInputArg: 'day' }) }), /[Ii]nvalid cron|cron/],
    [
      'a kickoff time that is no input',
      day({
        fixedInputs: { literals: { n: integer(1), day: datetime('2026-01-01T00:00:00Z') } },
        ...schedule('0 * * * *', { kickoffTimeInputArg: 'when' }),
      }),
      /KickoffTimeInputArg|not free/,
    ],
    [
      'too many labels',
      two(fresh(), { labels: { values: Object.fromEntries(Array.from({ length: 17 }, (_, at) => [`k${at}`, 'v'])) } }),
      /cannot exceed 16/,
    ],
    ['a label key that is none', two(fresh(), { labels: { values: { 'no spaces please': 'v' } } }), /invalid label key/],
    ['a label value that is none', two(fresh(), { labels: { values: { team: 'no spaces please' } } }), /invalid label value/],
    [
      'a notification without recipients',
      two(fresh(), { entityMetadata: { notifications: [{ phases: ['FAILED'], email: {} }] } }),
      /missing recipients/,
    ],
    [
      'a notification for a phase that is no end',
      two(fresh(), { entityMetadata: { notifications: [{ phases: ['RUNNING'], email: { recipientsEmail: ['a@example.com'] } }] } }),
      /invalid value for phase/,
    ],
  ]) {
    it(`is refused with ${name}`, async () => {
      await refused(client.createLaunchPlan(request), 'INVALID_ARGUMENT', message)
    })
  }

  it('takes a schedule with a kickoff time, five fields or a word', async () => {
    await client.createLaunchPlan(day(schedule('*/10 * * * *', { kickoffTimeInputArg: 'day' })))
    await client.createLaunchPlan(day(schedule('@daily', { kickoffTimeInputArg: 'day' })))
    await client.createLaunchPlan(day({ entityMetadata: { schedule: { rate: { value: 5, unit: 'MINUTE' }, kickoffTimeInputArg: 'day' } } }))
  })

  it('is active in one version at a time', async () => {
    const { plan: first } = await registered('turns')
    await client.createLaunchPlan(plan('turns', { version: 'v2', runs: workflowId('turns') }))
    const second = planId('turns', 'v2')
    const named = { id: { ...PLACE, name: 'turns' } }
    await refused(client.getActiveLaunchPlan(named), 'NOT_FOUND', /No active launch plan could be found: .*:development:turns/)
    await client.updateLaunchPlan({ id: first, state: 'ACTIVE' })
    assert.equal((await client.getActiveLaunchPlan(named)).id.version, 'v1')
    await client.updateLaunchPlan({ id: second, state: 'ACTIVE' })
    assert.equal((await client.getActiveLaunchPlan(named)).id.version, 'v2')
    assert.equal((await client.getLaunchPlan({ id: first })).closure.state ?? 'INACTIVE', 'INACTIVE')
    const active = await client.listActiveLaunchPlans({ ...PLACE, limit: 10 })
    assert.deepEqual(
      active.launchPlans.map((plan) => `${plan.id.name}:${plan.id.version}`),
      ['turns:v2'],
    )
    await client.updateLaunchPlan({ id: second, state: 'INACTIVE' })
    await refused(client.getActiveLaunchPlan(named), 'NOT_FOUND')
  })

  it('is not activated when it is not there', async () => {
    await refused(client.updateLaunchPlan({ id: planId('nothing'), state: 'ACTIVE' }), 'NOT_FOUND')
    await refused(client.updateLaunchPlan({ id: planId('nothing'), state: 'INACTIVE' }), 'NOT_FOUND')
  })

  it('is not found when it is not there; an incomplete identifier is refused', async () => {
    await refused(client.getLaunchPlan({ id: planId('nothing') }), 'NOT_FOUND', /missing entity of type LAUNCH_PLAN/)
    await refused(client.getLaunchPlan({ id: { ...planId('same'), name: '' } }), 'INVALID_ARGUMENT', /missing name/)
    await refused(client.getActiveLaunchPlan({ id: { ...PLACE, name: '' } }), 'INVALID_ARGUMENT', /missing name/)
    await refused(client.listActiveLaunchPlans({ project, domain: '', limit: 10 }), 'INVALID_ARGUMENT', /missing domain/)
    assert.equal(domain, 'development')
  })
})
