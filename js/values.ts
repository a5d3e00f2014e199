// What JavaScript adds to the values of an execution.

import type { FlyteValues, FromLiteralOptions, TypeLike } from '#bindings'
import { bytesOf, storedOf, TYPE } from './convert.js'

/** What is added to the class of the core. */
export function installValues(type: { prototype: object }): void {
  Object.assign(type.prototype, {
    getAs(this: FlyteValues, name: string, as?: TypeLike, options: FromLiteralOptions = {}) {
      return this.readValue(name, as && bytesOf(TYPE, as), options.variants ?? false, storedOf(options), options)
    },
    toJSON(this: FlyteValues) {
      return this.toLiterals()
    },
    [Symbol.iterator](this: FlyteValues) {
      return this.entries()[Symbol.iterator]()
    },
  })
}
