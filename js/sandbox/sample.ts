// What `npm start` shows: a few workflows of container tasks in `flytesnacks`, and executions of them.

import { FlyteRemote } from 'flyte-remote'

const PROJECT = 'flytesnacks'
const DOMAIN = 'development'
const VERSION = 'v1'

type Json = { [name: string]: unknown }

const simple = (type: string): Json => ({ simple: type })
const variables = (types: Record<string, Json>): Json => ({
  variables: Object.fromEntries(Object.entries(types).map(([name, type]) => [name, { type }])),
})

/** A container task that runs a shell script; outputs are the files it writes into the folder `$1`. */
function shellTask(name: string, inputs: Record<string, Json>, outputs: Record<string, Json>, script: string): Json {
  return {
    template: {
      id: { resourceType: 'TASK', project: PROJECT, domain: DOMAIN, name, version: VERSION },
      type: 'raw-container',
      metadata: { runtime: { type: 'OTHER', version: '1', flavor: 'shell' }, retries: { retries: 1 } },
      interface: { inputs: variables(inputs), outputs: variables(outputs) },
      container: {
        image: 'alpine:3',
        command: ['/bin/sh', '-c', script, 'task', '/var/outputs', ...Object.keys(inputs).map((input) => `{{.inputs.${input}}}`)],
        dataConfig: { enabled: true, inputPath: '/var/inputs', outputPath: '/var/outputs', format: 'JSON' },
      },
    },
  }
}

const promise = (nodeId: string, variable: string): Json => ({ promise: { nodeId, var: variable } })

function node(id: string, task: string, inputs: Record<string, Json>): Json {
  return {
    id,
    metadata: { name: id },
    taskNode: { referenceId: { resourceType: 'TASK', project: PROJECT, domain: DOMAIN, name: task, version: VERSION } },
    inputs: Object.entries(inputs).map(([name, binding]) => ({ var: name, binding })),
    upstreamNodeIds: [...new Set(Object.values(inputs).map((binding) => (binding.promise as Json | undefined)?.nodeId ?? ''))].filter(
      (upstream) => upstream !== '',
    ),
  }
}

function workflow(
  name: string,
  inputs: Record<string, Json>,
  outputs: Record<string, Json>,
  nodes: Json[],
  results: Record<string, Json>,
): Json {
  return {
    template: {
      id: { resourceType: 'WORKFLOW', project: PROJECT, domain: DOMAIN, name, version: VERSION },
      metadata: {},
      interface: { inputs: variables(inputs), outputs: variables(outputs) },
      nodes,
      outputs: Object.entries(results).map(([variable, binding]) => ({ var: variable, binding })),
    },
  }
}

function launchPlan(name: string, workflowName: string, defaults: Record<string, Json>): Json {
  const id = (resourceType: string, name: string) => ({ resourceType, project: PROJECT, domain: DOMAIN, name, version: VERSION })
  return {
    id: id('LAUNCH_PLAN', name),
    spec: { workflowId: id('WORKFLOW', workflowName), defaultInputs: { parameters: defaults }, fixedInputs: {} },
  }
}

const text = (value: string): Json => ({ scalar: { primitive: { stringValue: value } } })
const integer = (value: number): Json => ({ scalar: { primitive: { integer: String(value) } } })

const TASKS = [
  shellTask(
    'text.greet',
    { name: simple('STRING') },
    { greeting: simple('STRING') },
    'echo "greeting $2"; printf "Hello, %s!" "$2" > "$1/greeting"',
  ),
  shellTask('text.length', { text: simple('STRING') }, { length: simple('INTEGER') }, 'printf "%s" "$2" | wc -m | tr -d " " > "$1/length"'),
  shellTask('math.square', { x: simple('INTEGER') }, { result: simple('INTEGER') }, 'sleep 1; echo $(($2 * $2)) > "$1/result"'),
  shellTask(
    'math.add',
    { a: simple('INTEGER'), b: simple('INTEGER') },
    { sum: simple('INTEGER') },
    'sleep 1; echo $(($2 + $3)) > "$1/sum"',
  ),
  shellTask(
    'check.positive',
    { x: simple('INTEGER') },
    { x: simple('INTEGER') },
    'if [ "$2" -le 0 ]; then echo "$2 is not positive" >&2; exit 1; fi; echo "$2" > "$1/x"',
  ),
]

const WORKFLOWS = [
  workflow(
    'examples.greeting',
    { name: simple('STRING') },
    { greeting: simple('STRING'), length: simple('INTEGER') },
    [node('greet', 'text.greet', { name: promise('', 'name') }), node('measure', 'text.length', { text: promise('greet', 'greeting') })],
    { greeting: promise('greet', 'greeting'), length: promise('measure', 'length') },
  ),
  workflow(
    'examples.sum_of_squares',
    { a: simple('INTEGER'), b: simple('INTEGER') },
    { sum: simple('INTEGER') },
    [
      node('square-a', 'math.square', { x: promise('', 'a') }),
      node('square-b', 'math.square', { x: promise('', 'b') }),
      node('add', 'math.add', { a: promise('square-a', 'result'), b: promise('square-b', 'result') }),
    ],
    { sum: promise('add', 'sum') },
  ),
  workflow(
    'examples.check',
    { x: simple('INTEGER') },
    { square: simple('INTEGER') },
    [node('check', 'check.positive', { x: promise('', 'x') }), node('square', 'math.square', { x: promise('check', 'x') })],
    { square: promise('square', 'result') },
  ),
]

const LAUNCH_PLANS = [
  launchPlan('examples.greeting', 'examples.greeting', {
    name: { var: { type: simple('STRING'), description: 'Whom to greet' }, default: text('world') },
  }),
  launchPlan('examples.sum_of_squares', 'examples.sum_of_squares', {
    a: { var: { type: simple('INTEGER') }, default: integer(3) },
    b: { var: { type: simple('INTEGER') }, default: integer(4) },
  }),
  launchPlan('examples.check', 'examples.check', { x: { var: { type: simple('INTEGER') }, required: true } }),
]

const EXECUTIONS: [plan: string, name: string, inputs: Json][] = [
  ['examples.greeting', 'hello-world', {}],
  ['examples.greeting', 'hello-flyte', { name: 'Flyte' }],
  ['examples.sum_of_squares', 'three-and-four', { a: 3, b: 4 }],
  ['examples.check', 'one-that-fails', { x: -1 }],
]

/** Registers the sample and starts its executions, unless they are there already. */
export async function loadSample(url: string): Promise<void> {
  const remote = FlyteRemote.forEndpoint(url, { project: PROJECT, domain: DOMAIN })
  await remote.registerSpecs(
    { tasks: TASKS, workflows: WORKFLOWS, launchPlans: LAUNCH_PLANS },
    { defaultLaunchPlans: false, activate: true },
  )
  for (const [plan, name, inputs] of EXECUTIONS) {
    const id = { project: PROJECT, domain: DOMAIN, name }
    const known = await remote.client.getExecution({ id }).catch(() => undefined)
    if (!known) await remote.execute({ kind: 'launchPlan', name: plan, version: VERSION }, { name, inputs })
  }
}
