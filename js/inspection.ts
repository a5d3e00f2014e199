// What `console.log` of Node shows of the objects that live in the core.

import * as bindings from '#bindings'

type Inspect = (value: unknown, options: object) => string

/** What is shown of each class; nothing here makes a call. */
const SHOWN: [type: { prototype: object; name: string }, ...fields: string[]][] = [
  [bindings.FlyteRemote, 'endpoint', 'project', 'domain'],
  [bindings.FlyteTask, 'id', 'taskType'],
  [bindings.FlyteWorkflow, 'id'],
  [bindings.FlyteLaunchPlan, 'id', 'workflowId', 'state'],
  [bindings.FlyteWorkflowExecution, 'id', 'phase', 'launchPlan', 'startedAt', 'durationMs'],
  [bindings.FlyteNodeExecution, 'nodeId', 'phase', 'startedAt', 'durationMs', 'problem'],
  [bindings.FlyteTaskExecution, 'attempt', 'phase', 'startedAt', 'durationMs'],
]

function shown(object: Record<string, unknown>, fields: readonly string[]): unknown {
  try {
    const known = fields.map((field) => [field, object[field]]).filter(([, value]) => value !== undefined)
    return Object.fromEntries(known)
  } catch {
    return '(freed)'
  }
}

/** Adds the methods to the classes. */
export function installInspection(): void {
  const show = ({ prototype, name }: { prototype: object; name: string }, of: (object: never) => unknown) => {
    const value = function (this: never, _depth: unknown, options: object, inspect: Inspect) {
      const what = of(this)
      return `${name} ${typeof what === 'string' ? what : inspect(what, options)}`
    }
    Object.defineProperty(prototype, Symbol.for('nodejs.util.inspect.custom'), { value })
  }
  for (const [type, ...fields] of SHOWN) show(type, (object) => shown(object, fields))
  show(bindings.FlyteClient, () => '')
  show(bindings.FlyteValues, (values: bindings.FlyteValues) => {
    try {
      return values.toObject()
    } catch {
      return '(unreadable)'
    }
  })
}
