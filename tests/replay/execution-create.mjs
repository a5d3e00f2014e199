// The request that `execute` sends for what flytekit's `execute` was given.

import { isDeepStrictEqual } from 'node:util'
import { proto } from 'flyte-remote'
import { scripted } from './scripted.mjs'
import { json, show, toJs } from './values.mjs'

const CREATE = 'flyteidl.admin.ExecutionCreateRequest'

/** Where this package does otherwise, by what is special about the vector. */
const DEVIATIONS = [
  [({ args }) => args.execution_name === '', 'an empty name is an error, not a name to make up'],
  [({ args }) => args.execution_name_prefix === '', 'an empty prefix is an error'],
  [({ args }) => args.execution_name && !/^[a-z][a-z0-9-]*$/.test(args.execution_name), 'names are checked before anything is sent'],
  [({ args }) => args.options?.overwrite_cache != null, 'there is one option for it, and it counts'],
  [({ args }) => args.options?.notifications, 'notifications that are given are sent'],
  [({ why }) => /required input left out|no inputs at all/.test(why), 'a missing required input is told before anything is sent'],
  [({ why }) => /fixed input/.test(why), 'an input that the launch plan has fixed is refused before anything is sent'],
  [({ error }) => /is not an instance of typing/.test(error?.message), 'plain objects are converted by the schema of the dataclass'],
]

/** Of inputs that were not given Admin has defaults, which the vectors do not tell. */
const isMissing = ({ why }) => /required input left out|no inputs at all/.test(why)

/** A server that has the vector's entity and creates every execution. */
function serverOf(vector) {
  const { kind, id: named, interface: signature } = vector.entity
  const [id, interface_] = [json(named), json(signature)]
  const given = (name) => name in vector.inputs
  const inputs = Object.entries(interface_.inputs?.variables ?? {})
  const parameter = (variable, name) => ({ var: variable, ...(given(name) || isMissing(vector) ? { required: true } : { default: {} }) })
  const expected = { parameters: Object.fromEntries(inputs.map(([name, variable]) => [name, parameter(variable, name)])) }
  // A task has no defaults: what was not given is not there.
  const kept = kind === 'task' && !isMissing(vector) ? inputs.filter(([name]) => given(name)) : inputs
  const template = { id, interface: { ...interface_, inputs: { variables: Object.fromEntries(kept) } } }
  const fixed = /fixed input/.test(vector.why) ? { literals: { b: {} } } : {}
  if (fixed.literals) delete expected.parameters.b
  const plan = {
    id: { ...id, resourceType: 'LAUNCH_PLAN' },
    spec: { workflowId: { ...id, resourceType: 'WORKFLOW' }, defaultInputs: expected, fixedInputs: fixed },
    closure: { expectedInputs: expected, expectedOutputs: interface_.outputs ?? {} },
  }
  const workflow = { id, closure: { compiledWorkflow: { primary: { template } } } }
  const answers = {
    GetTask: ['flyteidl.admin.Task', { id, closure: { compiledTask: { template } } }],
    GetWorkflow: ['flyteidl.admin.Workflow', workflow],
    GetLaunchPlan: ['flyteidl.admin.LaunchPlan', plan],
  }
  return scripted(
    (method, request) => {
      if (answers[method]) return proto.fromJson(...answers[method])
      if (method === 'GetExecution') return proto.fromJson('flyteidl.admin.Execution', { closure: { phase: 'RUNNING' } })
      const { project, domain, name } = proto.toJson(CREATE, request)
      return proto.fromJson('flyteidl.admin.ExecutionCreateResponse', { id: { project, domain, name } })
    },
    { project: vector.default_project, domain: vector.default_domain, retries: 0 },
  )
}

/** flytekit's arguments as options of `execute`. */
function optionsOf({ args, inputs }) {
  const { options = {} } = args
  const said = {
    inputs: toJs(inputs),
    name: args.execution_name,
    namePrefix: args.execution_name_prefix,
    project: args.project || undefined,
    domain: args.domain || undefined,
    overwriteCache: args.overwrite_cache,
    interruptible: args.interruptible,
    envs: args.envs,
    tags: args.tags,
    clusterPool: args.cluster_pool,
    executionClusterLabel: args.execution_cluster_label,
    labels: options.labels,
    annotations: options.annotations,
    rawOutputDataPrefix: options.raw_output_data_config,
    maxParallelism: options.max_parallelism,
    disableNotifications: options.disable_notifications,
    securityContext: options.security_context && json(options.security_context),
  }
  return Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined && value !== null))
}

/** A made-up name has a random part, and flytekit leaves the name to the server. */
function settled({ name, ...request }, prefix) {
  const random = prefix === undefined ? /^[a-z][a-z0-9]{19}$/ : new RegExp(`^${prefix}-[0-9a-f]{19}$`)
  return { ...request, name: !name || random.test(name) ? 'random' : name }
}

export async function replayExecutionCreate(vector) {
  const { remote, requests, methods } = serverOf(vector)
  const { resourceType: _, ...id } = json(vector.entity.id)
  const kind = { task: 'task', workflow: 'workflow', launch_plan: 'launchPlan' }[vector.entity.kind]
  const error = await remote.execute({ kind, ...id }, optionsOf(vector)).then(
    () => undefined,
    (error) => error,
  )
  const sent = requests[methods.indexOf('CreateExecution')]
  const deviation = DEVIATIONS.find(([applies]) => applies(vector))?.[1]
  if (error && sent) return { difference: `it failed after the request: ${error}` }
  if (vector.error || error) {
    if (Boolean(vector.error) === Boolean(error)) return {}
    if (deviation) return { deviation }
    return { difference: error ? `it fails: ${error}` : `it was sent; expected ${vector.error.class}: ${vector.error.message}` }
  }
  const prefix = vector.args.execution_name_prefix
  const [ours, theirs] = [proto.toJson(CREATE, sent), json(vector.request)].map((request) => settled(request, prefix))
  if (isDeepStrictEqual(ours, theirs)) return {}
  return deviation ? { deviation } : { difference: `${show(ours)}, expected ${show(theirs)}` }
}
