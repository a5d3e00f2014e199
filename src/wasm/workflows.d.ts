/** Where a value comes from. */
export type BindingValue =
  /** The output of another node, or an input of the workflow. */
  | {
      kind: 'promise'
      /** The node; empty for an input of the workflow itself. */
      nodeId: string
      /** Name of the output or input. */
      var: string
      /** What of it: fields of a dataclass, keys of a map, places in a list from 0. Empty for all of it. */
      attrPath: (string | number)[]
      /** The type of the union that it goes into, in words. */
      unionType?: string
    }
  /** Without its value only in a node with a `problem`. */
  | { kind: 'literal'; value?: FlyteValue; unionType?: string }
  | { kind: 'collection'; bindings: BindingValue[]; unionType?: string }
  | { kind: 'map'; bindings: Record<string, BindingValue>; unionType?: string }

/** The value of an input of a node, or of an output of a workflow. */
export interface Binding {
  /** Name of the input or output. */
  var: string
  /** Missing only in a node with a `problem`. */
  binding?: BindingValue
}

/** One side of a comparison. */
export type BranchOperand =
  /** The input of the branch node that is called so. */
  { var: string } | { value: FlyteValue }

/** When a case of a branch is taken. */
export type BranchCondition =
  | { operator: 'AND' | 'OR'; left: BranchCondition; right: BranchCondition }
  | { operator: 'EQ' | 'NEQ' | 'GT' | 'GTE' | 'LT' | 'LTE'; left: BranchOperand; right: BranchOperand }

/** What a gate node waits for. */
export type Gate =
  | { kind: 'sleep'; durationMs?: number }
  | { kind: 'approve'; signalId: string }
  | {
      kind: 'signal'
      signalId: string
      /** What it takes, in words. */
      type: string
      /** Name of the node's output that has the value. */
      outputVariableName: string
    }

/** What nodes of all kinds have. */
interface AnyWorkflowNode {
  /** Unique in its workflow, e.g. `n0`. */
  id: string
  /** Shown in the console. */
  name: string
  /** How often it is run again after a failure that allows it. */
  retries: number
  /** How many milliseconds it may take. Default: as its task says. */
  timeoutMs?: number
  /** Whether it may run on interruptible machines. Default: as its task says. */
  interruptible?: boolean
  /** Whether its outputs are kept. Default: as its task says. */
  cacheable?: boolean
  /** Outputs of another version do not count. */
  cacheVersion?: string
  /** Whether only one of several with the same inputs runs. */
  cacheSerializable?: boolean
  /** Where its inputs come from. */
  inputs: Binding[]
  /** The nodes that must have ended before it, sorted; without `start-node`. */
  upstreamNodeIds: string[]
  /** Other names of its outputs. */
  outputAliases?: { var: string; alias: string }[]
  /** What is odd about it, or why what it refers to is not known. */
  problem?: string
}

/** What a node runs. */
interface EntityNode<Entity> {
  /** What it refers to; missing only with a `problem`. */
  reference?: Identifier
  /** The interface of that, as far as it is known. */
  interface?: { inputs: InputVariable[]; outputs: Variable[] }
  /** The thing itself, as far as it is known. It does not show when the node is printed or copied. */
  readonly entity?: Entity
}

/** What a node has that refers to nothing. */
interface NoEntity {
  reference?: undefined
  interface?: undefined
  readonly entity?: undefined
}

/** A node of a workflow: a plain object. The start and the end of a workflow are no nodes. */
export type WorkflowNode = AnyWorkflowNode &
  (
    | ({ kind: 'task' } & EntityNode<FlyteTask>)
    /** A sub-workflow: `entity` has nodes of its own. */
    | ({ kind: 'workflow' } & EntityNode<FlyteWorkflow>)
    | ({ kind: 'launchPlan' } & EntityNode<FlyteLaunchPlan>)
    | (NoEntity & {
        kind: 'branch'
        /** Taken when its condition is the first that holds. */
        cases?: { condition?: BranchCondition; node: WorkflowNode }[]
        /** Taken when none holds. */
        elseNode?: WorkflowNode
        /** Instead of `elseNode`: the message that the branch fails with. */
        elseError?: string
      })
    | (NoEntity & { kind: 'gate'; gate?: Gate })
    | (NoEntity & {
        kind: 'array'
        /** Runs for each item of its list inputs. */
        node?: WorkflowNode
        /** How many run at a time; 0: all. Default: as the workflow's. */
        parallelism?: number
        /** How many must succeed. Default: all. */
        minSuccesses?: number
        /** Which part must succeed, 0 to 1. Default: all. */
        minSuccessRatio?: number
        /** Inputs that are the same for each item. */
        boundInputs?: string[]
      })
    /** The node does nothing that this client knows. */
    | (NoEntity & { kind: 'unknown' })
  )

/** A workflow as a graph, compiled by the server. A workflow out of a list has no nodes. */
export interface FlyteWorkflow {
  /** Its nodes; those of branches and arrays are inside of theirs, those of sub-workflows in the sub-workflow. */
  readonly nodes: WorkflowNode[]
  /** Runs when the workflow fails. */
  readonly failureNode: WorkflowNode | undefined
  /** Where its outputs come from. */
  readonly outputBindings: Binding[]
  /** What becomes of the other nodes when one fails. */
  readonly onFailure: 'FAIL_IMMEDIATELY' | 'FAIL_AFTER_EXECUTABLE_NODES_COMPLETE'
  /** Whether nodes that do not say it may run on interruptible machines. */
  readonly interruptible: boolean
  /** The tasks that its nodes refer to, also nodes of branches and arrays and the failure node. */
  readonly tasks: FlyteTask[]
  /** The sub-workflows that its nodes refer to. */
  readonly subWorkflows: FlyteWorkflow[]
  /** The launch plans that its nodes refer to, as far as they could be fetched. */
  readonly launchPlans: FlyteLaunchPlan[]
  /** What is odd about the workflow itself. */
  readonly problem: string | undefined
}

/** When the server launches a launch plan by itself. */
export type LaunchPlanSchedule = {
  /** The input that gets the time of the run. */
  kickoffTimeInputArg?: string
} & (
  | {
      kind: 'cron'
      /** Five fields as in cron, e.g. `0 8 * * *`, or `@daily`; in UTC. */
      expression: string
      /** An ISO 8601 duration by which runs are put off. */
      offset?: string
    }
  /** Every `value` units. */
  | { kind: 'rate'; value: number; unit: 'MINUTE' | 'HOUR' | 'DAY' }
)

/** Who is told when an execution ends. */
export interface LaunchPlanNotification {
  /** At which phases: `SUCCEEDED`, `FAILED`, `ABORTED`, `TIMED_OUT`. */
  phases: string[]
  channel: 'email' | 'pagerDuty' | 'slack'
  /** E-mail addresses, for PagerDuty and Slack too. */
  recipients: string[]
  /** Template of the message. Default: the server's. */
  template?: string
}

/** What a launch plan sets for its executions. */
export interface FlyteLaunchPlan {
  /** `ACTIVE` for the one version of its name that the schedule runs. */
  readonly state: 'ACTIVE' | 'INACTIVE'
  readonly schedule: LaunchPlanSchedule | undefined
  readonly notifications: LaunchPlanNotification[]
  /** Inputs that are taken when the caller gives none. */
  readonly defaultInputs: Record<string, FlyteValue>
  /** Inputs that the caller can't give. */
  readonly fixedInputs: Record<string, FlyteValue>
  /** The inputs that a caller can or must give, as the server has them. */
  readonly expectedInputs: InputVariable[]
  /** The outputs, as the server has them. */
  readonly expectedOutputs: Variable[]
  /** Kubernetes labels. */
  readonly labels: Record<string, string>
  /** Kubernetes annotations. */
  readonly annotations: Record<string, string>
  /** Environment variables of all tasks. */
  readonly envs: Record<string, string>
  /** Kubernetes service account of the tasks. Default: the server's. */
  readonly serviceAccount: string | undefined
  /** IAM role of the tasks. Default: the server's. */
  readonly iamRole: string | undefined
  /** Whom tasks run as, and with which secrets. */
  readonly securityContext: core.SecurityContext | undefined
  /** Where tasks put files, e.g. `s3://bucket/prefix`. Default: the server's. */
  readonly rawOutputDataPrefix: string | undefined
  /** Cluster pool to run in. */
  readonly clusterPool: string | undefined
  /** Largest number of nodes at a time. Default: the server's. */
  readonly maxParallelism: number | undefined
  /** Whether tasks may run on interruptible machines. Default: as the workflow says. */
  readonly interruptible: boolean | undefined
  /** Runs cached tasks again and stores their new results. */
  readonly overwriteCache: boolean
  readonly qualityOfService: core.QualityOfService | undefined
  /** How many executions may run at a time, and what becomes of others. */
  readonly concurrencyPolicy: admin.ConcurrencyPolicy | undefined
  /** What of this can't be read. */
  readonly problem: string | undefined
}
