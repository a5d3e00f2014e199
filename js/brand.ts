// What tells handles from plain objects: a brand and not the class object, so that two copies of the package understand
// each other.

const brand = Symbol.for('flyte-remote.handle')

export type HandleKind = 'file' | 'directory' | 'dataset' | 'offloaded' | 'literal' | 'variant' | 'float'

/** The kind of a handle; undefined for everything else. */
export const handleKind = (value: object): HandleKind | undefined => (value as { [brand]?: HandleKind })[brand]

/** Gives a class its brand. */
export function branded(type: { prototype: object }, kind: HandleKind): void {
  Object.defineProperty(type.prototype, brand, { value: kind })
}
