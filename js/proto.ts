// Messages without a call: bytes to ProtoJSON and back.

import { protoFromObject, protoToText } from '#bindings'

/** Flyte's messages as ProtoJSON objects and as bytes, by their full type name (`flyteidl.admin.Execution`). */
export const proto = {
  /** The object for a message's bytes. Unknown fields are skipped, unknown enum values stay numbers. */
  toJson(typeName: string, bytes: Uint8Array): unknown {
    return JSON.parse(protoToText(typeName, bytes))
  },
  /** The bytes for an object. Unknown fields and wrong values are refused with their path. */
  fromJson(typeName: string, value: unknown): Uint8Array {
    return protoFromObject(typeName, value)
  },
}
