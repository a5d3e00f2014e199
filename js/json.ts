// ProtoJSON texts of JavaScript values. `JSON.stringify` alone refuses bigint, turns NaN into null and -0 into 0.

const base64 = (bytes: Uint8Array): string => {
  let text = ''
  for (let i = 0; i < bytes.length; i += 0x2000) text += String.fromCharCode(...bytes.subarray(i, i + 0x2000))
  return btoa(text)
}

/** Stands for -0, which `JSON.stringify` can't write; the codec refuses half a character in any text. */
const NEGATIVE_ZERO = '\ud800-0'

function careful(this: unknown, _key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString()
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value)
  if (Object.is(value, -0)) return NEGATIVE_ZERO
  if (value instanceof Uint8Array) return base64(value)
  return value
}

const encoder = new TextEncoder()

/** The JSON text of a message in UTF-8; `exact` also writes bigint, NaN, infinities, -0 and byte arrays. */
export function encodeJson(value: unknown, exact: boolean): Uint8Array | undefined {
  try {
    const text = JSON.stringify(value === undefined ? {} : value, exact ? careful : undefined)
    return encoder.encode(exact ? text.replaceAll(JSON.stringify(NEGATIVE_ZERO), '-0') : text)
  } catch (error) {
    if (exact) throw error
    return undefined
  }
}
