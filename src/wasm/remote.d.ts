/** The verbs of flytekit's `FlyteRemote` that are methods of executions here. */
export interface FlyteRemote {
  /** `execution.sync(options)` */
  sync<Execution extends FlyteWorkflowExecution>(execution: Execution, options?: SyncOptions): Promise<Execution>
  /** `execution.wait(options)` */
  wait<Execution extends FlyteWorkflowExecution>(execution: Execution, options?: WaitOptions): Promise<Execution>
  /** `node.sync(options)` */
  syncNodeExecution(node: FlyteNodeExecution, options?: SyncOptions): Promise<FlyteNodeExecution>
  /** `task.sync(options)` */
  syncTaskExecution(task: FlyteTaskExecution, options?: CallOptions): Promise<FlyteTaskExecution>
}

/** What all lists take. */
export interface AnyListOptions extends CallOptions {
  /** Ends after so many; 0: nothing. Default: all. */
  limit?: number | undefined
  /** Items fetched at a time, 1 or more. Default: 100. */
  pageSize?: number | undefined
  /** Filters, all of which must hold: texts in Flyte's grammar, as `filter` writes them: `eq(phase,FAILED)+gt(duration,60)`. */
  filters?: string | readonly string[] | undefined
  /** Order by a column. Default: the newest first; names by name; projects by id; signals the oldest first. */
  sortBy?: `asc(${string})` | `desc(${string})` | undefined
}

/** Options of lists of a project and domain. */
export interface ListOptions extends AnyListOptions {
  /** Project; default: the remote's. */
  project?: string | undefined
  /** Domain; default: the remote's. */
  domain?: string | undefined
}

/** Options of lists of versions. */
export interface ListVersionsOptions extends ListOptions {
  /** Only of this name. */
  name?: string | undefined
}

/** What kind of entity. */
export type EntityKind = ExecutableReference['kind']

/** A list: an async iterator that asks for a page when its first item is wanted, or single pages for a table. */
export interface FlyteList<T> extends AsyncGenerator<T, void, undefined> {
  /** One page, whatever was read before. `limit` defaults to the page size, `token` to the first page; the last page has no token. */
  page(options?: { limit?: number | undefined; token?: string | undefined }): Promise<{ items: T[]; token: string }>
}

/** An identifier as `parseIdentifier` reads it: of an entity, an execution, a node in it, or an attempt to run a task. */
export type AnyIdentifier =
  | Identifier
  | { project: string; domain: string; name: string }
  | { executionId: { project: string; domain: string; name: string }; nodeId: string }
  | {
      taskId: Identifier
      nodeExecutionId: { executionId: { project: string; domain: string; name: string }; nodeId: string }
      retryAttempt: number
    }

/** Whatever has an identifier. */
export type Identifiable =
  | AnyIdentifier
  | FlyteTask
  | FlyteWorkflow
  | FlyteLaunchPlan
  | FlyteWorkflowExecution
  | FlyteNodeExecution
  | FlyteTaskExecution

/** What matchable attributes are for; nothing is filled in from the remote. */
export interface AttributesTarget {
  project: string
  /** Left out: for all domains of the project. */
  domain?: string | undefined
  /** Name of a workflow; left out: for all workflows. */
  workflow?: string | undefined
}

/** An execution, as a method takes it. */
type AnyExecution = FlyteWorkflowExecution | ExecutionReference | AnyIdentifier | string

/** A task, workflow or launch plan, as a method that knows which of them takes it. */
type AnyReference = EntityReference | ExecutableReference | AnyIdentifier | string

export interface FlyteRemote {
  /** Executions, the newest first, without archived ones. */
  recentExecutions(options?: ListOptions): FlyteList<FlyteWorkflowExecution>
  /** Executions; by default the newest first, without archived ones. */
  listExecutions(options?: ListOptions): FlyteList<FlyteWorkflowExecution>
  /** Versions of tasks. */
  listTasks(options?: ListVersionsOptions): FlyteList<FlyteTask>
  /** The tasks of a version. */
  listTasksByVersion(version: string, options?: ListVersionsOptions): FlyteList<FlyteTask>
  /** Versions of workflows. A list does not have their nodes; `fetchWorkflow` does. */
  listWorkflows(options?: ListVersionsOptions): FlyteList<FlyteWorkflow>
  /** Versions of launch plans; the active ones are `filter.eq('state', 1)`. */
  listLaunchPlans(options?: ListVersionsOptions): FlyteList<FlyteLaunchPlan>
  /** Names of tasks, workflows or launch plans, with description and state. */
  listNamedEntities(options: ListOptions & { kind: EntityKind }): FlyteList<admin.NamedEntity>
  /** Descriptions of the versions of a task, workflow or launch plan; the server wants its name. */
  listDescriptionEntities(options: ListVersionsOptions & { kind: EntityKind; name: string }): FlyteList<admin.DescriptionEntity>
  /** Projects, without archived ones unless filters say so. */
  listProjects(options?: AnyListOptions): FlyteList<admin.Project>
  /** What the gate nodes of an execution wait for, or waited for. */
  listSignals(execution: AnyExecution, options?: AnyListOptions): FlyteList<FlyteSignal>
  /** Launches an execution again: the same entity, inputs and settings under a new name. Resolves to the new execution. */
  relaunch(execution: AnyExecution, options?: RelaunchOptions): Promise<FlyteWorkflowExecution>
  /** Launches an execution that takes over what succeeded in another one and runs the rest. Resolves to the new execution. */
  recover(execution: AnyExecution, options?: RecoverOptions): Promise<FlyteWorkflowExecution>
  /** Puts an execution into the archive, where lists leave it out. Resolves to the execution. */
  archive(execution: AnyExecution, options?: CallOptions): Promise<FlyteWorkflowExecution>
  /** Takes an execution out of the archive. Resolves to the execution. */
  unarchive(execution: AnyExecution, options?: CallOptions): Promise<FlyteWorkflowExecution>
  /** Where the time of an execution went, as a tree of spans. */
  getExecutionMetrics(execution: AnyExecution, options?: MetricsOptions): Promise<FlyteExecutionSpan>
  /**
   * The page of an entity or an execution in Flyte's console. A node, also one that waits for a signal, is shown on the page of its
   * execution.
   */
  generateConsoleUrl(entity: Identifiable | ExecutableReference | ExecutionReference | string): string
  /** Approves what an execution waits for. Rejects with NotFoundError when there is no such signal. */
  approve(execution: AnyExecution, signalId: string, options?: CallOptions): Promise<void>
  /** Refuses the approval that an execution waits for; its node fails. Rejects with NotFoundError when there is no such signal. */
  reject(execution: AnyExecution, signalId: string, options?: CallOptions): Promise<void>
  /**
   * Gives a signal its value, converted to the type that the signal declares; the node that waits for it goes on. Rejects with
   * NotFoundError when there is no such signal and with FlyteValueError when the value does not fit; nothing is sent then.
   */
  setSignal(execution: AnyExecution, signalId: string, value: unknown, options?: CallOptions): Promise<void>
  /** The same as `setSignal`. */
  setInput(execution: AnyExecution, signalId: string, value: unknown, options?: CallOptions): Promise<void>
  /** A task that is fetched when it is first needed. Throws FlyteValueError without a name. */
  fetchTaskLazy<Inputs = any, Outputs = any>(
    reference: AnyReference,
    options?: CallOptions,
  ): LazyEntity<FlyteTask<Inputs, Outputs>>
  /** A workflow that is fetched when it is first needed. Throws FlyteValueError without a name. */
  fetchWorkflowLazy<Inputs = any, Outputs = any>(
    reference: AnyReference,
    options?: CallOptions,
  ): LazyEntity<FlyteWorkflow<Inputs, Outputs>>
  /**
   * The active version of a launch plan, whatever version an identifier has; a reference has none. Rejects with NotFoundError when
   * none is active.
   */
  fetchActiveLaunchPlan<Inputs = any, Outputs = any>(
    reference: AnyReference,
    options?: CallOptions,
  ): Promise<FlyteLaunchPlan<Inputs, Outputs>>
  /** Makes a version of a launch plan the active one; its schedule then runs. The server deactivates the others. A text has to say the version. */
  activateLaunchPlan(launchPlan: FlyteLaunchPlan | Identifier | string, options?: CallOptions): Promise<void>
  /** Makes a version of a launch plan inactive; a text has to say the version. */
  deactivateLaunchPlan(launchPlan: FlyteLaunchPlan | Identifier | string, options?: CallOptions): Promise<void>
  /** A task; without a version its newest. Rejects with NotFoundError when there is none. */
  fetchTask<Inputs = any, Outputs = any>(
    reference: AnyReference,
    options?: CallOptions,
  ): Promise<FlyteTask<Inputs, Outputs>>
  /** A workflow with the launch plans that its nodes refer to; without a version its newest. Rejects with NotFoundError when there is none. */
  fetchWorkflow<Inputs = any, Outputs = any>(
    reference: AnyReference,
    options?: CallOptions,
  ): Promise<FlyteWorkflow<Inputs, Outputs>>
  /**
   * A launch plan with its workflow's interface; without a version its newest, active or not. Rejects with NotFoundError when there
   * is none.
   */
  fetchLaunchPlan<Inputs = any, Outputs = any>(
    reference: AnyReference,
    options?: CallOptions,
  ): Promise<FlyteLaunchPlan<Inputs, Outputs>>
  /** An execution. Rejects with NotFoundError when there is none. */
  fetchExecution<Outputs = any>(
    reference: AnyExecution,
    options?: CallOptions,
  ): Promise<FlyteWorkflowExecution<Outputs>>
  /** Gives the request that would be sent; the entity is fetched, nothing is created. */
  execute<Inputs = any>(
    entity: Executable<Inputs>,
    options: Omit<ExecuteOptions<Declared<Inputs>>, 'dryRun'> & { dryRun: true },
  ): Promise<admin.ExecutionCreateRequest>
  /**
   * Launches a fetched task, workflow or launch plan, one that is fetched first, or one named by its reference. All mistakes in the
   * inputs are told at once, and nothing is sent then. A workflow runs through the launch plan of its own name and version. Inputs and
   * outputs have the types of the entity, where it was fetched with them.
   */
  execute<Inputs = any, Outputs = any>(
    entity: Executable<Inputs, Outputs>,
    ...options: ExecuteArguments<Inputs>
  ): Promise<FlyteWorkflowExecution<Outputs>>
  /** Either, as `dryRun` says. */
  execute<Inputs = any, Outputs = any>(
    entity: Executable<Inputs, Outputs>,
    options: Omit<ExecuteOptions<Declared<Inputs>>, 'dryRun'> & { dryRun: boolean | undefined },
  ): Promise<FlyteWorkflowExecution<Outputs> | admin.ExecutionCreateRequest>
  /** The domains that the server is configured with. */
  getDomains(options?: CallOptions): Promise<admin.GetDomainsResponse['domains'] & object>
  /** A project. Rejects with NotFoundError when there is none. */
  getProject(id: string, options?: CallOptions): Promise<admin.Project>
  /** Makes a project; it needs `id` and `name`. Rejects with AlreadyExistsError when there is one of this id. */
  registerProject(project: admin.Project_Input, options?: CallOptions): Promise<void>
  /** Changes a project's name, description, labels or state. The server keeps what is left out or empty. */
  updateProject(project: admin.Project_Input, options?: CallOptions): Promise<void>
  /** Archives a project: nothing can be registered or executed in it, lists leave it out. */
  archiveProject(id: string, options?: CallOptions): Promise<void>
  /** Makes an archived project active again. */
  unarchiveProject(id: string, options?: CallOptions): Promise<void>
  /** The attributes of one kind for exactly this target. Rejects with NotFoundError when it has none of its own. */
  getMatchableAttributes(
    target: AttributesTarget & { resourceType: admin.MatchableResource },
    options?: CallOptions,
  ): Promise<admin.MatchingAttributes | undefined>
  /** Sets attributes of one kind for a project, a domain or a workflow. */
  updateMatchableAttributes(target: AttributesTarget, attributes: admin.MatchingAttributes_Input, options?: CallOptions): Promise<void>
  /** Removes the attributes of one kind. */
  deleteMatchableAttributes(
    target: AttributesTarget & { resourceType: admin.MatchableResource },
    options?: CallOptions,
  ): Promise<void>
  /** All attributes of one kind, with what each is for. */
  listMatchableAttributes(
    resourceType: admin.MatchableResource,
    options?: CallOptions,
  ): Promise<admin.MatchableAttributesConfiguration[]>
  /** The description of a version of a task, workflow or launch plan. */
  getDescriptionEntity(entity: ExecutableReference & { version: string }, options?: CallOptions): Promise<admin.DescriptionEntity>
}

/** A raw spec: ProtoJSON or the message's bytes. */
export type Spec<T> = T | Uint8Array

/** What `registerSpecs` registers: the messages that `pyflyte package` writes. */
export interface Specs {
  /** `flyteidl.admin.TaskSpec`, identified by its template's id. */
  tasks?: Spec<admin.TaskSpec_Input>[] | undefined
  /** `flyteidl.admin.WorkflowSpec`, identified by its template's id. */
  workflows?: Spec<admin.WorkflowSpec_Input>[] | undefined
  /** `flyteidl.admin.LaunchPlan`, its `id` and `spec`. */
  launchPlans?: Spec<admin.LaunchPlan_Input>[] | undefined
}

/** Options of `registerSpecs`. */
export interface RegisterOptions extends CallOptions {
  /** Project of specs whose id has none; default: the remote's. */
  project?: string | undefined
  /** Domain of specs whose id has none; default: the remote's. */
  domain?: string | undefined
  /** Version of specs whose id has none; default: none, and such specs are refused. */
  version?: string | undefined
  /** Registers a launch plan of the same name and version for each workflow. Default: true. */
  defaultLaunchPlans?: boolean | undefined
  /** Activates the launch plans that are given. Default: false. */
  activate?: boolean | undefined
}

/** One registered entity. */
export interface Registered {
  id: Identifier
  /** False when an identical one was there already. */
  created: boolean
}

/** What `uploadFile` takes: bytes, a Blob or File, or in Node a path or file URL. */
export type UploadSource = Uint8Array | ArrayBuffer | Blob | string | URL

/** Options of `uploadFile`. */
export interface UploadOptions extends CallOptions {
  /** Project; default: the remote's. */
  project?: string | undefined
  /** Domain; default: the remote's. */
  domain?: string | undefined
  /** File name in the store; default: the file's own, or `data`. */
  filename?: string | undefined
  /** Folder in the store instead of one made from the content's MD5. */
  filenameRoot?: string | undefined
  /** Told the bytes sent so far, where the platform can tell. */
  onProgress?: ((progress: { sent: number; total: number }) => void) | undefined
}

/** An uploaded file. */
export interface Uploaded {
  /** Where it is, e.g. `s3://bucket/key`: usable as an input. */
  uri: string
  /** MD5 of the content, hexadecimal. */
  md5: string
  /** Bytes. */
  size: number
}
