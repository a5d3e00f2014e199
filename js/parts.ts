// Properties whose values the core gives all together, when the first of them is asked for.

import { FlyteLaunchPlan, FlyteWorkflow } from '#bindings'
import { type Class, getter, membersOf } from './members.js'

type Parts = Record<string, unknown>

const known = new WeakMap<object, Parts>()

function define(type: Class, names: string): void {
  const members = membersOf(type)
  for (const name of names.split(' ')) {
    getter(members, name, (self: { __parts(): Parts }) => {
      const parts = known.get(self) ?? self.__parts()
      known.set(self, parts)
      return parts[name]
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
