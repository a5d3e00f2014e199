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
  FlyteWorkflow,
  FlyteWorkflowExecution,
  type InputDescription,
} from '#bindings'
import { FlyteValueError } from './errors.js'
import { filter } from './filter.js'
import { consoleUrl, identifierOf } from './identifier.js'
import { LazyEntity } from './lazy.js'
import { FlyteExecutionSpan } from './metrics.js'

type Call = CallOptions
type Reference = EntityReference | string
type Project = admin.Project_Input
type Resource = admin.MatchableResource
type Target = { project: string; domain?: string; workflow?: string; resourceType?: Resource }
type Described = ExecutableReference
type Attributes = { attributes?: { matchingAttributes?: unknown } }
type Options = { filters?: string | readonly string[] } & Record<string, unknown>
type Methods = Record<string, (this: FlyteRemote, ...args: never[]) => unknown>

/** The options of a list with its filters as one text, which is checked. */
function checked(options?: Options): Options | undefined {
  if (!options?.filters?.length) return options
  const filters = filter.all(...[options.filters].flat())
  filter.parse(filters)
  return { ...options, filters }
}

/** flytekit's verbs that are methods of executions here. */
const forwarded = (verb: 'sync' | 'wait') =>
  async function forward<T extends { [name in typeof verb]: (options?: unknown) => Promise<void> }>(target: T, options?: unknown) {
    await target[verb](options)
    return target
  }

const METHODS: Methods = {
  sync: forwarded('sync'),
  wait: forwarded('wait'),
  syncNodeExecution: forwarded('sync'),
  syncTaskExecution: forwarded('sync'),
  recentExecutions(options?: Options) {
    return this.__list(0, checked(options))
  },
  listSignals(execution: unknown, options?: Options) {
    return this.__list(7, checked(options), execution)
  },
  listTasksByVersion(version: string, options?: Options) {
    return this.__list(1, checked({ ...options, filters: [filter.eq('version', version), ...[options?.filters ?? []].flat()] }))
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
  async getExecutionMetrics(execution: unknown, { depth = 10, ...options }: Call & { depth?: number } = {}) {
    const { span = {} } = await this.client.getExecutionMetrics({ id: executionId(this, execution), depth }, options)
    return new FlyteExecutionSpan(span)
  },
  generateConsoleUrl(entity: unknown) {
    return consoleUrl(this, entity)
  },
  fetchTaskLazy(reference: Reference, options?: Call) {
    return new LazyEntity(nameOf(reference), () => this.fetchTask(reference, options))
  },
  fetchWorkflowLazy(reference: Reference, options?: Call) {
    return new LazyEntity(nameOf(reference), () => this.fetchWorkflow(reference, options))
  },
  async fetchActiveLaunchPlan(reference: Reference, options?: Call) {
    const said = typeof reference === 'string' ? { name: reference } : reference
    const { project = this.project, domain = this.domain, name } = said
    need({ project, domain, name }, 'project', 'domain', 'name')
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
    const { kind, project = this.project, domain = this.domain, name, version } = entity
    const resourceType = KINDS[kind] as 'TASK'
    need({ project, domain, name, version, kind: resourceType }, 'kind', 'project', 'domain', 'name', 'version')
    return this.client.getDescriptionEntity({ id: { resourceType, project, domain, name, version } }, options)
  },
}

const KINDS: Record<string, string> = { task: 'TASK', workflow: 'WORKFLOW', launchPlan: 'LAUNCH_PLAN' }

/** Calls one of the nine methods: for a project, a domain of it, or a workflow there. */
function attributes(remote: FlyteRemote, verb: string, target: Target, request: object, options?: Call) {
  need(target, 'project', ...(target.workflow ? ['domain'] : []))
  const level = target.workflow ? 'Workflow' : target.domain ? 'ProjectDomain' : 'Project'
  const client = remote.client as unknown as Record<string, (request: object, options?: Call) => Promise<Attributes>>
  return (client[`${verb}${level}Attributes`] as (typeof client)[string])(request, options)
}

/** Refuses an object without one of its fields. */
function need(object: unknown, ...names: string[]): void {
  for (const name of names) {
    const value = (object as Record<string, unknown> | undefined)?.[name]
    if (typeof value !== 'string' || !value) throw new FlyteValueError(`${name}: expected a text, got ${value}`, { path: name })
  }
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
function executionId(remote: FlyteRemote, execution: unknown) {
  const said = typeof execution === 'string' && !execution.includes(':') ? { name: execution } : identifierOf(execution)
  const { project = remote.project, domain = remote.domain, name } = said as Record<string, string | undefined>
  need({ project, domain, name }, 'project', 'domain', 'name')
  return { project, domain, name } as { project: string; domain: string; name: string }
}

async function setState(remote: FlyteRemote, execution: unknown, state: admin.ExecutionState, options?: Call) {
  const id = executionId(remote, execution)
  await remote.client.updateExecution({ id, state }, options)
  if (!(execution instanceof FlyteWorkflowExecution)) return remote.fetchExecution(id, options)
  await execution.sync(options)
  return execution
}

async function setPlanState(remote: FlyteRemote, launchPlan: unknown, state: admin.LaunchPlanState, options?: Call) {
  const { project = remote.project, domain = remote.domain, name, version } = identifierOf(launchPlan) as Record<string, string | undefined>
  need({ project, domain, name, version }, 'project', 'domain', 'name', 'version')
  const id = { resourceType: 'LAUNCH_PLAN' as const, project, domain, name, version }
  await remote.client.updateLaunchPlan({ id, state }, options)
}

/** The name in a reference: of `lp:project:domain:name:version` or of a bare name. */
function nameOf(reference: Reference): string {
  const { name } =
    typeof reference !== 'string'
      ? reference
      : ((reference.includes(':') ? identifierOf(reference) : { name: reference }) as { name: string })
  need({ name }, 'name')
  return name
}

/** A signed link to a node's deck. */
async function deckLink(this: FlyteNodeExecution, { expiresInMs, ...options }: Call & { expiresInMs?: number } = {}) {
  const expiresIn = expiresInMs === undefined ? undefined : `${expiresInMs / 1000}s`
  const request = { artifactType: 'ARTIFACT_TYPE_DECK', nodeExecutionId: this.toJSON().id, expiresIn } as const
  const { preSignedUrls } = await this.remote.client.createDownloadLink(request, options)
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
  Object.assign(FlyteRemote.prototype, METHODS, {
    async execute(this: FlyteRemote, entity: Executable, options?: ExecuteOptions) {
      return execute.call(this, entity instanceof LazyEntity ? await entity : entity, options as ExecuteOptions & { dryRun: true })
    },
  })
  Object.assign(FlyteNodeExecution.prototype, { deckLink })
  for (const { prototype } of [FlyteTask, FlyteWorkflow, FlyteLaunchPlan]) {
    for (const [outputs, method, getter] of [
      [false, 'describeInputs', 'inputs'],
      [true, 'describeOutputs', 'outputs'],
    ] as const) {
      Object.defineProperties(prototype, {
        [method]: {
          value() {
            return described(this, outputs)
          },
        },
        [getter]: {
          get() {
            return entityInterface(this)[getter]
          },
        },
      })
    }
  }
  const execution = FlyteWorkflowExecution.prototype as unknown as Record<string, unknown>
  for (const name of OF_EXECUTIONS) {
    execution[name] = function (this: FlyteWorkflowExecution, ...args: never[]) {
      return METHODS[name]?.call(this.remote, this as never, ...args)
    }
  }
}
