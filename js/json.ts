// ProtoJSON texts of JavaScript values. `JSON.stringify` alone refuses bigint, turns NaN into null, -0 into 0 and a Map into {}.

import { FlyteTypeError } from './errors.js'

const base64 = (bytes: Uint8Array): string => {
  let text = ''
  for (let i = 0; i < bytes.length; i += 0x2000) text += String.fromCharCode(...bytes.subarray(i, i + 0x2000))
  return btoa(text)
}

/** Stands for -0, which `JSON.stringify` can't write; the codec refuses half a character in any text. */
const NEGATIVE_ZERO = '\ud800-0'

function careful(this: unknown, key: string, value: unknown): unknown {
  // A Buffer and a date have a toJSON of their own.
  const given = (this as Record<string, unknown>)[key]
  if (given instanceof Uint8Array) return base64(given)
  if (given instanceof Date && value === null) return String(given)
  if (value instanceof Map) return Object.fromEntries(value)
  if (typeof value === 'bigint') return value.toString()
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value)
  if (Object.is(value, -0)) return NEGATIVE_ZERO
  return value
}

const encoder = new TextEncoder()

/** The JSON text of a message in UTF-8; `exact` also writes bigint, NaN, infinities, -0, byte arrays and Maps. */
export function encodeJson(value: unknown, exact: boolean): Uint8Array | undefined {
  try {
    const text = JSON.stringify(value === undefined ? {} : value, exact ? careful : undefined)
    return encoder.encode(exact ? text.replaceAll(JSON.stringify(NEGATIVE_ZERO), '-0') : text)
  } catch (error) {
    if (!exact) return undefined
    // A cycle, a nesting too deep, or a getter of the caller that throws.
    const message = String((error as Error | undefined)?.message ?? error).split('\n', 1)[0]
    throw new FlyteTypeError(`request: can't be written as JSON: ${message}`, { cause: error, path: 'request' })
  }
}
