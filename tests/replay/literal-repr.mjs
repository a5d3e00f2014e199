// Literals for display.

import { literal } from 'flyte-remote'
import { isSame, show, wire } from './values.mjs'

export function replayRepr(vector) {
  const value = vector.literal ? literal.repr(wire(vector.literal)) : literal.resolver(wire(vector.literal_map)).repr()
  if (vector.error) {
    // It raises where there is nothing to show, or where JSON knows no such key.
    return { deviation: 'nothing is refused: it is for display' }
  }
  if (isSame(value, vector.value) || isSame(value, withoutTypeName(vector.value))) return {}
  if (vector.value?.$bytes && typeof value === 'string') {
    const text = Buffer.from(vector.value.$bytes, 'base64').toString()
    if (value === text) return { deviation: 'other bytes are base64 text, not the bytes of such a text' }
  }
  return { difference: `${show(value)}, expected ${show(vector.value)}` }
}

/** Python's type names may differ. */
const withoutTypeName = (value) => (typeof value === 'string' ? value.replace(/ Flyte Serialized object \(\w+\):/, '') : value)
