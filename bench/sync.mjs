// `sync` of executions with many nodes: a sandbox in a process of its own, and 10 ms added to every call.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { FlyteRemote } from 'flyte-remote'
import { flytekitSync } from './flytekit.mjs'
import { median } from './measure.mjs'

const PLACE = { project: 'flytesnacks', domain: 'development' }
const DELAY = 10
const ROUNDS = 5
/** Admin takes no more in a workflow. */
const SPEC_NODES = 100

const SERVER = `
  const { startSandbox } = await import('flyte-remote/sandbox')
  const sandbox = await startSandbox({ engine: false, seed: 1 })
  process.stdout.write(JSON.stringify(sandbox))
  process.stdin.on('end', () => sandbox.close()).resume()
`

async function serve() {
  const child = spawn(process.execPath, ['--input-type=module', '-e', SERVER], { stdio: ['pipe', 'pipe', 'inherit'] })
  const [text] = await once(child.stdout, 'data')
  return { ...JSON.parse(text), close: () => child.stdin.end() }
}

const sleep = (ms) => new Promise((done) => setTimeout(done, ms))

/** Runs `work` for 0 to count-1, some at a time. */
async function each(count, work) {
  let next = 0
  const worker = async () => {
    while (next < count) await work(next++)
  }
  await Promise.all(Array.from({ length: 32 }, worker))
}

const id = (resourceType, name) => ({ resourceType, ...PLACE, name, version: 'v1' })
const variables = { variables: { n: { type: { simple: 'INTEGER' } } } }
const integer = (n) => ({ literals: { n: { scalar: { primitive: { integer: String(n) } } } } })

/** An execution whose nodes have all succeeded, each with an attempt, inputs and outputs. */
async function execute(client, name, count) {
  const execution = { ...PLACE, name }
  const at = (second) => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString()
  await client.createExecution({ ...PLACE, name, spec: { launchPlan: id('LAUNCH_PLAN', 'many') }, inputs: {} })
  const workflowEvent = (phase, second) => client.createWorkflowEvent({ event: { executionId: execution, phase, occurredAt: at(second) } })
  await workflowEvent('RUNNING', 1)
  await each(count, async (i) => {
    const node = { nodeId: `n${i}`, executionId: execution }
    const nodeEvent = (phase, second, more) =>
      client.createNodeEvent({
        event: { id: node, phase, occurredAt: at(second), specNodeId: `n${i % SPEC_NODES}`, nodeName: 'many.one', ...more },
      })
    const taskEvent = (phase, second, more) =>
      client.createTaskEvent({
        event: { taskId: id('TASK', 'one'), parentNodeExecutionId: node, phase, occurredAt: at(second), taskType: 'container', ...more },
      })
    await nodeEvent('RUNNING', 2, { inputData: integer(i) })
    await taskEvent('RUNNING', 3, { inputData: integer(i) })
    await taskEvent('SUCCEEDED', 4, { outputData: integer(i + 1) })
    await nodeEvent('SUCCEEDED', 5, { outputData: integer(i + 1) })
  })
  await workflowEvent('SUCCEEDED', 6)
}

async function register(client) {
  await client.createTask({
    id: id('TASK', 'one'),
    spec: {
      template: {
        id: id('TASK', 'one'),
        type: 'container',
        metadata: { runtime: { type: 'OTHER', version: '1' } },
        interface: { inputs: variables, outputs: variables },
        container: { image: 'none', command: ['none'] },
      },
    },
  })
  // flytekit looks each node up in its workflow.
  const node = (_, i) => ({
    id: `n${i}`,
    metadata: { name: 'one' },
    taskNode: { referenceId: id('TASK', 'one') },
    inputs: [{ var: 'n', binding: { scalar: { primitive: { integer: '1' } } } }],
  })
  const template = {
    id: id('WORKFLOW', 'many'),
    interface: {},
    metadata: {},
    metadataDefaults: {},
    nodes: Array.from({ length: SPEC_NODES }, node),
  }
  await client.createWorkflow({ id: id('WORKFLOW', 'many'), spec: { template } })
  await client.createLaunchPlan({
    id: id('LAUNCH_PLAN', 'many'),
    spec: { workflowId: id('WORKFLOW', 'many'), defaultInputs: {}, fixedInputs: {} },
  })
}

/** The median time of a `sync` of a freshly fetched execution, how many calls it made, and what it left in memory. */
async function sync(url, name, options, check) {
  let calls = 0
  const slow = async (input, init) => {
    calls += 1
    await sleep(DELAY)
    return fetch(input, init)
  }
  const remote = FlyteRemote.forEndpoint(url, { ...PLACE, insecure: true, fetch: slow })
  const times = []
  let again = 0
  for (let round = 0; round < ROUNDS; round++) {
    const execution = await remote.fetchExecution(name)
    const start = performance.now()
    await execution.sync(options)
    times.push(performance.now() - start)
    check(execution)
    calls = 0
    await execution.sync(options)
    again = calls
  }
  return { time: median(times), again }
}

const GROWTH = `
  const { FlyteRemote } = await import('flyte-remote')
  const remote = FlyteRemote.forEndpoint(process.env.ENDPOINT, ${JSON.stringify(PLACE)})
  const [warm, execution] = [await remote.fetchExecution('thousand'), await remote.fetchExecution('five-thousand')]
  await warm.sync({ depth: 1, taskExecutions: false })
  const resident = () => (globalThis.gc(), process.memoryUsage().rss)
  const before = resident()
  await execution.sync({ nodes: true })
  if (execution.walk().length !== 5000) throw new Error('nodes are missing')
  process.stdout.write(String((resident() - before) / 1e6))
`

/** By how many MB a process of its own grows with 5,000 nodes: all of its memory, wasm's too. */
async function growth(url) {
  const env = { ...process.env, ENDPOINT: url }
  const child = spawn(process.execPath, ['--expose-gc', '--input-type=module', '-e', GROWTH], { stdio: ['ignore', 'pipe', 'inherit'], env })
  const [text] = await once(child.stdout, 'data')
  return Number(text)
}

function expect(condition, what) {
  if (!condition) throw new Error(`bench: ${what}`)
}

/** Each figure: `{ title, contestants: { name: ms }, ours, goal }`. */
export async function syncBench() {
  const server = await serve()
  try {
    const { client } = FlyteRemote.forEndpoint(server.url, { insecure: true })
    await register(client)
    await execute(client, 'thousand', 1000)
    await execute(client, 'five-thousand', 5000)
    const succeeded = (count) => (execution) => {
      const nodes = execution.nodeExecutions
      expect(nodes.length === count && nodes.every((node) => node.phase === 'SUCCEEDED'), `${count} nodes that succeeded`)
    }
    const phases = await sync(server.url, 'thousand', { nodes: true }, succeeded(1000))
    const eager = await sync(server.url, 'thousand', { data: 'eager', concurrency: 32 }, (execution) => {
      succeeded(1000)(execution)
      expect(execution.node('n999').taskExecutions.length === 1, 'an attempt of each node')
    })
    let kept
    const many = await sync(server.url, 'five-thousand', { nodes: true }, (execution) => {
      kept = execution
      expect(execution.walk().length === 5000, '5000 nodes')
    })
    const grown = await growth(server.url)
    expect(kept.isDone && phases.again === 1 && eager.again === 1, 'one call for a sync after the end')
    console.log(`\nsync after the end: ${phases.again} call; the process grew by ${grown.toFixed(1)} MB with 5,000 nodes`)
    const theirs = flytekitSync(server.grpcUrl, 'thousand', PLACE, DELAY)
    if (theirs) console.log(`flytekit: ${theirs.calls} calls for ${theirs.nodes} nodes`)
    const peer = theirs ? { [`flytekit ${theirs.version}`]: theirs.ms } : {}
    const ours = 'flyte-remote'
    return [
      { title: 'sync, 1,000 nodes, 10 ms a call: phases', contestants: { [ours]: phases.time }, ours, goal: { most: 400 } },
      {
        title: 'sync, 1,000 nodes, 10 ms a call: inputs, outputs and task executions of all, 32 calls at a time',
        contestants: { [ours]: eager.time, ...peer },
        ours,
        goal: { most: 1100 },
      },
      { title: 'sync, 5,000 nodes, 10 ms a call: phases', contestants: { [ours]: many.time }, ours, goal: { most: 2000 } },
    ]
  } finally {
    server.close()
  }
}
