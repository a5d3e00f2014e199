// Messages without a call: bytes to ProtoJSON and back.

import { protoFromObject, protoToText } from '#bindings'
import { type Rows, toRows } from './rows.js'

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
  /**
   * Rows of a `flyteidl.admin.NodeExecutionList`, `ExecutionList` or `TaskExecutionList`: the named columns, by default
   * all there are. Reads only these, which is several times faster than `toJson`.
   */
  toRows(typeName: string, bytes: Uint8Array, columns?: string[]): Rows {
    return toRows(typeName, bytes, columns)
  },
}
