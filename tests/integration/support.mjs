// What every file of the integration suite shares: the server, a project of its own, and specs to register.
//
// With FLYTE_ENDPOINT set, the suite talks to that gRPC-Web server (FLYTE_SERVER says which one it is, default `flyteadmin`);
// without it, each file starts a sandbox that accepts executions and waits for events, as FlyteAdmin without propeller does.

import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after } from 'node:test'
import { FlyteRemote } from 'flyte-remote'
import { startSandbox } from 'flyte-remote/sandbox'

const given = process.env.FLYTE_ENDPOINT
const sandbox = given ? undefined : await startSandbox({ engine: false })
if (sandbox) after(() => sandbox.close())

/** Which server answers: `sandbox` or `flyteadmin`. */
export const server = sandbox ? 'sandbox' : (process.env.FLYTE_SERVER ?? 'flyteadmin')

/** The gRPC-Web endpoint. */
export const endpoint = given ?? sandbox.url

/** Where native gRPC is, `host:port`. */
export const grpc = process.env.FLYTE_GRPC || sandbox?.grpcUrl

/** A short random text, fit for names and ids. */
export const random = () => randomBytes(4).toString('hex')

/** A project that only this run of this file uses: the suite can run again on a living server. */
export const project = `it-${random()}`
export const domain = 'development'
export const PLACE = { project, domain }

export const remote = FlyteRemote.forEndpoint(endpoint, PLACE)
export const client = remote.client

await client.registerProject({ project: { id: project, name: 'integration suite' } })

let counter = 0
/** A name that nothing has yet: lower-case, fit for executions too. */
export const fresh = (prefix = 'x') => `${prefix}-${++counter}`

/**
 * What is documented as different between the servers (docs/sandbox.md has the table): picks this server's own behaviour,
 * which the test then asserts. Both sides have to be told, so that none is skipped.
 */
export function differs(behaviours) {
  for (const name of ['sandbox', 'flyteadmin']) assert.ok(name in behaviours, `the behaviour of ${name} is not told`)
  return behaviours[server]
}

/** Asserts that a call is refused with a code (`INVALID_ARGUMENT`) and a text; resolves to the error. */
export async function refused(promise, code, text) {
  const error = await Promise.resolve(promise).then(
    (value) => assert.fail(`it was accepted: ${JSON.stringify(value)?.slice(0, 300)}`),
    (error) => error,
  )
  if (error instanceof assert.AssertionError) throw error
  assert.equal(error.code, code, `${error.code}: ${error.message}`)
  if (text) assert.match(error.message, text)
  return error
}

/** All rows of a list, page by page: `pages(client.listTasks, request, (reply) => reply.tasks)`. */
export async function allPages(method, request, rows) {
  const found = []
  const sizes = []
  let token = ''
  do {
    const reply = await client[method]({ ...request, token })
    found.push(...rows(reply))
    sizes.push(rows(reply).length)
    token = reply.token ?? ''
    assert.ok(sizes.length < 100, 'the pages never end')
  } while (token)
  return { found, sizes }
}

export const simple = (type) => ({ type: { simple: type } })
export const integer = (value) => ({ scalar: { primitive: { integer: String(value) } } })
export const float = (value) => ({ scalar: { primitive: { floatValue: value } } })
export const string = (value) => ({ scalar: { primitive: { stringValue: value } } })
export const boolean = (value) => ({ scalar: { primitive: { boolean: value } } })
export const datetime = (value) => ({ scalar: { primitive: { datetime: value } } })
/** A literal map of integers and texts. */
export const literals = (values) => ({
  literals: Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, typeof value === 'number' ? integer(value) : string(value)]),
  ),
})

const id = (resourceType, name, version) => ({ resourceType, ...PLACE, name, version })
export const taskId = (name, version = 'v1') => id('TASK', name, version)
export const workflowId = (name, version = 'v1') => id('WORKFLOW', name, version)
export const planId = (name, version = 'v1') => id('LAUNCH_PLAN', name, version)
export const executionId = (name) => ({ ...PLACE, name })

const variables = (types) => ({ variables: Object.fromEntries(Object.entries(types).map(([name, type]) => [name, simple(type)])) })

/** The request that registers a container task; inputs and outputs as `{ n: 'INTEGER' }`. */
export function task(
  name,
  { version = 'v1', inputs = { n: 'INTEGER' }, outputs = { m: 'INTEGER' }, container = {}, spec = {}, ...template } = {},
) {
  return {
    id: taskId(name, version),
    spec: {
      template: {
        id: taskId(name, version),
        type: 'raw-container',
        metadata: { runtime: { type: 'OTHER', version: '1' }, retries: { retries: 1 } },
        interface: { inputs: variables(inputs), outputs: variables(outputs) },
        container: { image: 'sh', command: ['sh', '-c', 'true'], ...container },
        ...template,
      },
      ...spec,
    },
  }
}

const bindTo = (nodeId) => (name) => ({ var: name, binding: { promise: { nodeId, var: name } } })

/** The request that registers a workflow of one task node `n0` with the task's inputs and outputs. */
export function workflow(
  name,
  { version = 'v1', runs, inputs = { n: 'INTEGER' }, outputs = { m: 'INTEGER' }, spec = {}, ...template } = {},
) {
  return {
    id: workflowId(name, version),
    spec: {
      template: {
        id: workflowId(name, version),
        interface: { inputs: variables(inputs), outputs: variables(outputs) },
        metadata: {},
        metadataDefaults: {},
        nodes: [
          {
            id: 'n0',
            metadata: { name: 'n0' },
            taskNode: { referenceId: runs },
            inputs: Object.keys(inputs).map(bindTo('start-node')),
          },
        ],
        outputs: Object.keys(outputs).map(bindTo('n0')),
        ...template,
      },
      ...spec,
    },
  }
}

/** The request that registers a launch plan. */
export function plan(name, { version = 'v1', runs, ...spec } = {}) {
  return { id: planId(name, version), spec: { workflowId: runs, ...spec } }
}

/** A registered task, workflow and launch plan of one name, `double` unless told otherwise. */
export async function registered(name, { version = 'v1', inputs, outputs, planSpec = {} } = {}) {
  const shape = { version, ...(inputs && { inputs }), ...(outputs && { outputs }) }
  await client.createTask(task(name, shape))
  await client.createWorkflow(workflow(name, { ...shape, runs: taskId(name, version) }))
  await client.createLaunchPlan(plan(name, { version, runs: workflowId(name, version), ...planSpec }))
  return { task: taskId(name, version), workflow: workflowId(name, version), plan: planId(name, version) }
}

/** Creates an execution of a launch plan or task and resolves to its id. */
export async function execute(launchPlan, { name = fresh('run'), inputs = literals({ n: 1 }), ...spec } = {}) {
  const reply = await client.createExecution({ ...PLACE, name, spec: { launchPlan, ...spec }, inputs })
  return reply.id
}

/** Headers of an upload location that are for the store: not the length, which is wrong, and none that is empty. */
export const sendable = (headers) =>
  Object.fromEntries(Object.entries(headers).filter(([name, value]) => name.toLowerCase() !== 'content-length' && value !== ''))

/** Uploads a text or bytes under a fresh prefix; resolves to the native URI. */
export async function uploaded(body, filename) {
  const reply = await client.createUploadLocation({ ...PLACE, filename, filenameRoot: `it-${random()}` })
  const response = await fetch(reply.signedUrl, { method: 'PUT', body, headers: sendable(reply.headers) })
  assert.equal(response.status, 200, await response.text())
  return reply.nativeUrl
}
