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
  /** Deadline in milliseconds for each RPC, its retries and body included. Default: 30 000; Infinity for none. */
  timeoutMs?: number | undefined
  /** How often a call that is safe to repeat is repeated after a transient failure. Default: 3; 0 for never. */
  retries?: number | undefined
  /** Largest reply message in bytes, 1 or more; a larger one is RESOURCE_EXHAUSTED. Default: 64 MiB. */
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

/** A literal type: ProtoJSON or its bytes. In TypeScript, a type in a `const` of its own needs `as const`. */
export type TypeLike = core.LiteralType | Uint8Array

/** Options of `literal.toLiteral`. */
export interface ToLiteralOptions {
  /** Structs in MessagePack, or as protobuf Struct for tasks of flytekit before 1.14. Default: `msgpack`. */
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
  /**
   * Values of unions come as `{ tag, value }`, which `literal.variant` makes too; one that is stored without its variant comes alone.
   * Default: false, always the value alone.
   */
  variants?: boolean | undefined
  /** Content of literals that are stored apart: their bytes by URI, or who has them. */
  stored?: Record<string, Uint8Array> | ((uri: string) => Uint8Array | undefined) | undefined
}

/** The inputs or outputs of an execution; iterating gives names and values. All throw FlyteValueError where a value can't be read. */
export interface FlyteValues<Values = any> {
  /**
   * One value by its declared type, or by what its literal is where none is known. It is converted once. A name that is not there
   * throws an error that lists the names; so does a literal that is not of its declared type.
   */
  get<Name extends string & keyof Values>(name: Name): unknown extends Values[Name] ? FlyteValue : Values[Name]
  /** One value by the type given instead of the declared one, and in another form when asked for. It is not kept. */
  getAs(name: string, type?: TypeLike, options?: FromLiteralOptions): FlyteValue
  /** What `JSON.stringify` writes: the same as `toLiterals()`. */
  toJSON(): Record<string, core.Literal>
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
  /** A random name that begins with this and a `-`: at most 43 characters, not beside `name`. */
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
  /** Switches all notifications off, also those given here. */
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
  /** Addresses for e-mail. Exactly one of the three ways is given. */
  email?: string[] | undefined
  /** PagerDuty's e-mail addresses. */
  pagerDuty?: string[] | undefined
  /** Slack's e-mail addresses. */
  slack?: string[] | undefined
}
