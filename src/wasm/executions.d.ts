/** Options of `wait`. */
export interface WaitOptions extends Omit<CallOptions, 'timeoutMs'> {
  /** Gives up after so many milliseconds with TimeoutError; the execution itself goes on. Default: never. */
  timeoutMs?: number | undefined
  /** Milliseconds between polls. Default: 100 at first, backing off to 10 000. */
  intervalMs?: number | undefined
  /** Told the execution after each poll; its nodes are then read at each poll. */
  onProgress?: ((execution: FlyteWorkflowExecution) => void | Promise<void>) | undefined
  /** Whether nodes and their task executions are read at the end. Default: true. */
  syncNodes?: boolean | undefined
  /** For how many milliseconds the server may be out of reach. Default: 120 000. */
  patienceMs?: number | undefined
}

/** Options of `sync`. */
export interface SyncOptions extends CallOptions {
  /** Whether nodes are read too, at all levels. Default: false, or true when an option below asks for them. */
  nodes?: boolean | undefined
  /** How many levels of nodes; 1: only those of the workflow itself. Default: all. */
  depth?: number | undefined
  /** Whether the task executions of nodes are read too. Default: false, with `data: 'eager'` true. */
  taskExecutions?: boolean | undefined
  /** Whether inputs and outputs of nodes are read now, or when they are asked for. Default: `lazy`. */
  data?: 'lazy' | 'eager' | undefined
  /** Calls at a time. Default: 16. */
  concurrency?: number | undefined
}

/** Options of `watch`. */
export interface WatchOptions extends Omit<CallOptions, 'timeoutMs'> {
  /** Gives up after so many milliseconds with TimeoutError; the execution itself goes on. Default: never. */
  timeoutMs?: number | undefined
  /** Milliseconds between polls. Default: fast at first and when something moves, slowing down to 10 000. */
  intervalMs?: number | undefined
  /** For how many milliseconds the server may be out of reach. Default: 120 000. */
  patienceMs?: number | undefined
  /** How many levels of nodes. Default: all. */
  depth?: number | undefined
  /** Calls at a time. Default: 16. */
  concurrency?: number | undefined
}

/** What moved in a watched execution. */
export interface ExecutionChange {
  /** The execution, up to date with all its nodes. */
  execution: FlyteWorkflowExecution
  /** Phase of the execution. */
  phase: string
  /** Whether that is a final one: this is the last change. */
  isDone: boolean
  /** How many nodes could be read in full. */
  loaded: number
  /** How many nodes there are. */
  total: number
  /** How many of them have ended. */
  done: number
  /** The nodes that are new or have changed, as columns. */
  rows: NodeRows
}

/** Rows of a table of nodes as columns, each with `length` entries. */
export interface NodeRows {
  length: number
  /** Number of the row in the table; a node keeps its row, new ones come at the end. */
  index: Uint32Array
  /** Row of the node that it is inside of, -1 for the workflow's own nodes. */
  parent: Int32Array
  nodeId: string[]
  /** Number of the phase in `flyteidl.core.NodeExecution.Phase`, e.g. 2 for RUNNING, 3 for SUCCEEDED. */
  phase: Uint8Array
  /** Milliseconds since 1970, NaN where there is none. */
  startedAt: Float64Array
  /** Milliseconds since 1970, NaN where there is none. */
  updatedAt: Float64Array
  /** NaN where it is not known. */
  durationMs: Float64Array
}

/** Options of `relaunch`. */
export interface RelaunchOptions extends RecoverOptions {
  /** Runs cached tasks again and stores their new results. Default: false. */
  overwriteCache?: boolean | undefined
}

/** Options of `recover`. */
export interface RecoverOptions extends CallOptions {
  /** Name of the new execution. Default: a random one. */
  name?: string | undefined
  /** A random name that begins with this and a `-`: at most 43 characters, not beside `name`. */
  namePrefix?: string | undefined
}

/** What a gate node waits for. It is there once its node has been reached. */
export interface FlyteSignal {
  /** Unique in the execution. */
  signalId: string
  executionId: { project: string; domain: string; name: string }
  /** What it takes, in words; `bool` for an approval. */
  type: string
  isSet: boolean
  /** What it was set to. */
  value?: FlyteValue
}

/** Options of `getExecutionMetrics`. */
export interface MetricsOptions extends CallOptions {
  /** How many levels of spans; 0 for the execution alone. Default: 10. */
  depth?: number | undefined
}

/** A span as a row of a timeline. */
export interface SpanRow {
  /** 0 for the execution. */
  depth: number
  /** What it is about; empty when the server does not say. */
  kind: 'workflow' | 'node' | 'task' | 'operation' | ''
  /** Name of the execution, id of the node, number of the attempt, or what the operation is called, e.g. `NODE_SETUP`. */
  name: string
  /** `node/n0`; for an operation, whose it is. */
  entity: string
  startedAt: Date | undefined
  endedAt: Date | undefined
  durationMs: number
}

/** How an execution that was there before differs from what was asked for. */
export interface Existing {
  /** It runs another entity or version. */
  entityDiffers: boolean
  /** Names of the inputs that differ, in order; defaults count as given. */
  differingInputs: string[]
}

/** Why an execution, node or task failed. */
export interface ExecutionError {
  /** Code given by who failed, e.g. `USER:Error`. */
  code: string
  /** What happened. */
  message: string
  /** Where the full error document is. */
  errorUri: string
  /** `USER`, `SYSTEM` or `UNKNOWN`. */
  kind: string
}

/** What executions, nodes and attempts tell of their time. */
export interface Running {
  /** When it began to run. */
  readonly startedAt: Date | undefined
  /** When it was created. */
  readonly createdAt: Date | undefined
  /** When it last changed. */
  readonly updatedAt: Date | undefined
  /** How long it ran, in milliseconds; known when it is done. */
  readonly durationMs: number | undefined
  /** Whether the phase is a final one: the same as `isDone`. */
  readonly isTerminal: boolean
}

/** The same of what has inputs and outputs in the store. */
export interface RunningWithData extends Running {
  /** Where its inputs are stored, may be empty. */
  readonly inputUri: string
  /** Where its outputs are stored, may be empty. */
  readonly outputUri: string
}

export interface FlyteWorkflowExecution<Outputs = any> extends Running {
  /** Name, unique in its project and domain. */
  readonly name: string
  /** Project. */
  readonly project: string
  /** Domain. */
  readonly domain: string
  /** What was launched: a launch plan, or a task for an execution of a single task. */
  readonly launchPlan: Identifier
  /** Who started it, may be empty. */
  readonly principal: string
  /** The cluster it runs on, empty where the server does not say. */
  readonly cluster: string
  /** The execution and the node that launched it, for a child execution. */
  readonly parent: { execution: { project: string; domain: string; name: string }; nodeId: string } | undefined
  /** The execution that this one was relaunched or recovered from. */
  readonly referenceExecution: { project: string; domain: string; name: string } | undefined
  /** Whether it is in the archive. */
  readonly isArchived: boolean
  /** Who ended it and why, if somebody did. */
  readonly abort: { cause: string; principal: string } | undefined
  /** Launches it again: the same entity, inputs and settings under a new name. Resolves to the new execution. */
  relaunch(options?: RelaunchOptions): Promise<FlyteWorkflowExecution<Outputs>>
  /** Launches an execution that takes over what succeeded in this one and runs the rest. Resolves to the new execution. */
  recover(options?: RecoverOptions): Promise<FlyteWorkflowExecution<Outputs>>
  /** Puts it into the archive, where lists leave it out. */
  archive(options?: CallOptions): Promise<FlyteWorkflowExecution<Outputs>>
  /** Takes it out of the archive. */
  unarchive(options?: CallOptions): Promise<FlyteWorkflowExecution<Outputs>>
  /** What its gate nodes wait for, or waited for. */
  listSignals(options?: AnyListOptions): FlyteList<FlyteSignal>
  /** Approves what it waits for. Rejects with NotFoundError when there is no such signal. */
  approve(signalId: string, options?: CallOptions): Promise<void>
  /** Refuses the approval it waits for; the node fails. Rejects with NotFoundError when there is no such signal. */
  reject(signalId: string, options?: CallOptions): Promise<void>
  /** Gives a signal its value, converted to the type that it declares. */
  setSignal(signalId: string, value: unknown, options?: CallOptions): Promise<void>
  /** The same as `setSignal`. */
  setInput(signalId: string, value: unknown, options?: CallOptions): Promise<void>
  /** Where its time went, as a tree of spans. */
  getExecutionMetrics(options?: MetricsOptions): Promise<FlyteExecutionSpan>
}

export interface FlyteNodeExecution extends RunningWithData {
  /** Id of the node's execution; unique in the execution. */
  readonly nodeId: string
  /** Id of the node in the workflow's spec. */
  readonly specNodeId: string
  /** Whether it has nodes of its own. */
  readonly isParent: boolean
  /** Whether its nodes were made by a task as it ran. */
  readonly isDynamic: boolean
  /** Whether it runs one node many times, over lists. */
  readonly isArray: boolean
  /** The execution that it launched, if it is a launch plan node. */
  readonly launched: ExecutionReference | undefined
  /**
   * Whether its task's results came from the cache or went into it: `DISABLED`, `MISS`, `HIT`, `POPULATED`, …;
   * undefined where it runs no task.
   */
  readonly cacheStatus: string | undefined
  /** Its place in Flyte's console; where a gate waits, that is where it is approved or given its value. */
  readonly consoleUrl: string
  /** How often its task was tried again, as far as attempts were read: `sync({ taskExecutions: true })`. */
  readonly retries: number
  /** Where its deck (an HTML page) is stored, empty when it has none. */
  readonly deckUri: string
  /** `nodeExecutions` by node id, as flytekit has it. */
  readonly subworkflowNodeExecutions: Record<string, FlyteNodeExecution>
  /** A link to its deck that works for a while without credentials. Rejects with NotFoundError when it has none. */
  deckLink(options?: DeckLinkOptions): Promise<{ url: string; expiresAt: Date | undefined }>
}

export interface FlyteTaskExecution extends RunningWithData {
  /** Which attempt it is, counted from 0. */
  readonly attempt: number
  /** The task. */
  readonly task: Identifier
  /** Task type, e.g. `container`. */
  readonly taskType: string
  /** Why it is in this phase, may be empty. */
  readonly reason: string
  /** All its reasons so far, the oldest first, as far as the server keeps them. */
  readonly reasons: { at: Date | undefined; message: string }[]
  /** Links to logs. */
  readonly logs: { name: string; uri: string }[]
}

export interface DeckLinkOptions extends CallOptions {
  /** How long the link works, in milliseconds; default: the server's limit, usually an hour. */
  expiresInMs?: number | undefined
}
