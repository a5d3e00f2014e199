// The getters of executions, nodes and attempts that only show what the server's message says.

import { FlyteNodeExecution, FlyteTaskExecution, FlyteWorkflowExecution } from '#bindings'
import { type Class, getter, membersOf } from './members.js'

type Json = Record<string, unknown>
type Shape = (value: unknown) => unknown

/** What the core's classes have for this. */
interface Picking {
  /** The message that has the field of a path, with that field alone. */
  __at(path: string): Json
}

const text: Shape = (value) => value ?? ''
const flag: Shape = (value) => value ?? false
const count: Shape = (value) => value ?? 0
const date: Shape = (value) => (value === undefined ? undefined : new Date(value as string))
/** Of `"1.5s"`; by whole nanoseconds, as 1.001 * 1000 is 1000.9999999999999. */
const milliseconds: Shape = (value) => (value === undefined ? undefined : Math.round(Number.parseFloat(value as string) * 1e9) / 1e6)
const object =
  (defaults?: Json): Shape =>
  (value) =>
    value === undefined ? undefined : { ...defaults, ...(value as Json) }
const list =
  (item: (value: Json) => unknown): Shape =>
  (value) =>
    ((value ?? []) as Json[]).map(item)

const EXECUTION_ID = { project: '', domain: '', name: '' }
const IDENTIFIER = { resourceType: 'UNSPECIFIED', ...EXECUTION_ID, version: '' }
const identifier: Shape = (value) => ({ ...IDENTIFIER, ...(value as Json | undefined) })

/** Where a getter finds its value, and what it makes of it; `undefined` where the message has none. */
type Getters = Record<string, [path: string, shape: Shape]>

const IN_ALL: Getters = {
  startedAt: ['closure.startedAt', date],
  createdAt: ['closure.createdAt', date],
  updatedAt: ['closure.updatedAt', date],
  durationMs: ['closure.duration', milliseconds],
}

const EXECUTION: Getters = {
  ...IN_ALL,
  launchPlan: ['spec.launchPlan', identifier],
  principal: ['spec.metadata.principal', text],
  cluster: ['spec.metadata.systemMetadata.executionCluster', text],
  parent: [
    'spec.metadata.parentNodeExecution',
    (value) => {
      const { nodeId = '', executionId } = (value ?? {}) as Json
      return value && { execution: { ...EXECUTION_ID, ...(executionId as Json) }, nodeId }
    },
  ],
  referenceExecution: ['spec.metadata.referenceExecution', object(EXECUTION_ID)],
  isArchived: ['closure.stateChangeDetails.state', (value) => value === 'EXECUTION_ARCHIVED'],
}

const WITH_DATA: Getters = { ...IN_ALL, inputUri: ['inputUri', text], outputUri: ['closure.outputUri', text] }

const NODE: Getters = {
  ...WITH_DATA,
  nodeId: ['id.nodeId', text],
  isParent: ['metadata.isParentNode', flag],
  isDynamic: ['metadata.isDynamic', flag],
  isArray: ['metadata.isArray', flag],
  launched: ['closure.workflowNodeMetadata.executionId', object(EXECUTION_ID)],
  cacheStatus: [
    'closure.taskNodeMetadata',
    (value) => value && String((value as Json).cacheStatus ?? 'CACHE_DISABLED').replace('CACHE_', ''),
  ],
  deckUri: ['closure.deckUri', text],
}

const TASK: Getters = {
  ...WITH_DATA,
  attempt: ['id.retryAttempt', count],
  task: ['id.taskId', identifier],
  taskType: ['closure.taskType', text],
  reason: ['closure.reason', text],
  reasons: ['closure.reasons', list(({ occurredAt, message = '' }) => ({ at: date(occurredAt), message }))],
  logs: ['closure.logs', list(({ name = '', uri = '' }) => ({ name, uri }))],
}

/** The members of one of the classes, with the getters and what they have in common. */
function install(type: Class, getters: Getters): object {
  const members = membersOf(type)
  for (const [name, [path, shape]] of Object.entries(getters)) {
    const leaf = path.slice(path.lastIndexOf('.') + 1)
    getter(members, name, (self: Picking) => shape(self.__at(path)[leaf]))
  }
  getter(members, 'isTerminal', (self: { isDone: boolean }) => self.isDone)
  return members
}

/** Adds the getters to the classes. */
export function installFields(): void {
  const execution = install(FlyteWorkflowExecution, EXECUTION)
  for (const name of ['project', 'domain', 'name'] as const) {
    getter(execution, name, (self: FlyteWorkflowExecution) => self.id[name])
  }
  getter(execution, 'abort', (self: Picking) => {
    const { abortCause, abortMetadata } = { ...self.__at('closure.abortCause'), ...self.__at('closure.abortMetadata') }
    if (abortCause === undefined && !abortMetadata) return undefined
    return { cause: abortCause ?? '', principal: '', ...(abortMetadata as Json | undefined) }
  })
  const node = install(FlyteNodeExecution, NODE)
  getter(node, 'specNodeId', (self: FlyteNodeExecution & Picking) => self.__at('metadata.specNodeId').specNodeId || self.nodeId)
  getter(node, 'consoleUrl', (self: FlyteNodeExecution) => self.remote.generateConsoleUrl(self))
  getter(node, 'retries', (self: FlyteNodeExecution) => Math.max(0, ...self.taskExecutions.map(({ attempt }) => attempt)))
  getter(node, 'subworkflowNodeExecutions', (self: FlyteNodeExecution) =>
    Object.fromEntries(self.nodeExecutions.map((node) => [node.nodeId, node])),
  )
  install(FlyteTaskExecution, TASK)
}
