// What `literal` and the values of an execution share: literals and types in any of their forms as bytes.

import { type FromLiteralOptions, protoFromObject } from '#bindings'
import { oneOf, only } from './check.js'
import { ReadyLiteral } from './handles.js'

export const LITERAL = 'flyteidl.core.Literal'
export const TYPE = 'flyteidl.core.LiteralType'

/** The bytes of a message given as such, as an object, or as a ready literal. */
export function bytesOf(typeName: string, value: unknown): Uint8Array {
  // A proxy of bytes has none.
  if (value instanceof Uint8Array && ArrayBuffer.isView(value)) return value
  if (value instanceof ReadyLiteral) return value.bytes
  return protoFromObject(typeName, value)
}

/** Who has the content of literals that are stored apart; all the options are checked. */
export function storedOf(options: FromLiteralOptions): ((uri: string) => Uint8Array | undefined) | undefined {
  only('options', options, ['bigints', 'typedArrays', 'variants', 'stored'])
  const { bigints, stored } = options
  oneOf('options.bigints', bigints, 'large', 'all')
  return typeof stored === 'object' ? (uri) => (Object.hasOwn(stored, uri) ? stored[uri] : undefined) : stored
}
