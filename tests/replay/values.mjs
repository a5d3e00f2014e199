// The values of vectors as JavaScript has them, and comparing them with what the package gives.

import { FlyteDirectory, FlyteFile, literal, proto, StructuredDataset } from 'flyte-remote'

/** What JavaScript has no value for. */
export class NotInJavaScript extends Error {}

const bytes = (base64) => new Uint8Array(Buffer.from(base64, 'base64'))

/** The wire bytes of a message in a vector. */
export const wire = ({ b64 }) => bytes(b64)

/** A message of a vector as ProtoJSON. */
export const json = ({ type, b64 }) => proto.toJson(type, bytes(b64))

/** Microseconds since 1970 of `2024-01-02T03:04:05.678901+05:00`; without a zone it is UTC. */
export function micros(text) {
  const [, day, clock, fraction = '', zone = 'Z'] = /^(.{10})T(.{8})(?:\.(\d+))?(Z|[+-].*)?$/.exec(text)
  return BigInt(Date.parse(`${day}T${clock}${zone}`)) * 1000n + BigInt(fraction.padEnd(6, '0').slice(0, 6) || 0)
}

/** A whole number of microseconds as seconds and nanoseconds, rounded down. */
function parts(us) {
  const rest = ((us % 1_000_000n) + 1_000_000n) % 1_000_000n
  return { seconds: Number((us - rest) / 1_000_000n), nanos: Number(rest) * 1000 }
}

function seconds(us) {
  const size = Math.abs(us)
  return `${Math.floor(size / 1e6)}.${String(size % 1e6).padStart(6, '0')}`
}

const FLOATS = { NaN: Number.NaN, Infinity: Number.POSITIVE_INFINITY, '-Infinity': Number.NEGATIVE_INFINITY }

/** A number that Python has as a float: said so where JavaScript can't tell. */
const float = (text) => (text in FLOATS ? FLOATS[text] : literal.float(Number(text)))

/** A Python value as a JavaScript caller would write it. */
export function toJs(value) {
  if (Array.isArray(value)) return value.map(toJs)
  if (value === null || typeof value !== 'object') return value
  const [tag] = Object.keys(value)
  const content = value[tag]
  switch (tag) {
    case '$int':
      return BigInt(content)
    case '$float':
      return float(content)
    case '$datetime':
      return literal.datetime(parts(micros(content)))
    case '$date':
      return content
    case '$duration_us':
      return `${content < 0 ? '-' : ''}PT${seconds(content)}S`
    case '$bytes':
      return bytes(content)
    case '$map':
      return new Map(content.map(([key, item]) => [toJs(key), toJs(item)]))
    case '$set':
      return new Set(content.map(toJs))
    case '$enum':
      return content.value
    case '$dataclass':
      return Object.fromEntries(Object.entries(content.fields).map(([name, field]) => [camel(content.type, name), inStruct(field)]))
    case '$file':
      return new FlyteFile(content.uri, content.format)
    case '$directory':
      return new FlyteDirectory(content.uri, content.format)
    case '$structured_dataset':
      return new StructuredDataset(content.uri, content.file_format)
    case '$literal':
      return literal.ready(wire(content))
    case '$tuple':
    case '$path':
      throw new NotInJavaScript(`JavaScript has no ${tag.slice(1)}`)
    default:
      return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, toJs(item)]))
  }
}

const camel = (type, name) => (type === 'FlyteError' && name === 'failed_node_id' ? 'failedNodeId' : name)

/** A field of a dataclass; durations are seconds there. */
function inStruct(value) {
  if (Array.isArray(value)) return value.map(inStruct)
  if (value?.$duration_us !== undefined) return value.$duration_us / 1e6
  return toJs(value)
}

/** Whether a value of the package is the one that Python has; JavaScript does not tell 1.0 from 1. */
export function isSame(value, expected) {
  if (Array.isArray(expected)) {
    return Array.isArray(value) && value.length === expected.length && value.every((item, i) => isSame(item, expected[i]))
  }
  if (expected === null || typeof expected !== 'object') return Object.is(value, expected)
  const [tag] = Object.keys(expected)
  const content = expected[tag]
  switch (tag) {
    case '$int':
      return value === BigInt(content) || (typeof value === 'number' && String(value) === content)
    case '$float':
      return Object.is(value, FLOATS[content] ?? Number(content))
    case '$datetime': {
      if (!(value instanceof Date)) return false
      const { seconds, nanos } = literal.timestamp(value)
      return BigInt(seconds) * 1_000_000n + BigInt(Math.floor(nanos / 1000)) === micros(content)
    }
    case '$date':
      return value instanceof Date && value.toISOString() === `${content}T00:00:00.000Z`
    case '$duration_us':
      // Python cuts nanoseconds off.
      return typeof value === 'number' && Math.trunc(Math.round(value * 1e6) / 1000) === content
    case '$bytes':
      return value instanceof Uint8Array && Buffer.from(value).equals(Buffer.from(bytes(content)))
    case '$map':
      return value instanceof Map && isSame([...value], content)
    case '$enum':
      return value === content.value
    case '$dataclass':
      return isSameObject(value, content.fields, (name) => camel(content.type, name))
    case '$file':
      return value instanceof FlyteFile && value.uri === content.uri && value.format === content.format
    case '$directory':
      return value instanceof FlyteDirectory && value.uri === content.uri && value.format === content.format
    case '$structured_dataset': {
      if (!(value instanceof StructuredDataset)) return false
      const columns = value.columns.map(({ name }) => name)
      return value.uri === content.uri && value.format === content.file_format && isSame(columns, content.columns ?? [])
    }
    case '$literal':
      return isSameMessage(value, content)
    default:
      return isSameObject(value, expected, (name) => name)
  }
}

function isSameObject(value, expected, rename) {
  if (value === null || typeof value !== 'object' || Object.getPrototypeOf(value) !== Object.prototype) return false
  const names = Object.keys(expected)
  return Object.keys(value).length === names.length && names.every((name) => isSame(value[rename(name)], expected[name]))
}

const isSameMessage = (value, { type, b64 }) => JSON.stringify(value) === JSON.stringify(proto.toJson(type, bytes(b64)))

/** A value in an error message. */
export const show = (value) =>
  JSON.stringify(value, (_, item) => {
    if (typeof item === 'bigint') return `${item}n`
    if (typeof item === 'number' && !Number.isFinite(item)) return String(item)
    if (item instanceof Map) return { Map: [...item] }
    return item
  })
