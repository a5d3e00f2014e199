// What flytekit compiles, fetched: workflows become graphs, launch plans and tasks tell what is in them.

import { isDeepStrictEqual } from 'node:util'
import { literal, proto } from 'flyte-remote'
import { syncDifference } from './compiled-run.mjs'
import { scripted } from './scripted.mjs'
import { json } from './values.mjs'

const KINDS = { taskNode: 'task', branchNode: 'branch', gateNode: 'gate', arrayNode: 'array' }
const GETTERS = { task: 'fetchTask', workflow: 'fetchWorkflow', launch_plan: 'fetchLaunchPlan' }

/** The difference between what is fetched and what was compiled, if there is one. */
export async function replayCompiledWorkflow({ entities }) {
  const known = entities.map(({ kind, id, spec }) => ({ kind, id: json(id), spec: json(spec) }))
  const { remote } = scripted((method, request) => {
    const { id } = proto.toJson('flyteidl.admin.ObjectGetRequest', request)
    const found = known.find((entity) => isDeepStrictEqual(entity.id, id))
    return found ? ANSWERS[method](found, known) : { code: 5, message: `${method} of ${id.name}` }
  })
  for (const { kind, id, spec } of known) {
    const entity = await remote[GETTERS[kind]](id)
    for (const [what, found, expected] of SHOWN[kind](entity, spec, known)) {
      if (!isDeepStrictEqual(found, expected)) {
        return { difference: `${id.name}: ${what} is ${JSON.stringify(found)}, expected ${JSON.stringify(expected)}` }
      }
    }
    if (kind !== 'workflow') continue
    for (const options of [{ nodes: true }, { taskExecutions: true }]) {
      const difference = await syncDifference({ id, spec }, ANSWERS.GetWorkflow({ id, spec }, known), options)
      if (difference) return { difference }
    }
  }
  return {}
}

/** What a server makes of a specification. */
const ANSWERS = {
  GetTask: ({ id, spec }) => proto.fromJson('flyteidl.admin.Task', { id, closure: { compiledTask: { template: spec.template } } }),
  GetWorkflow({ id, spec }, known) {
    const tasks = known.filter(({ kind }) => kind === 'task').map((task) => ({ template: task.spec.template }))
    const subWorkflows = (spec.subWorkflows ?? []).map((template) => ({ template }))
    const compiledWorkflow = { primary: { template: spec.template }, subWorkflows, tasks }
    return proto.fromJson('flyteidl.admin.Workflow', { id, closure: { compiledWorkflow } })
  },
  GetLaunchPlan({ id, spec }, known) {
    const workflow = known.find((entity) => isDeepStrictEqual(entity.id, spec.workflowId))
    const closure = { expectedInputs: spec.defaultInputs ?? {}, expectedOutputs: workflow?.spec.template.interface.outputs ?? {} }
    return proto.fromJson('flyteidl.admin.LaunchPlan', { id, spec, closure })
  },
}

const names = (map) => Object.keys(map ?? {}).sort()

/** What is compared: what it is called, what there is, and what there should be. */
const SHOWN = {
  task: (task, { template }) => [
    ['type', task.taskType, template.type],
    ['inputs', task.inputs.map(({ name }) => name), names(template.interface?.inputs?.variables)],
  ],
  workflow: (workflow, { template }, known) => [
    ['nodes', workflow.nodes.map(plain), template.nodes.map((node) => expectedNode(node, known))],
    [
      'failure node',
      workflow.failureNode && plain(workflow.failureNode),
      template.failureNode && expectedNode(template.failureNode, known),
    ],
    ['output bindings', workflow.outputBindings, bindings(template.outputs)],
    ['policy', workflow.onFailure, template.metadata?.onFailure ?? 'FAIL_IMMEDIATELY'],
    ['text', JSON.parse(JSON.stringify(workflow.nodes)).length, template.nodes.length],
    ['bytes', proto.toJson('flyteidl.admin.Workflow', workflow.toBytes()), workflow.toJSON()],
  ],
  launch_plan: (plan, spec) => [
    ['state', plan.state, 'INACTIVE'],
    ['schedule', plan.schedule, schedule(spec.entityMetadata?.schedule)],
    [
      'notifications',
      plan.notifications,
      (spec.entityMetadata?.notifications ?? []).map(({ phases, email }) => ({
        phases,
        channel: 'email',
        recipients: email.recipientsEmail,
      })),
    ],
    ['labels', plan.labels, spec.labels?.values ?? {}],
    ['annotations', plan.annotations, spec.annotations?.values ?? {}],
    ['parallelism', plan.maxParallelism, spec.maxParallelism],
    ['prefix', plan.rawOutputDataPrefix, spec.rawOutputDataConfig?.outputLocationPrefix],
    ['fixed inputs', names(plan.fixedInputs), names(spec.fixedInputs?.literals)],
    ['default inputs', names(plan.defaultInputs), names(defaults(spec.defaultInputs?.parameters))],
    ['expected inputs', plan.expectedInputs.map(({ name }) => name), names(spec.defaultInputs?.parameters)],
  ],
}

const defaults = (parameters) => Object.fromEntries(Object.entries(parameters ?? {}).filter(([, parameter]) => parameter.default))

function schedule({ cronSchedule, rate, kickoffTimeInputArg } = {}) {
  if (!cronSchedule && !rate) return undefined
  const when = cronSchedule
    ? { kind: 'cron', expression: cronSchedule.schedule }
    : { kind: 'rate', value: rate.value, unit: rate.unit ?? 'MINUTE' }
  return kickoffTimeInputArg ? { ...when, kickoffTimeInputArg } : when
}

/** A node without what the rest is compared for already: interfaces, and the reasons of problems. */
function plain({ interface: _, problem, ...node }) {
  const { cases, elseNode, node: inner } = node
  return {
    ...node,
    ...(problem ? { problem: true } : {}),
    ...(cases && { cases: cases.map(({ condition, node }) => ({ condition: !!condition, node: plain(node) })) }),
    ...(elseNode && { elseNode: plain(elseNode) }),
    ...(inner && { node: plain(inner) }),
  }
}

const seconds = (duration) => Number.parseFloat(duration) * 1000

/** The same of the compiled message. */
function expectedNode(node, known) {
  const { name = '', timeout, retries, interruptible, cacheable, cacheVersion, cacheSerializable } = node.metadata ?? {}
  const target = Object.keys(KINDS).find((target) => node[target])
  const { launchplanRef, subWorkflowRef } = node.workflowNode ?? {}
  const reference = node.taskNode?.referenceId ?? launchplanRef ?? subWorkflowRef
  const isKnown = !node.taskNode || known.some(({ id }) => isDeepStrictEqual(id, reference))
  return given({
    id: node.id,
    kind: KINDS[target] ?? (launchplanRef ? 'launchPlan' : 'workflow'),
    name,
    retries: retries?.retries ?? 0,
    timeoutMs: timeout && seconds(timeout),
    interruptible,
    cacheable,
    cacheVersion,
    cacheSerializable,
    inputs: bindings(node.inputs),
    upstreamNodeIds: node.upstreamNodeIds ?? [],
    reference,
    problem: isKnown ? undefined : true,
    ...(node.branchNode && branch(node.branchNode.ifElse, known)),
    gate: node.gateNode && gate(node.gateNode),
    ...(node.arrayNode && array(node.arrayNode, known)),
  })
}

const given = (object) => Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined))

function branch({ case: first, other = [], elseNode, error }, known) {
  const cases = [first, ...other].map(({ thenNode }) => ({ condition: true, node: expectedNode(thenNode, known) }))
  return { cases, elseNode: elseNode && expectedNode(elseNode, known), elseError: error && (error.message ?? '') }
}

function gate({ sleep, approve, signal }) {
  if (sleep) return { kind: 'sleep', durationMs: seconds(sleep.duration) }
  if (approve) return { kind: 'approve', signalId: approve.signalId }
  const { signalId, type, outputVariableName } = signal
  return { kind: 'signal', signalId, type: literal.typeToString(type), outputVariableName }
}

function array({ node, parallelism, minSuccesses, minSuccessRatio, boundInputs }, known) {
  const ratio = minSuccessRatio === undefined ? undefined : Math.round(minSuccessRatio * 1e6) / 1e6
  return { node: expectedNode(node, known), parallelism, minSuccesses, minSuccessRatio: ratio, boundInputs }
}

const bindings = (list = []) => list.map(({ var: name, binding }) => ({ var: name, binding: value(binding) }))

function value({ promise, scalar, collection, map }) {
  if (promise) {
    const attrPath = (promise.attrPath ?? []).map(({ stringValue, intValue }) => stringValue ?? intValue)
    return { kind: 'promise', attrPath, nodeId: promise.nodeId ?? '', var: promise.var }
  }
  if (scalar) return { kind: 'literal', value: literal.fromLiteral({ scalar }) }
  if (collection) return { kind: 'collection', bindings: (collection.bindings ?? []).map(value) }
  return { kind: 'map', bindings: Object.fromEntries(Object.entries(map.bindings ?? {}).map(([key, of]) => [key, value(of)])) }
}
