// Identifiers of any kind: as objects, as text, and as pages of the console.

import type { AnyIdentifier, FlyteRemote } from '#bindings'
import { count, fail, only, text, wrong } from './check.js'
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

function ofPage(text: string): Fields | undefined {
  try {
    // This package's own console has its places behind the hash.
    const parts = PAGE.exec(text.replace('#/projects/', '/projects/'))?.map((part) => part && decodeURIComponent(part)) ?? []
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
    if (!/^\d+$/.test(attempt) || Number(attempt) >= 2 ** 32 || more !== undefined) return undefined
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
  const id = ofPage(said) ?? ofText(said)
  if (!id) throw new FlyteValueError(`"${said}" is neither an identifier such as lp:project:domain:name:version nor a page of the console`)
  return id as unknown as AnyIdentifier
}

/** The identifier of a fetched object, a text, a reference or an identifier. */
function identifierOf(value: unknown, path: string): Fields {
  if (typeof value === 'string') return parseIdentifier(value) as unknown as Fields
  const object = value as (Fields & { id?: Fields; toJSON?(): { id: Fields } }) | null | undefined
  const id = object?.id ?? object?.toJSON?.().id ?? object
  if (typeof id !== 'object' || !id || 'then' in id) wrong(path, 'an entity, an execution or an identifier', value)
  return id
}

/** The kind of entity that an identifier or a reference names, by all its names. */
function kindIn(id: Fields, path: string): string[] | undefined {
  const said = id.kind ?? id.resourceType
  return said == null ? undefined : (kindOf(said) ?? wrong(path, "'task', 'workflow' or 'launchPlan'", said))
}

/**
 * @internal What was given for the argument `path`, and what it is. It must be one of these kinds, `execution` or the kind of a
 * reference, and may say these fields.
 */
export function named(path: string, value: unknown, kinds: string[], fields: string[]): [said: Fields, is: string | undefined] {
  const isName = typeof value === 'string' && !value.includes(':')
  const said = isName ? { name: value } : identifierOf(value, path)
  // What leaves its kind open is of the kind asked for; a fetched object or a text that does so is an execution.
  const open = isName || said === value ? kinds[0] : 'execution'
  const is = said.taskId ? 'an attempt' : said.executionId ? 'a node' : (kindIn(said, 'kind')?.[1] ?? open)
  if (!kinds.includes(is as string)) fail(path, `expected ${kinds.join(' or ')}, got ${is}`)
  // An identifier has a version, needed or not.
  only(path, said, [...fields, ...(said.resourceType ? ['version'] : []), 'kind', 'resourceType', 'org'])
  return [said, is]
}

/** @internal The identifier of what was given, with all these fields; project and domain may be those of the remote. */
export function identified(remote: FlyteRemote, path: string, value: unknown, kinds: string[], fields: string[]) {
  const [said, is] = named(path, value, kinds, fields)
  const all: Fields = { ...said, project: said.project ?? remote.project, domain: said.domain ?? remote.domain }
  const resourceType = kindOf(is)?.[0] as 'TASK'
  const texts = Object.fromEntries(fields.map((field) => [field, text(field, all[field])]))
  return { ...(resourceType && { resourceType }), ...texts } as Record<'project' | 'domain' | 'name' | 'version', string> & {
    resourceType: typeof resourceType
  }
}

/**
 * The text form of an identifier, of a reference that says all, or of a fetched entity or execution:
 * `lp:project:domain:name:version`. Throws FlyteValueError where there is none: for nodes, and when a part has a colon in it.
 */
export function formatIdentifier(value: unknown): string {
  const id = identifierOf(value, 'entity')
  const attempt = id.taskId && id.nodeExecutionId
  const kind = attempt ? undefined : kindIn(id, 'entity.kind')
  if (id.nodeId) fail('entity', 'there is no text form of a node')
  const part = (name: string, part: unknown) => {
    if (part !== '' && text(`entity.${name}`, part).includes(':')) fail(`entity.${name}`, `there is no text form with a colon in ${part}`)
    return part
  }
  const parts = (id?: Fields) => ['project', 'domain', 'name'].map((name) => part(name, id?.[name]))
  return (
    attempt
      ? [
          'te',
          ...parts(attempt.executionId),
          part('nodeId', attempt.nodeId),
          ...parts(id.taskId),
          part('version', id.taskId?.version),
          attemptOf(id),
        ]
      : kind
        ? [kind[2], ...parts(id), part('version', id.version)]
        : ['ex', ...parts(id)]
  ).join(':')
}

const attemptOf = (id: Fields) => count('entity.retryAttempt', id.retryAttempt) ?? 0

/** @internal The page in the console. */
export function consoleUrl(remote: FlyteRemote, value: unknown): string {
  const id = identifierOf(value, 'entity')
  const node = id.nodeExecutionId ?? (id.executionId && id)
  const { project = remote.project, domain = remote.domain, name, version } = (node?.executionId ?? id) as Fields
  const kind = node ? undefined : kindIn(id, 'entity.kind')
  const said = (field: string, part: unknown) => text(`entity.${field}`, part)
  const part = (field: string, value: unknown) => {
    const part = said(field, value)
    // What may stand in a path stays as it is, such as a version 1.0+cuda.
    return /^[\w.~!$&'()*+,;=:@-]*$/.test(part) ? part : encodeURIComponent(part)
  }
  const url = `${remote.consoleEndpoint}/console/projects/${part('project', project)}/domains/${part('domain', domain)}`
  const named = part('name', name)
  if (kind) {
    return version && version !== 'latest' ? `${url}/${kind[3]}/${named}/version/${part('version', version)}` : `${url}/${kind[4]}/${named}`
  }
  const page = `${url}/executions/${named}`
  if (!node) return page
  const nodeId = encodeURIComponent(said('nodeId', node.nodeId))
  // The console shows a node only when it is clicked; the query says which one is meant.
  if (!id.taskId) return `${page}?nodeId=${nodeId}`
  return `${page}/nodeId/${nodeId}/taskId/${part('taskId.name', id.taskId.name)}/attempt/${attemptOf(id)}/view/logs`
}
