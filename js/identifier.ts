// Identifiers of any kind: as objects, as text, and as pages of the console.

import type { AnyIdentifier, FlyteRemote } from '#bindings'
import { FlyteValueError } from './errors.js'

interface Fields {
  [name: string]: unknown
  executionId?: Fields
  nodeExecutionId?: Fields
  taskId?: Fields
}

/** Of each kind: its names in an identifier and a reference, its text form, its page with a version, and without. */
const KINDS = [
  ['TASK', 'task', 'tsk', 'task', 'tasks'],
  ['WORKFLOW', 'workflow', 'wf', 'workflow', 'workflows'],
  ['LAUNCH_PLAN', 'launchPlan', 'lp', 'launch_plan', 'launchPlans'],
]
const kindOf = (said: unknown) => KINDS.find((names) => names.includes(said as string))

const PAGE =
  /^[^?#]*\/projects\/([^/?#]+)\/domains\/([^/?#]+)\/(\w+)\/([^/?#]+)(?:\/version\/([^/?#]+)|\/nodeId\/([^/?#]+)|[^?#]*\?(?:.*&)?nodeId=([^&#]+))?/

function fail(message: string, path?: string): never {
  throw new FlyteValueError(message, path ? { path } : {})
}

function ofPage(text: string): Fields | undefined {
  try {
    const parts = PAGE.exec(text)?.map((part) => part && decodeURIComponent(part)) ?? []
    const [, project, domain, kind, name, version = '', inPath, inQuery] = parts
    const nodeId = inPath ?? inQuery
    if (kind === 'executions') return nodeId ? { executionId: { project, domain, name }, nodeId } : { project, domain, name }
    const names = kindOf(kind)
    return names && { resourceType: names[0], project, domain, name, version }
  } catch {
    return undefined
  }
}

function ofText(text: string): Fields | undefined {
  const [kind, project, domain, name, ...rest] = text.split(':')
  const execution = { project, domain, name }
  if (kind === 'ex') return name !== undefined && !rest.length ? execution : undefined
  if (kind === 'te') {
    const [nodeId, taskProject, taskDomain, taskName, version, attempt = '', more] = rest
    if (!/^\d+$/.test(attempt) || more !== undefined) return undefined
    const taskId = { resourceType: 'TASK', project: taskProject, domain: taskDomain, name: taskName, version }
    return { taskId, nodeExecutionId: { executionId: execution, nodeId }, retryAttempt: Number(attempt) }
  }
  const names = KINDS.find((names) => names[2] === kind)
  return names && rest.length === 1 ? { resourceType: names[0], ...execution, version: rest[0] } : undefined
}

/**
 * Reads an identifier's text form (`tsk:…`, `wf:…`, `lp:…`, `ex:…`, `te:…`) or the address of a page in the console. Throws
 * FlyteValueError for any other text.
 */
export function parseIdentifier(text: string): AnyIdentifier {
  const said = String(text)
  return (ofPage(said) ??
    ofText(said) ??
    fail(`"${said}" is neither an identifier such as lp:project:domain:name:version nor a page of the console`)) as AnyIdentifier
}

/** @internal The identifier of a fetched object, a text, a reference or an identifier. */
export function identifierOf(value: unknown): Fields {
  if (typeof value === 'string') return parseIdentifier(value) as unknown as Fields
  const object = value as (Fields & { id?: Fields; toJSON?(): { id: Fields } }) | null | undefined
  if (typeof object !== 'object' || !object) fail(`entity: expected an entity, an execution or an identifier, got ${value}`, 'entity')
  return object.id ?? object.toJSON?.().id ?? object
}

/**
 * The text form of an identifier, or of a fetched entity or execution: `lp:project:domain:name:version`. Throws
 * FlyteValueError where there is none: for nodes, and when a part has a colon in it.
 */
export function formatIdentifier(value: unknown): string {
  const id = identifierOf(value)
  const execution = (id?: Fields) => [id?.project, id?.domain, id?.name]
  const parts = id.taskId
    ? [
        'te',
        ...execution(id.nodeExecutionId?.executionId),
        id.nodeExecutionId?.nodeId,
        ...execution(id.taskId),
        id.taskId.version,
        id.retryAttempt ?? 0,
      ]
    : id.resourceType
      ? [kindOf(id.resourceType)?.[2], ...execution(id), id.version]
      : ['ex', ...execution(id)]
  const bad = parts.find((part) => part === undefined || /:/.test(String(part)))
  if (id.nodeId || parts.includes(undefined) || bad) fail(`there is no text form of it${bad ? `: a colon in ${bad}` : ''}`, 'entity')
  return parts.join(':')
}

/** @internal The page in the console. */
export function consoleUrl(remote: FlyteRemote, value: unknown): string {
  const id = identifierOf(value)
  const node = id.nodeExecutionId ?? (id.executionId && id)
  const { project = remote.project, domain = remote.domain, name, version } = (node?.executionId ?? id) as Fields
  const said = node ? undefined : (id.kind ?? id.resourceType)
  const kind = kindOf(said)
  for (const [field, part] of Object.entries({ project, domain, name, kind: said === undefined || kind })) {
    if (!part)
      fail(
        `entity.${field}: expected ${field === 'kind' ? "'task', 'workflow' or 'launchPlan'" : 'a text'}, got ${field === 'kind' ? said : part}`,
        `entity.${field}`,
      )
  }
  const path = kind
    ? version && version !== 'latest'
      ? [kind[3], name, 'version', version]
      : [kind[4], name]
    : [
        'executions',
        name,
        ...(id.taskId ? ['nodeId', node?.nodeId, 'taskId', id.taskId.name, 'attempt', id.retryAttempt ?? 0, 'view', 'logs'] : []),
      ]
  const url = ['projects', project, 'domains', domain, ...path].map((part) => `/${encodeURIComponent(String(part))}`).join('')
  // The console shows a node only when it is clicked; the query says which one is meant.
  return `${remote.consoleEndpoint}/console${url}${node && !id.taskId ? `?nodeId=${encodeURIComponent(String(node.nodeId))}` : ''}`
}
