// Workflows as graphs and the settings of launch plans, on the sandbox.

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { FlyteLaunchPlan, FlyteRemote, FlyteTask, FlyteWorkflow, proto } from 'flyte-remote'
import { double, PLACE, sandboxWithWorkflows, workflowOf } from './fixtures.mjs'

const id = (resourceType, name) => ({ resourceType, ...PLACE, name, version: 'v1' })
const bound = (variable, nodeId, from) => [{ var: variable, binding: { promise: { nodeId, var: from } } }]
const node = (id, target, inputs, name = id) => ({ id, metadata: { name }, inputs, ...target })

/** Doubles by a sub-workflow, a launch plan and one of two cases, after an approval. */
const rich = () => {
  const signature = double.template.interface
  const inner = workflowOf(double, 'rich_inner').template
  const taskNode = { referenceId: double.template.id }
  const more = { comparison: { operator: 'GT', leftValue: { var: 'n' }, rightValue: { primitive: { integer: '10' } } } }
  const nodes = [
    node('n0', { workflowNode: { subWorkflowRef: inner.id } }, bound('n', 'start-node', 'n')),
    node('n1', { workflowNode: { launchplanRef: id('LAUNCH_PLAN', 'double_wf') } }, bound('n', 'n0', 'm')),
    node('n2', { gateNode: { approve: { signalId: 'enough' } } }, bound('n', 'n1', 'm')),
    node(
      'n3',
      {
        branchNode: {
          ifElse: {
            case: { condition: more, thenNode: node('n0', { taskNode }, bound('n', 'n1', 'm')) },
            elseNode: node('n1', { workflowNode: { launchplanRef: id('LAUNCH_PLAN', 'double_wf') } }, bound('n', 'n1', 'm')),
          },
        },
      },
      bound('n', 'n1', 'm'),
    ),
  ]
  nodes[3].upstreamNodeIds = ['n2']
  const template = {
    id: id('WORKFLOW', 'rich'),
    interface: signature,
    metadata: {},
    metadataDefaults: {},
    nodes,
    outputs: bound('m', 'n3', 'm'),
  }
  return { template, subWorkflows: [inner] }
}

let sandbox
let remote
let calls
let workflow

before(async () => {
  const started = await sandboxWithWorkflows()
  sandbox = started.sandbox
  remote = FlyteRemote.forEndpoint(sandbox.url, {
    ...PLACE,
    fetch: (url, init) => {
      calls.push(url.split('/').at(-1))
      return fetch(url, init)
    },
  })
  calls = []
  await remote.registerSpecs({ workflows: [rich()] })
  calls = []
  workflow = await remote.fetchWorkflow({ name: 'rich', version: 'v1' })
})

after(() => sandbox.close())

describe('a workflow', () => {
  it('is fetched with the launch plans of its nodes, each once', () => {
    assert.deepEqual(calls, ['GetWorkflow', 'GetLaunchPlan'])
  })

  it('is a graph of plain nodes', () => {
    const [sub, plan, gate, branch] = workflow.nodes
    assert.deepEqual(
      workflow.nodes.map(({ id, kind, upstreamNodeIds, problem }) => [id, kind, upstreamNodeIds, problem]),
      [
        ['n0', 'workflow', [], undefined],
        ['n1', 'launchPlan', ['n0'], undefined],
        ['n2', 'gate', ['n1'], undefined],
        ['n3', 'branch', ['n1', 'n2'], undefined],
      ],
    )
    assert.deepEqual(sub.inputs, [{ var: 'n', binding: { kind: 'promise', nodeId: '', var: 'n', attrPath: [] } }])
    assert.deepEqual(plan.reference, id('LAUNCH_PLAN', 'double_wf'))
    assert.deepEqual(plan.interface.outputs, [{ name: 'm', type: 'int', description: '' }])
    assert.deepEqual(gate.gate, { kind: 'approve', signalId: 'enough' })
    const [{ condition, node }] = branch.cases
    assert.deepEqual(condition, { operator: 'GT', left: { var: 'n' }, right: { value: 10 } })
    assert.deepEqual([node.id, node.kind, branch.elseNode.kind], ['n3-n0', 'task', 'launchPlan'])
    assert.deepEqual(workflow.outputBindings[0].binding.nodeId, 'n3')
    assert.equal(workflow.failureNode, undefined)
    assert.deepEqual([workflow.onFailure, workflow.interruptible, workflow.problem], ['FAIL_IMMEDIATELY', false, undefined])
    assert.equal(workflow.nodes, workflow.nodes)
  })

  it('leads from its nodes to tasks, sub-workflows and launch plans', async () => {
    const [sub, plan, , branch] = workflow.nodes
    assert.ok(sub.entity instanceof FlyteWorkflow && plan.entity instanceof FlyteLaunchPlan)
    const { entity: task } = branch.cases[0].node
    assert.ok(task instanceof FlyteTask)
    assert.equal(branch.elseNode.entity, plan.entity)
    assert.deepEqual(
      [workflow.tasks, workflow.subWorkflows, workflow.launchPlans].map((list) => list.map(({ name }) => name)),
      [['double'], ['rich_inner'], ['double_wf']],
    )
    assert.equal(sub.entity.nodes[0].entity.name, 'double')
    assert.equal(sub.entity.toJSON().closure.compiledWorkflow.primary.template.id.name, 'rich_inner')
    const run = await remote.execute(plan.entity, { inputs: { n: 2 }, wait: true })
    assert.deepEqual((await run.outputs()).toObject(), { m: 4 })
    assert.equal((await remote.execute(task, { inputs: { n: 2 }, wait: true })).phase, 'SUCCEEDED')
  })

  it('has nodes that can be printed and copied', () => {
    assert.deepEqual(JSON.parse(JSON.stringify(workflow.nodes)), structuredClone(workflow.nodes))
    assert.ok(!JSON.stringify(workflow.nodes).includes('entity'))
  })

  it('out of a list has no nodes', async () => {
    for await (const listed of remote.listWorkflows({ name: 'rich' })) assert.deepEqual(listed.nodes, [])
  })

  it('whose launch plan is not there has a node with a problem', async () => {
    const raw = workflow.toJSON()
    const lost = JSON.parse(JSON.stringify(raw).replaceAll('"double_wf"', '"lost"'))
    const server = (url) => {
      const isPlan = url.endsWith('GetLaunchPlan')
      const trailers = `grpc-status:${isPlan ? 5 : 0}\r\n`
      const message = isPlan ? new Uint8Array() : proto.fromJson('flyteidl.admin.Workflow', lost)
      const frames = [Uint8Array.of(0, ...lengthOf(message)), message, Uint8Array.of(128, 0, 0, 0, trailers.length), trailers]
      return new Response(new Blob(isPlan ? frames.slice(2) : frames), { headers: { 'content-type': 'application/grpc-web+proto' } })
    }
    const broken = FlyteRemote.forEndpoint('http://x', { ...PLACE, fetch: async (url) => server(url) })
    const { nodes, launchPlans } = await broken.fetchWorkflow({ name: 'rich', version: 'v1' })
    assert.match(nodes[1].problem, /lp:flytesnacks:development:lost:v1.*GetLaunchPlan/)
    assert.deepEqual([nodes[1].entity, nodes[1].reference.name, launchPlans], [undefined, 'lost', []])
  })
})

const lengthOf = ({ length }) => [length >> 24, (length >> 16) & 255, (length >> 8) & 255, length & 255]

describe('a launch plan', () => {
  it('is one call, and tells what it sets', async () => {
    const literal = { scalar: { primitive: { integer: '7' } } }
    const spec = {
      workflowId: id('WORKFLOW', 'double_wf'),
      entityMetadata: {
        schedule: { rate: { value: 2, unit: 'HOUR' } },
        notifications: [{ phases: ['FAILED', 'TIMED_OUT'], slack: { recipientsEmail: ['ops@example.com'] } }],
      },
      defaultInputs: { parameters: { n: { var: { type: { simple: 'INTEGER' } }, default: literal } } },
      labels: { values: { team: 'a' } },
      annotations: {},
      securityContext: { runAs: { k8sServiceAccount: 'flyte' } },
      rawOutputDataConfig: { outputLocationPrefix: 's3://out' },
      maxParallelism: 5,
      interruptible: false,
      overwriteCache: true,
      envs: { values: [{ key: 'MODE', value: 'fast' }] },
    }
    await remote.client.createLaunchPlan({ id: id('LAUNCH_PLAN', 'tuned'), spec })
    calls = []
    const plan = await remote.fetchLaunchPlan({ name: 'tuned', version: 'v1' })
    assert.deepEqual(calls, ['GetLaunchPlan'])
    assert.deepEqual(plan.inputs, [{ name: 'n', type: 'int', description: '', required: false, default: 7 }])
    assert.deepEqual(plan.outputs, [{ name: 'm', type: 'int', description: '' }])
    assert.deepEqual([plan.expectedInputs, plan.expectedOutputs], [plan.inputs, plan.outputs])
    assert.deepEqual([plan.state, plan.schedule], ['INACTIVE', { kind: 'rate', value: 2, unit: 'HOUR' }])
    assert.deepEqual(plan.notifications, [{ phases: ['FAILED', 'TIMED_OUT'], channel: 'slack', recipients: ['ops@example.com'] }])
    assert.deepEqual([plan.defaultInputs, plan.fixedInputs], [{ n: 7 }, {}])
    assert.deepEqual([plan.labels, plan.annotations, plan.envs], [{ team: 'a' }, {}, { MODE: 'fast' }])
    assert.deepEqual([plan.serviceAccount, plan.iamRole, plan.securityContext], ['flyte', undefined, spec.securityContext])
    assert.deepEqual([plan.rawOutputDataPrefix, plan.maxParallelism, plan.interruptible], ['s3://out', 5, false])
    assert.deepEqual([plan.overwriteCache, plan.clusterPool, plan.qualityOfService], [true, undefined, undefined])
    assert.deepEqual(proto.toJson('flyteidl.admin.LaunchPlan', plan.toBytes()), plan.toJSON())
    await remote.activateLaunchPlan(plan)
    assert.equal((await remote.fetchLaunchPlan({ name: 'tuned', version: 'v1' })).state, 'ACTIVE')
  })

  it('with fixed inputs asks for the workflow too, which has their types', async () => {
    const fixedInputs = { literals: { n: { scalar: { primitive: { integer: '7' } } } } }
    await remote.client.createLaunchPlan({ id: id('LAUNCH_PLAN', 'fixed'), spec: { workflowId: id('WORKFLOW', 'double_wf'), fixedInputs } })
    calls = []
    const plan = await remote.fetchLaunchPlan({ name: 'fixed', version: 'v1' })
    assert.deepEqual(calls, ['GetLaunchPlan', 'GetWorkflow'])
    assert.deepEqual([plan.inputs[0].type, plan.fixedInputs, plan.expectedInputs], ['int', { n: 7 }, []])
    assert.equal(plan.schedule, undefined)
  })
})
