// Executions are driven by events, the way propeller reports. A script is a table, one event a line:
//
//     who          phase      second  what
//     .            RUNNING    0                         the execution itself
//     n0           QUEUED     1                         a node
//     n0#0         RUNNING    2       log=http://x/1    attempt 0 of the node's task
//     n0#0         SUCCEEDED  4       m=2               output m = 2
//     n0           SUCCEEDED  5       m=2
//     .            SUCCEEDED  6       m=2
//
// What an event says, after the second:
//     name=value       an output, an integer where it looks like one
//     in:name=value    an input
//     @uri=URI         outputs are at a URI             @in-uri=URI   inputs are at a URI
//     @error=CODE:text it failed; `_` stands for a space (@system-error: not the user's fault)
//     @reason=text     @version=N (phase version)       @log=URI      @deck=URI
//     @of=NODE         the parent node                  @group=TEXT   the retry group
//     @spec=NODE       the node's id in the workflow    @parent @dynamic @array
//     @producer=NAME   the cluster that says so

import { client, literals } from './support.mjs'

/** Seconds of a script count from here unless told otherwise. */
export const EPOCH = Date.UTC(2026, 0, 2, 3, 4, 5)

/** The events of a script as `[method, request]`. `task` is the task of attempts; `more` adds fields to all events of a subject. */
export function events(execution, text, { task, start = EPOCH, more = {} } = {}) {
  const lines = text.split('\n').map((line) => line.trim())
  return lines.filter(Boolean).map((line) => {
    const [who, phase, second, ...words] = line.split(/\s+/)
    const said = read(words)
    const common = { phase, occurredAt: new Date(start + Number(second) * 1000).toISOString(), ...said.common, ...more[who] }
    if (who === '.') return ['createWorkflowEvent', { event: { executionId: execution, ...common } }]
    const [nodeId, attempt] = who.split('#')
    const node = { nodeId, executionId: execution }
    if (attempt === undefined) {
      return ['createNodeEvent', { event: { id: node, specNodeId: nodeId, nodeName: nodeId, eventVersion: 2, ...said.node, ...common } }]
    }
    const event = { taskId: task, parentNodeExecutionId: node, retryAttempt: Number(attempt), taskType: 'raw-container', eventVersion: 2 }
    return ['createTaskEvent', { event: { ...event, ...said.task, ...common } }]
  })
}

/** Posts the events of a script, one after the other. */
export async function play(execution, text, options) {
  for (const [method, request] of events(execution, text, options)) await client[method](request)
}

/** A whole run of the workflow that `registered` makes, to a phase. */
export const wholeRun = (end = 'SUCCEEDED', output = 2) => {
  const good = end === 'SUCCEEDED'
  const result = good ? `m=${output}` : end === 'ABORTED' ? '' : '@error=Boom:the_disk_is_on_fire'
  return `
    .           QUEUED     0
    .           RUNNING    1
    start-node  SUCCEEDED  1
    n0          QUEUED     2
    n0          RUNNING    3
    n0#0        QUEUED     3
    n0#0        RUNNING    4  @log=http://logs.example/n0
    n0#0        ${good ? 'SUCCEEDED' : end === 'ABORTED' ? 'ABORTED' : 'FAILED'}  6  ${result}
    n0          ${end}  7  ${result}
    ${good ? 'end-node SUCCEEDED 8' : ''}
    .           ${end}  9  ${result}
  `
}

const OPTIONS = {
  uri: (value) => ({ common: { outputUri: value } }),
  'in-uri': (value) => ({ node: { inputUri: value }, task: { inputUri: value } }),
  error: (value) => ({ common: { error: failure(value, 'USER') } }),
  'system-error': (value) => ({ common: { error: failure(value, 'SYSTEM') } }),
  reason: (value) => ({ task: { reason: spaced(value) } }),
  version: (value) => ({ task: { phaseVersion: Number(value) } }),
  log: (value) => ({ task: { logs: [{ uri: value, name: 'stdout' }] } }),
  deck: (value) => ({ node: { deckUri: value } }),
  of: (value) => ({ node: { parentNodeMetadata: { nodeId: value } } }),
  group: (value) => ({ node: { retryGroup: value } }),
  spec: (value) => ({ node: { specNodeId: value } }),
  parent: () => ({ node: { isParent: true } }),
  dynamic: () => ({ node: { isDynamic: true } }),
  array: () => ({ node: { isArray: true } }),
  producer: (value) => ({ common: { producerId: value } }),
}

const spaced = (text) => text.replaceAll('_', ' ')

function failure(text, kind) {
  const [code, ...message] = text.split(':')
  return { code, message: spaced(message.join(':')), kind, errorUri: '' }
}

function read(words) {
  const said = { common: {}, node: {}, task: {} }
  const outputs = {}
  const inputs = {}
  for (const word of words) {
    const [key, ...rest] = word.split('=')
    const value = rest.join('=')
    if (key.startsWith('@')) {
      const option = OPTIONS[key.slice(1)]
      if (!option) throw new Error(`a script has no ${key}`)
      for (const [part, fields] of Object.entries(option(value))) Object.assign(said[part], fields)
    } else {
      const [map, name] = key.startsWith('in:') ? [inputs, key.slice(3)] : [outputs, key]
      map[name] = /^-?\d+$/.test(value) ? Number(value) : value
    }
  }
  if (Object.keys(outputs).length) said.common.outputData = literals(outputs)
  if (Object.keys(inputs).length) for (const part of [said.node, said.task]) part.inputData = literals(inputs)
  return said
}
