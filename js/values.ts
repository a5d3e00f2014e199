// What JavaScript adds to the values of an execution.

import { FlyteValues, type FromLiteralOptions, type TypeLike } from '#bindings'
import { bytesOf, storedOf, TYPE } from './convert.js'
import { membersOf } from './members.js'

/** Adds the methods to the class. */
export function installValues(): void {
  Object.assign(membersOf(FlyteValues), {
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
