// A workflow of three container tasks, end to end: start a sandbox, register, execute, watch, read the outputs.
//
//     numbers, weight = 2 ──► total ───┐
//     numbers ──────────────► largest ─┴─► report ◄── labels

import { FlyteRemote } from 'flyte-remote'
import { startSandbox } from 'flyte-remote/sandbox'

const PROJECT = 'flytesnacks'
const DOMAIN = 'development'

const sandbox = await startSandbox()
try {
  console.log(`sandbox     ${sandbox.url}`)
  const remote = FlyteRemote.forEndpoint(sandbox.url, { project: PROJECT, domain: DOMAIN })

  const { tasks, workflows, launchPlans } = await remote.registerSpecs(specs())
  for (const { id } of [...tasks, ...workflows, ...launchPlans]) console.log(`registered  ${id.resourceType} ${id.name} ${id.version}`)

  const plan = await remote.fetchLaunchPlan({ name: 'demo.summary' })
  const inputs = { numbers: [3, 1, 4, 1, 5, 9, 2, 6], labels: { author: 'you', unit: 'points' } }
  const run = await remote.execute(plan, { inputs, namePrefix: 'demo' })
  console.log(`executing   ${run.name}`)

  let shown
  await run.wait({
    intervalMs: 100,
    timeoutMs: 60_000,
    onProgress: (now) => {
      const tasks = now.nodeExecutions.filter((node) => !/^(start|end)-node$/.test(node.nodeId))
      const line = [now.phase, ...tasks.map((node) => `${node.nodeId} ${node.phase}`)].join(' · ')
      if (line !== shown) console.log(`            ${line}`)
      shown = line
    },
  })
  if (!run.isSuccessful) throw new Error(`the execution ended as ${run.phase}: ${run.error?.message}`)

  const { report, results, ranking } = (await run.outputs()).toObject()
  console.log('outputs     report ', report)
  console.log('            results', results)
  console.log('            ranking', ranking)
  console.log(`console     ${run.executionUrl}`)
} finally {
  await sandbox.close()
}

/** What a compiler such as flytekit's would write: tasks, the workflow that joins them, a launch plan with a default. */
function specs() {
  const integer = { simple: 'INTEGER' }
  const text = { simple: 'STRING' }
  const listOf = (type) => ({ collectionType: type })
  const mapOf = (type) => ({ mapValueType: type })

  const total = task(
    'demo.total',
    { numbers: listOf(integer), weight: integer },
    { total: integer },
    node('write("total", inputs.weight * inputs.numbers.reduce((sum, number) => sum + number, 0))'),
  )
  const largest = task(
    'demo.largest',
    { numbers: listOf(integer) },
    { largest: integer },
    // The sidecar writes a list as a folder of files.
    ['/bin/sh', '-c', 'sleep 0.5; for file in "$1"/numbers/*; do cat "$file"; echo; done | sort -n | tail -n 1 > "$2/largest"', 'largest'],
  )
  const report = task(
    'demo.report',
    { results: mapOf(integer), labels: mapOf(text) },
    { report: text },
    node(
      'write("report", inputs.labels.author + ": " + inputs.results.total + " " + inputs.labels.unit + ", at most " + inputs.results.largest + " at once")',
    ),
  )

  const results = { map: { bindings: { total: output('total', 'total'), largest: output('largest', 'largest') } } }
  const workflow = {
    template: {
      id: id('WORKFLOW', 'demo.summary'),
      metadata: {},
      interface: {
        inputs: variables({ numbers: listOf(integer), labels: mapOf(text), weight: integer }),
        outputs: variables({ report: text, results: mapOf(integer), ranking: listOf(integer) }),
      },
      nodes: [
        call('total', 'demo.total', { numbers: input('numbers'), weight: input('weight') }),
        call('largest', 'demo.largest', { numbers: input('numbers') }),
        call('report', 'demo.report', { results, labels: input('labels') }, ['total', 'largest']),
      ],
      outputs: bindings({
        report: output('report', 'report'),
        results,
        ranking: { collection: { bindings: [output('total', 'total'), output('largest', 'largest')] } },
      }),
    },
  }
  const launchPlan = {
    id: id('LAUNCH_PLAN', 'demo.summary'),
    spec: {
      workflowId: id('WORKFLOW', 'demo.summary'),
      fixedInputs: {},
      defaultInputs: {
        parameters: {
          numbers: { var: { type: listOf(integer) }, required: true },
          labels: { var: { type: mapOf(text) }, required: true },
          weight: { var: { type: integer }, default: { scalar: { primitive: { integer: 2 } } } },
        },
      },
    },
  }
  return { tasks: [total, largest, report], workflows: [workflow], launchPlans: [launchPlan] }
}

function id(resourceType, name) {
  return { resourceType, project: PROJECT, domain: DOMAIN, name, version: 'v1' }
}

function task(name, inputs, outputs, command) {
  return {
    template: {
      id: id('TASK', name),
      type: 'raw-container',
      metadata: { runtime: { version: '1' } },
      interface: { inputs: variables(inputs), outputs: variables(outputs) },
      container: {
        image: 'node:20',
        command: [...command, '/var/inputs', '/var/outputs'],
        dataConfig: { enabled: true, inputPath: '/var/inputs', outputPath: '/var/outputs', format: 'JSON' },
      },
    },
  }
}

/** A command that runs JavaScript with the inputs at hand, and half a second to watch it. */
function node(body) {
  const script = `
    const [inputPath, outputPath] = process.argv.slice(1)
    const inputs = JSON.parse(fs.readFileSync(inputPath + '/inputs.json', 'utf8'))
    const write = (name, value) => fs.writeFileSync(outputPath + '/' + name, String(value))
    setTimeout(() => { ${body} }, 500)`
  return ['node', '-e', script]
}

function variables(types) {
  return { variables: Object.fromEntries(Object.entries(types).map(([name, type]) => [name, { type }])) }
}

function call(nodeId, taskName, inputs, upstreamNodeIds = []) {
  return {
    id: nodeId,
    metadata: { name: nodeId },
    taskNode: { referenceId: id('TASK', taskName) },
    inputs: bindings(inputs),
    upstreamNodeIds,
  }
}

function bindings(values) {
  return Object.entries(values).map(([name, binding]) => ({ var: name, binding }))
}

function output(nodeId, name) {
  return { promise: { nodeId, var: name } }
}

function input(name) {
  return output('', name)
}
