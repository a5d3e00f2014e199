// What both entry points export.

export {
  FlyteClient,
  FlyteLaunchPlan,
  FlyteNodeExecution,
  FlyteRemote,
  FlyteTask,
  FlyteTaskExecution,
  FlyteValues,
  FlyteWorkflow,
  FlyteWorkflowExecution,
} from '#bindings'
export * from './errors.js'
export { filter } from './filter.js'
export * from './handles.js'
export { formatIdentifier, parseIdentifier } from './identifier.js'
export { LazyEntity } from './lazy.js'
export { literal } from './literal.js'
export { FlyteExecutionSpan } from './metrics.js'
export { proto } from './proto.js'
