// The methods of FlyteRemote and of executions that are made of others.

import {
  type admin,
  type CallOptions,
  type EntityReference,
  type Executable,
  type ExecutableReference,
  type ExecuteOptions,
  entityInterface,
  FlyteLaunchPlan,
  FlyteNodeExecution,
  FlyteRemote,
  FlyteTask,
  FlyteTaskExecution,
  FlyteWorkflow,
  FlyteWorkflowExecution,
  type InputDescription,
} from '#bindings'
import { count, only, text, wrong } from './check.js'
import { filter, term } from './filter.js'
import { consoleUrl, identified, named } from './identifier.js'
import { LazyEntity } from './lazy.js'
import { getter, membersOf } from './members.js'
import { FlyteExecutionSpan } from './metrics.js'

type Call = CallOptions
type Reference = EntityReference | string
type Project = admin.Project_Input
type Resource = admin.MatchableResource
type Target = { project: string; domain?: string; workflow?: string; resourceType?: Resource }
type Described = ExecutableReference
type Own = Call & { depth?: number; expiresInMs?: number }
type Attributes = { attributes?: { matchingAttributes?: unknown } }
type Options = { filters?: string | readonly string[] } & Record<string, unknown>
type Methods = Record<string, (this: FlyteRemote, ...args: never[]) => unknown>

const PLACE = ['project', 'domain', 'name']
const VERSION = [...PLACE, 'version']

/** The options of a list with its filters as one text, which is checked. */
function checked(options?: Options): Options | undefined {
  if (options?.filters == null) return options
  const filters = filter.all(...[options.filters].flat())
  if (filters) filter.parse(filters)
  return { ...options, filters }
}

/** The options of a method that has one of its own beside those of every call; null is none. */
function own(options: Own | null | undefined, name: string): Own {
  if (options != null && (typeof options !== 'object' || Array.isArray(options))) wrong('options', 'an object', options)
  only('options', options ?? {}, [name, 'signal', 'timeoutMs', 'metadata', 'onReply'])
  return { ...options }
}

type Verbs = { sync(options?: unknown): Promise<void>; wait(options?: unknown): Promise<void> }

/** flytekit's verbs that are methods of executions here. */
const forwarded = (verb: 'sync' | 'wait', type: { prototype: object }, what: string) =>
  async function forward(target: unknown, options?: unknown) {
    if (!(target instanceof (type as typeof FlyteWorkflowExecution))) wrong('execution', what, target)
    await (target as Verbs)[verb](options)
    return target
  }

const METHODS: Methods = {
  sync: forwarded('sync', FlyteWorkflowExecution, 'an execution'),
  wait: forwarded('wait', FlyteWorkflowExecution, 'an execution'),
  syncNodeExecution: forwarded('sync', FlyteNodeExecution, 'a node execution'),
  syncTaskExecution: forwarded('sync', FlyteTaskExecution, 'a task execution'),
  recentExecutions(options?: Options) {
    return this.__list(0, checked(options))
  },
  listSignals(execution: unknown, options?: Options) {
    return this.__list(7, checked(options), execution)
  },
  listTasksByVersion(version: string, options?: Options) {
    const filters = [term('eq', 'version', [text('version', version)], 'version'), ...[options?.filters ?? []].flat()]
    return this.__list(1, checked({ ...options, filters }))
  },
  relaunch(execution: unknown, options?: Call) {
    return this.__rerun(execution, options, false)
  },
  recover(execution: unknown, options?: Call) {
    return this.__rerun(execution, options, true)
  },
  archive(execution: unknown, options?: Call) {
    return setState(this, execution, 'EXECUTION_ARCHIVED', options)
  },
  unarchive(execution: unknown, options?: Call) {
    return setState(this, execution, 'EXECUTION_ACTIVE', options)
  },
  setSignal,
  setInput: setSignal,
  approve(execution: unknown, signalId: string, options?: Call) {
    return this.__set(execution, signalId, true, options)
  },
  reject(execution: unknown, signalId: string, options?: Call) {
    return this.__set(execution, signalId, false, options)
  },
  async getExecutionMetrics(execution: unknown, options?: Own | null) {
    const { depth, ...call } = own(options, 'depth')
    const request = { id: executionId(this, execution), depth: count('options.depth', depth) ?? 10 }
    const { span = {} } = await this.client.getExecutionMetrics(request, call)
    return new FlyteExecutionSpan(span)
  },
  generateConsoleUrl(entity: unknown) {
    return consoleUrl(this, entity)
  },
  fetchTaskLazy(reference: Reference, options?: Call) {
    return new LazyEntity(nameOf(reference, 'task'), () => this.fetchTask(reference, options))
  },
  fetchWorkflowLazy(reference: Reference, options?: Call) {
    return new LazyEntity(nameOf(reference, 'workflow'), () => this.fetchWorkflow(reference, options))
  },
  async fetchActiveLaunchPlan(reference: Reference, options?: Call) {
    const { project, domain, name } = identified(this, 'reference', reference, ['launchPlan'], PLACE)
    const { id } = await this.client.getActiveLaunchPlan({ id: { project, domain, name } }, options)
    return this.fetchLaunchPlan({ project, domain, name, version: id?.version }, options)
  },
  activateLaunchPlan(launchPlan: unknown, options?: Call) {
    return setPlanState(this, launchPlan, 'ACTIVE', options)
  },
  deactivateLaunchPlan(launchPlan: unknown, options?: Call) {
    return setPlanState(this, launchPlan, 'INACTIVE', options)
  },
  async getDomains(options?: Call) {
    return (await this.client.getDomains({}, options)).domains ?? []
  },
  async getProject(id: string, options?: Call) {
    need({ id }, 'id')
    return this.client.getProject({ id }, options)
  },
  async registerProject(project: Project, options?: Call) {
    need(project, 'id', 'name')
    await this.client.registerProject({ project }, options)
  },
  async updateProject(project: Project, options?: Call) {
    need(project, 'id')
    await this.client.updateProject(project, options)
  },
  archiveProject(id: string, options?: Call) {
    return this.updateProject({ id, state: 'ARCHIVED' }, options)
  },
  unarchiveProject(id: string, options?: Call) {
    return this.updateProject({ id, state: 'ACTIVE' }, options)
  },
  async getMatchableAttributes(target: Target, options?: Call) {
    need(target, 'resourceType')
    return (await attributes(this, 'get', target, target, options)).attributes?.matchingAttributes
  },
  async updateMatchableAttributes(target: Target, matchingAttributes: object, options?: Call) {
    need(target, 'project')
    if (!matchingAttributes || typeof matchingAttributes !== 'object') wrong('attributes', 'an object', matchingAttributes)
    await attributes(this, 'update', target, { attributes: { ...target, matchingAttributes } }, options)
  },
  async deleteMatchableAttributes(target: Target, options?: Call) {
    need(target, 'resourceType')
    await attributes(this, 'delete', target, target, options)
  },
  async listMatchableAttributes(resourceType: Resource, options?: Call) {
    need({ resourceType }, 'resourceType')
    return (await this.client.listMatchableAttributes({ resourceType }, options)).configurations ?? []
  },
  async getDescriptionEntity(entity: Described, options?: Call) {
    const id = identified(this, 'entity', entity, ['task', 'workflow', 'launchPlan'], VERSION)
    return this.client.getDescriptionEntity({ id }, options)
  },
}

/** Calls one of the nine methods: for a project, a domain of it, or a workflow there. */
function attributes(remote: FlyteRemote, verb: string, target: Target, request: object, options?: Call) {
  need(target, 'project', ...(target.workflow ? ['domain'] : []))
  const level = target.workflow ? 'Workflow' : target.domain ? 'ProjectDomain' : 'Project'
  const client = remote.client as unknown as Record<string, (request: object, options?: Call) => Promise<Attributes>>
  return (client[`${verb}${level}Attributes`] as (typeof client)[string])(request, options)
}

/** Refuses an object without one of its fields. */
function need(object: unknown, ...names: string[]): void {
  for (const name of names) text(name, (object as Record<string, unknown> | undefined)?.[name])
}

/** In the order of `Listing` in the core. */
const LISTS = ['Executions', 'Tasks', 'Workflows', 'LaunchPlans', 'NamedEntities', 'Projects', 'DescriptionEntities']

LISTS.forEach((what, number) => {
  METHODS[`list${what}`] = function (options?: Options) {
    return this.__list(number, checked(options))
  }
})

function setSignal(this: FlyteRemote, execution: unknown, signalId: string, value: unknown, options?: Call) {
  return this.__set(execution, signalId, value, options)
}

/** The full identifier of an execution, of whatever names one. */
const executionId = (remote: FlyteRemote, execution: unknown) => identified(remote, 'execution', execution, ['execution'], PLACE)

async function setState(remote: FlyteRemote, execution: unknown, state: admin.ExecutionState, options?: Call) {
  const id = executionId(remote, execution)
  await remote.client.updateExecution({ id, state }, options)
  if (!(execution instanceof FlyteWorkflowExecution)) return remote.fetchExecution(id, options)
  await execution.sync(options)
  return execution
}

async function setPlanState(remote: FlyteRemote, launchPlan: unknown, state: admin.LaunchPlanState, options?: Call) {
  const id = identified(remote, 'launchPlan', launchPlan, ['launchPlan'], VERSION)
  await remote.client.updateLaunchPlan({ id, state }, options)
}

/** The name in a reference: of `lp:project:domain:name:version` or of a bare name. */
const nameOf = (reference: Reference, kind: string): string => text('name', named('reference', reference, [kind], VERSION)[0].name)

/** A signed link to a node's deck. */
async function deckLink(this: FlyteNodeExecution, options?: Own | null) {
  const { expiresInMs, ...call } = own(options, 'expiresInMs')
  const ms = count('options.expiresInMs', expiresInMs, true)
  const expiresIn = ms === undefined ? undefined : `${ms / 1000}s`
  const request = { artifactType: 'ARTIFACT_TYPE_DECK', nodeExecutionId: this.toJSON().id, expiresIn } as const
  const { preSignedUrls } = await this.remote.client.createDownloadLink(request, call)
  const { signedUrl: [url = ''] = [], expiresAt } = preSignedUrls ?? {}
  return { url, expiresAt: expiresAt === undefined ? undefined : new Date(expiresAt) }
}

/** What an execution does through its remote. */
const OF_EXECUTIONS = 'relaunch recover archive unarchive approve reject setSignal setInput listSignals getExecutionMetrics'.split(' ')

function described(entity: object, outputs: boolean): InputDescription[] {
  const [text, defaults, fixed] = entityInterface(entity, outputs)
  return JSON.parse(text).map((one: InputDescription) => {
    if (Object.hasOwn(defaults, one.name)) one.default = defaults[one.name]
    if (Object.hasOwn(fixed, one.name)) one.fixed = fixed[one.name]
    return one
  })
}

/** Adds the methods to the classes. */
export function installRemote(): void {
  const { execute } = FlyteRemote.prototype
  // In place of the core's own.
  FlyteRemote.prototype.execute = async function (this: FlyteRemote, entity: Executable, options?: ExecuteOptions) {
    return execute.call(this, entity instanceof LazyEntity ? await entity : entity, options as never)
  } as typeof execute
  Object.assign(membersOf(FlyteRemote), METHODS)
  Object.assign(membersOf(FlyteNodeExecution), { deckLink })
  for (const type of [FlyteTask, FlyteWorkflow, FlyteLaunchPlan]) {
    const members = membersOf(type)
    for (const [outputs, method, name] of [
      [false, 'describeInputs', 'inputs'],
      [true, 'describeOutputs', 'outputs'],
    ] as const) {
      members[method] = function (this: object) {
        return described(this, outputs)
      }
      getter(members, name, (self) => entityInterface(self)[name])
    }
  }
  const execution = membersOf(FlyteWorkflowExecution)
  for (const name of OF_EXECUTIONS) {
    execution[name] = function (this: FlyteWorkflowExecution, ...args: never[]) {
      return METHODS[name]?.call(this.remote, this as never, ...args)
    }
  }
}
