/** What every call takes. */
export interface CallOptions {
  /** Cancels the call; it then rejects with CancelledError, whose `cause` is the signal's reason. */
  signal?: AbortSignal | undefined
  /** Deadline in milliseconds for each RPC, its retries and body included. Default: that of the remote; Infinity for none. */
  timeoutMs?: number | undefined
  /** Extra request headers. Names ending in `-bin` carry base64. */
  metadata?: Metadata | undefined
}

/** Request headers: an object, a Map or `Headers`. */
export type Metadata = Record<string, string> | Iterable<[string, string]>

/** What the calls of the raw client take. */
export interface RpcOptions extends CallOptions {
  /** Told the response headers and trailers of a successful call. */
  onReply?: ((reply: { headers: Record<string, string>; trailers: Record<string, string> }) => void) | undefined
}

/** How a remote reaches its server. All optional. */
export interface RemoteOptions {
  /** Project of everything that names none. */
  project?: string | undefined
  /** Domain of everything that names none, e.g. `development`. */
  domain?: string | undefined
  /** Plain HTTP for an endpoint given without a scheme. Default: false. */
  insecure?: boolean | undefined
  /** Where Flyte's console is, for `executionUrl`. Default: the endpoint. */
  consoleEndpoint?: string | undefined
  /** Request headers of every call, e.g. `authorization`. */
  metadata?: Metadata | undefined
  /** Deadline in milliseconds for each RPC. Default: 30 000; Infinity for none. */
  timeoutMs?: number | undefined
  /** How often a call that is safe to repeat is repeated after a transient failure. Default: 3; 0 for never. */
  retries?: number | undefined
  /** Largest reply message in bytes. Default: 64 MiB. */
  maxReplyBytes?: number | undefined
  /** Sends the requests instead of the platform's `fetch`. */
  fetch?: ((url: string, init: RequestInit) => Promise<Response>) | undefined
}

/** Names a task, workflow or launch plan. As text: a bare name, or `lp:project:domain:name:version`. */
export interface EntityReference {
  /** Project; default: the remote's. */
  project?: string | undefined
  /** Domain; default: the remote's. */
  domain?: string | undefined
  /** Name, e.g. `etl.daily`. */
  name: string
  /** Version; left out or `latest`: the newest. */
  version?: string | undefined
}

/** Names something to execute without fetching it first. */
export interface ExecutableReference extends EntityReference {
  /** What it is. */
  kind: 'task' | 'workflow' | 'launchPlan'
}

/** A full identifier. */
export interface Identifier {
  /** `TASK`, `WORKFLOW` or `LAUNCH_PLAN`. */
  resourceType: string
  project: string
  domain: string
  name: string
  version: string
}

/** A named, typed value of an interface. */
export interface Variable {
  name: string
  /** Declared type in words, e.g. `int` or `list[str]`. */
  type: string
  /** May be empty. */
  description: string
}

/** A declared input. */
export interface InputVariable extends Variable {
  /** It must be given: there is no default. */
  required: boolean
  /** Taken when nothing is given. */
  default?: FlyteValue | undefined
  /** Set by the launch plan; it can't be given. */
  fixed?: FlyteValue | undefined
}

/** A value of an interface as forms and generators of types need it. */
export interface OutputDescription extends Variable {
  /** The declared type, for `literal.parse` and `literal.toLiteral`. */
  literalType: core.LiteralType
  /**
   * JSON Schema (draft 2020-12) of the value. Wherever a Flyte type stands, `x-flyte-type` has its text (`list[int]`); a variant of a
   * union has its tag as `title`. Below a struct there is none: that is described by the schema that Python made.
   */
  schema: JsonSchema
}

/** A declared input as forms need it. The schema is that of what `execute` takes, written as JSON. */
export interface InputDescription extends OutputDescription, InputVariable {}

/** What tasks, workflows and launch plans tell of their interface. */
export interface Describes {
  /** Declared inputs, by name. */
  readonly inputs: InputVariable[]
  /** Declared outputs, by name. */
  readonly outputs: Variable[]
  /**
   * The inputs by name with all that a form needs: the declared type, default and fixed value, and the schema of what `execute` takes.
   * Those that the launch plan has fixed can't be given.
   */
  describeInputs(): InputDescription[]
  /** The outputs by name with their declared type and the schema of what comes. */
  describeOutputs(): OutputDescription[]
}

declare const typed: unique symbol

/** What the compiler knows of inputs and outputs; nothing at run time. `flyte-remote types` writes the types. */
export interface Typed<Inputs, Outputs> {
  readonly [typed]?: { inputs: Inputs; outputs: Outputs }
}

export interface FlyteTask<Inputs = any, Outputs = any> extends Describes, Typed<Inputs, Outputs> {}
export interface FlyteWorkflow<Inputs = any, Outputs = any> extends Describes, Typed<Inputs, Outputs> {}
export interface FlyteLaunchPlan<Inputs = any, Outputs = any> extends Describes, Typed<Inputs, Outputs> {}

/** What `execute` takes; as text, `lp:project:domain:name:version`. */
export type Executable<Inputs = any, Outputs = any> =
  | FlyteTask<Inputs, Outputs>
  | FlyteWorkflow<Inputs, Outputs>
  | FlyteLaunchPlan<Inputs, Outputs>
  | LazyEntity<FlyteTask<Inputs, Outputs> | FlyteWorkflow<Inputs, Outputs>>
  | ExecutableReference
  | Identifier
  | string

/** Types are taken from the entity, not from what is given for it. */
type Declared<Inputs> = [Inputs][Inputs extends any ? 0 : never]

/** The options of `execute`; they can't be left out when an input is required. */
export type ExecuteArguments<Inputs> =
  {} extends Declared<Inputs>
    ? [options?: ExecuteOptions<Declared<Inputs>>]
    : [options: ExecuteOptions<Declared<Inputs>> & { inputs: Declared<Inputs> }]

/** The part of JSON Schema (draft 2020-12) that `describeInputs` uses. */
export interface JsonSchema {
  type?: 'null' | 'integer' | 'number' | 'string' | 'boolean' | 'array' | 'object'
  /** `int64`, `double`, `date-time`, `date`, `duration`, `uri`, or `time-delta` for seconds. */
  format?: string
  /** Bytes, in base64. */
  contentEncoding?: string
  title?: string
  default?: unknown
  enum?: unknown[]
  items?: JsonSchema
  properties?: Record<string, JsonSchema>
  required?: string[]
  additionalProperties?: boolean | JsonSchema
  propertyNames?: JsonSchema
  anyOf?: JsonSchema[]
  $ref?: string
  $defs?: Record<string, JsonSchema>
  /** The Flyte type as text, e.g. `file[csv]`. */
  'x-flyte-type'?: string
}

/** Names an execution. As text: a bare name, or `ex:project:domain:name`. */
export interface ExecutionReference {
  /** Project; default: the remote's. */
  project?: string | undefined
  /** Domain; default: the remote's. */
  domain?: string | undefined
  /** Name, e.g. `a7k2m…`. */
  name: string
}

/**
 * A value as it comes out of a literal: integers as number, beyond ±(2^53-1) as bigint; datetime as Date, whose exact time
 * `literal.timestamp` tells; duration in milliseconds; list and map as array and object; none as null; struct as the object
 * that its schema describes, with a Map where keys are no texts; file, directory and structured dataset as FlyteFile,
 * FlyteDirectory and StructuredDataset; other binary as `{ tag, value }`; error as `{ message, failedNodeId }`; a literal
 * that is stored apart as OffloadedLiteral.
 */
export type FlyteValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Date
  | Uint8Array
  | BigInt64Array
  | Float64Array
  | FlyteFile
  | FlyteDirectory
  | StructuredDataset
  | OffloadedLiteral
  | UnionVariant
  | FlyteValue[]
  | Map<FlyteValue, FlyteValue>
  | { [name: string]: FlyteValue }

/** A literal: ProtoJSON, its bytes, or one of `literal.ready`. */
export type LiteralLike = core.Literal | Uint8Array | { readonly bytes: Uint8Array }

/** A literal type: ProtoJSON or its bytes. */
export type TypeLike = core.LiteralType | Uint8Array

/** Options of `literal.toLiteral`. */
export interface ToLiteralOptions {
  /** Structs in MessagePack, or as protobuf Struct for servers before Flyte 1.14. Default: `msgpack`. */
  structs?: 'msgpack' | 'protobuf' | undefined
}

/** How values come. */
export interface Form {
  /** Integers as bigint: those beyond ±(2^53 - 1) alone, or all. Default: `large`. */
  bigints?: 'large' | 'all' | undefined
  /** Lists of integers as BigInt64Array and of floats as Float64Array, unless they are empty. Default: false, plain arrays. */
  typedArrays?: boolean | undefined
}

/** Options of `literal.fromLiteral`. */
export interface FromLiteralOptions extends Form {
  /** Values of unions come as `{ tag, value }`, which `literal.variant` makes too. Default: false, the value alone. */
  variants?: boolean | undefined
  /** Content of literals that are stored apart: their bytes by URI, or who has them. */
  stored?: Record<string, Uint8Array> | ((uri: string) => Uint8Array | undefined) | undefined
}

/** The inputs or outputs of an execution; iterating gives names and values. */
export interface FlyteValues<Values = any> {
  /**
   * One value by its declared type, or by what its literal is where none is known. It is converted once. A name that is not there
   * throws an error that lists the names; so does a literal that is not of its declared type.
   */
  get<Name extends string & keyof Values>(name: Name): unknown extends Values[Name] ? FlyteValue : Values[Name]
  /** One value by the type given instead of the declared one, and in another form when asked for. It is not kept. */
  getAs(name: string, type?: TypeLike, options?: FromLiteralOptions): FlyteValue
  [Symbol.iterator](): IterableIterator<[string, FlyteValue]>
}

/** Options of `execute`. */
export interface ExecuteOptions<Inputs = any> extends CallOptions {
  /**
   * Inputs by name, converted by the declared types: numbers for integer and float, bigint for integer, Date for
   * datetime, milliseconds for duration, arrays, objects, null.
   */
  inputs?: (unknown extends Inputs ? Record<string, unknown> : Inputs) | undefined
  /** Project of the execution; default: the remote's, then the entity's. */
  project?: string | undefined
  /** Domain of the execution; default: the remote's, then the entity's. */
  domain?: string | undefined
  /** Name of the execution: lower-case letters, digits and `-`, at most 63. Default: a random one. */
  name?: string | undefined
  /** A random name that begins with this and a `-`. */
  namePrefix?: string | undefined
  /** Waits for the end before resolving. Default: false. */
  wait?: boolean | undefined
  /** Kubernetes labels. */
  labels?: Record<string, string> | undefined
  /** Kubernetes annotations. */
  annotations?: Record<string, string> | undefined
  /** Environment variables of all tasks. */
  envs?: Record<string, string> | undefined
  /** Tags shown in the console. */
  tags?: string[] | undefined
  /** Largest number of nodes at a time; default: the server's. */
  maxParallelism?: number | undefined
  /** Runs cached tasks again and stores their new results. */
  overwriteCache?: boolean | undefined
  /** Allows tasks on interruptible machines; default: as the workflow says. */
  interruptible?: boolean | undefined
  /** Where tasks put files, e.g. `s3://bucket/prefix`. */
  rawOutputDataPrefix?: string | undefined
  /** Kubernetes service account of the tasks. */
  serviceAccount?: string | undefined
  /** Cluster pool to run in. */
  clusterPool?: string | undefined
  /** Label of the clusters that may run it. */
  executionClusterLabel?: string | undefined
  /** Switches all notifications off. */
  disableNotifications?: boolean | undefined
  /** Who is told when it ends; default: whom the launch plan names. */
  notifications?: Notification[] | undefined
  /** Whom its tasks run as, and with which secrets. `serviceAccount` is put into it. */
  securityContext?: core.SecurityContext | undefined
  /** How long it may wait in a queue: `{ tier: 'HIGH' }`, or `{ spec: { queueingBudget: '60s' } }`. */
  qualityOfService?: core.QualityOfService | undefined
  /** Environments that tasks share, by the nodes that use them. */
  executionEnvAssignments?: core.ExecutionEnvAssignment[] | undefined
  /** What Flyte keeps about its origin: mode, principal, nesting, artifacts. Admin replaces what it knows better. */
  executionMetadata?: admin.ExecutionMetadata | undefined
  /** The role of old clusters; new ones take `securityContext`. */
  authRole?: admin.AuthRole | undefined
  /**
   * What to do when an execution of this `name` is there already: `'error'` rejects with AlreadyExistsError, `'return'`
   * resolves to that execution, whose `existing` says how it differs. Default: `'error'`.
   */
  onExisting?: 'error' | 'return' | undefined
  /** True: nothing is created, and `execute` resolves to the request. Default: false. */
  dryRun?: false | undefined
}

/** A message at the end of an execution, by one of the three ways. */
export interface Notification {
  /** Phases at which it is sent: `SUCCEEDED`, `FAILED`, `ABORTED`, `TIMED_OUT`. */
  phases: ('SUCCEEDED' | 'FAILED' | 'ABORTED' | 'TIMED_OUT')[]
  /** Addresses for e-mail. */
  email?: string[] | undefined
  /** PagerDuty's e-mail addresses. */
  pagerDuty?: string[] | undefined
  /** Slack's e-mail addresses. */
  slack?: string[] | undefined
}

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
  /** Ends after so many. Default: all. */
  limit?: number | undefined
  /** Items fetched at a time. Default: 100. */
  pageSize?: number | undefined
  /** Filters, all of which must hold: texts in Flyte's grammar, as `filter` writes them: `eq(phase,FAILED)+gt(duration,60)`. */
  filters?: string | readonly string[] | undefined
  /** Order by a column. Default: the newest first; names and projects by name; signals the oldest first. */
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
  /** Descriptions of tasks, workflows or launch plans. */
  listDescriptionEntities(options: ListVersionsOptions & { kind: EntityKind }): FlyteList<admin.DescriptionEntity>
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
  /** Makes a version of a launch plan the active one; its schedule then runs. The server deactivates the others. */
  activateLaunchPlan(launchPlan: FlyteLaunchPlan | Identifier | string, options?: CallOptions): Promise<void>
  /** Makes a version of a launch plan inactive. */
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
  /** Version of specs whose id has none. */
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

/** What `uploadFile` takes: bytes, a Blob or File, or in Node a path. */
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
