// ProtoJSON texts of JavaScript values. `JSON.stringify` alone refuses bigint and turns NaN into null.

const base64 = (bytes: Uint8Array): string => {
  let text = ''
  for (let i = 0; i < bytes.length; i += 0x2000) text += String.fromCharCode(...bytes.subarray(i, i + 0x2000))
  return btoa(text)
}

function careful(this: unknown, _key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString()
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value)
  if (value instanceof Uint8Array) return base64(value)
  return value
}

const encoder = new TextEncoder()

/** The JSON text of a message in UTF-8; `exact` also writes bigint, NaN, infinities and byte arrays. */
export function encodeJson(value: unknown, exact: boolean): Uint8Array | undefined {
  try {
    return encoder.encode(JSON.stringify(value === undefined ? {} : value, exact ? careful : undefined))
  } catch (error) {
    if (exact) throw error
    return undefined
  }
}
