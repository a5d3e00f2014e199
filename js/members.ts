// Members that JavaScript adds to the classes of the core.

/** A class, of which only the prototype counts here. */
export type Class = { prototype: object }

/**
 * Puts an object for more members between a class and its base. On the prototype itself each would cost V8 a copy of all its
 * members, while one without a prototype of its own is a dictionary from the start.
 */
export function membersOf({ prototype }: Class): Record<PropertyKey, unknown> {
  const members = Object.create(null)
  Object.setPrototypeOf(members, Object.getPrototypeOf(prototype))
  Object.setPrototypeOf(prototype, members)
  return members
}

/** Adds a getter. */
export function getter<T>(members: object, name: string, get: (self: T) => unknown): void {
  Object.defineProperty(members, name, {
    configurable: true,
    get(this: T) {
      return get(this)
    },
  })
}
