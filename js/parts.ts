// Properties whose values the core gives all together, when the first of them is asked for.

import { FlyteLaunchPlan, FlyteWorkflow } from '#bindings'

type Parts = Record<string, unknown>

const known = new WeakMap<object, Parts>()

function define(type: { prototype: object }, names: string): void {
  for (const name of names.split(' ')) {
    Object.defineProperty(type.prototype, name, {
      configurable: true,
      get(this: { __parts(): Parts }) {
        const parts = known.get(this) ?? this.__parts()
        known.set(this, parts)
        return parts[name]
      },
    })
  }
}

/** Adds the properties to the classes of the core. */
export function installParts(): void {
  define(FlyteWorkflow, 'nodes failureNode outputBindings onFailure interruptible tasks subWorkflows launchPlans problem')
  define(
    FlyteLaunchPlan,
    'state schedule notifications defaultInputs fixedInputs expectedInputs expectedOutputs labels annotations envs serviceAccount iamRole securityContext rawOutputDataPrefix clusterPool maxParallelism interruptible overwriteCache qualityOfService concurrencyPolicy problem',
  )
}
