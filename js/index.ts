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
export * from './handles.js'
export { literal } from './literal.js'
export { proto } from './proto.js'
