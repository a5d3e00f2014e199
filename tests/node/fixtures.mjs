// A sandbox with a workflow in it, shared by the tests of the built package.

import { FlyteRemote } from 'flyte-remote'
import { startSandbox } from 'flyte-remote/sandbox'

export const PLACE = { project: 'flytesnacks', domain: 'development' }

const type = (simple) => ({ type: { simple } })
const list = (simple) => ({ type: { collectionType: { simple } } })
const map = (simple) => ({ type: { mapValueType: { simple } } })

const id = (resourceType, name, version) => ({ resourceType, ...PLACE, name, version })

/** A raw container task that runs a shell script; inputs are files in /var/inputs, outputs in /var/outputs. */
export function shellTask(name, inputs, outputs, script, { version = 'v1', retries = 0 } = {}) {
  return {
    template: {
      id: id('TASK', name, version),
      type: 'raw-container',
      metadata: { runtime: { type: 'OTHER', version: '1' }, retries: { retries } },
      interface: { inputs: { variables: inputs }, outputs: { variables: outputs } },
      container: {
        image: 'sh',
        command: ['/bin/sh', '-c', script],
        dataConfig: { enabled: true, inputPath: '/var/inputs', outputPath: '/var/outputs' },
      },
    },
  }
}

/** A workflow of one task with the same inputs and outputs. */
export function workflowOf(task, name, version = 'v1') {
  const { interface: signature, id: taskId } = task.template
  const bind = (from) => (variable) => ({ var: variable, binding: { promise: { nodeId: from, var: variable } } })
  return {
    template: {
      id: id('WORKFLOW', name, version),
      interface: signature,
      metadata: {},
      metadataDefaults: {},
      nodes: [
        {
          id: 'n0',
          metadata: { name },
          taskNode: { referenceId: taskId },
          inputs: Object.keys(signature.inputs.variables).map(bind('start-node')),
        },
      ],
      outputs: Object.keys(signature.outputs.variables).map(bind('n0')),
    },
  }
}

/** Doubles `n`. */
export const double = shellTask(
  'double',
  { n: type('INTEGER') },
  { m: type('INTEGER') },
  'echo $(( $(cat /var/inputs/n) * 2 )) > /var/outputs/m',
)

/** Takes values of several types; gives the date and the number back, and tells how the list reads on a command line. */
export const echo = shellTask(
  'echo',
  { words: list('STRING'), counts: map('INTEGER'), when: type('DATETIME'), ratio: type('FLOAT') },
  { when: type('DATETIME'), ratio: type('FLOAT'), seen: type('STRING') },
  "cp /var/inputs/when /var/inputs/ratio /var/outputs/; printf '%s' '{{.inputs.words}}' > /var/outputs/seen",
)

/** Fails with a message. */
export const fail = shellTask('fail', {}, {}, 'echo "the disk is on fire" >&2; exit 3')

/** Sleeps for a minute. */
export const sleep = shellTask('sleep', {}, {}, 'exec sleep 60')

/** A sandbox and a remote for it, with the workflows double, echo, fail and sleep. */
export async function sandboxWithWorkflows() {
  const sandbox = await startSandbox({ port: 0, grpcPort: 0 })
  const remote = FlyteRemote.forEndpoint(sandbox.url, PLACE)
  const tasks = [double, echo, fail, sleep]
  const workflows = tasks.map((task) => workflowOf(task, `${task.template.id.name}_wf`))
  await remote.registerSpecs({ tasks, workflows })
  return { sandbox, remote }
}
