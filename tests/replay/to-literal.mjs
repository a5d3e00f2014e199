// Values to literals: what flytekit sends when it knows the interface alone; where it should do better, what it writes
// when it knows the Python types.

import { literal, proto } from 'flyte-remote'
import { json, NotInJavaScript, show, toJs, wire } from './values.mjs'

/**
 * Refused by the reference and accepted here, by the words of its refusal. All of docs/values.md, "Where it differs".
 */
const ACCEPTED = [
  [/Expected value of type <class 'float'> but got '-?\d+' of type <class 'int'>/, 'whole numbers are floats too'],
  [/Expected value of type <class 'datetime.datetime'> but got '\d.*' of type <class 'str'>/, 'datetimes may be ISO 8601 text'],
  [/Expected value of type <class 'datetime.timedelta'> but got '.*' of type <class '(int|float)'>/, 'durations may be milliseconds'],
  [/Expected a StructuredDataset instance, but got <class 'str'>/, 'structured datasets may be their URI'],
  [/^(Value .* is not of type|Cannot convert from .* to) typing\.(Optional|Union)\[/, 'variants take what their types take', fitsVariant],
  [
    /^Expected a dict$/,
    'objects have no class that tells a dict from another',
    (value) => Object.getPrototypeOf(value) === Object.prototype,
  ],
]

/** Accepted by the reference and refused here. */
const REFUSED = [
  [({ value }) => value?.$literal, /got a literal of type/, 'ready literals are checked'],
  [(_, typed) => typed?.error, /./, 'fields are checked when they are written'],
]

/** A whole number beside a float or duration, a text beside a datetime or table: taken alone, so taken in a union. */
function fitsVariant(value, type) {
  const wanted = { number: /\b(float|duration)\b/, string: /\b(datetime|duration|structured_dataset)\b/ }[typeof value]
  return Boolean(wanted?.test(type))
}

export function replayToLiteral(vector) {
  const type = wire(vector.literal_type)
  const ours = convert(type, vector.value)
  if (ours.inexpressible) return { deviation: ours.inexpressible }
  const { typed, interface: known } = vector
  if (ours.bytes) {
    // A client without Python types has to match `interface`, and should do better where only `typed` succeeds.
    const candidates = [known.literal, typed?.literal, vector.plain?.literal].filter(Boolean)
    const equal = candidates.find((candidate) => isSameLiteral(ours.bytes, wire(candidate)))
    if (equal && (equal === known.literal || known.error || isUnwrapped(vector, ours))) {
      return equal === known.literal ? {} : { deviation: 'read by the declared type, where flytekit needs the Python type' }
    }
    const accepted = [known, typed].flatMap((outcome) => ACCEPTED.filter(([words]) => outcome?.error && words.test(outcome.error.message)))
    const taken = accepted.find(([, , when]) => !when || when(toJs(vector.value), literal.typeToString(type)))
    if (taken && candidates.length === 0) return { deviation: taken[1] }
    if (candidates.length === 0 && isBySchema(vector, ours))
      return { deviation: 'plain objects are converted by their schema, nested ones too' }
    if (isByField(vector, ours)) return { deviation: 'numbers of a dataclass are written as the schema says' }
    const expected = candidates[0] ? show(proto.toJson('flyteidl.core.Literal', wire(candidates[0]))) : `an error: ${known.error.message}`
    return { difference: `${show(proto.toJson('flyteidl.core.Literal', ours.bytes))}, expected ${expected}` }
  }
  if (known.error) return {}
  const refused = REFUSED.find(([when, words]) => when(vector, typed) && words.test(ours.error.message))
  if (refused) return { deviation: refused[2] }
  if (vector.plain?.error && isFieldMistake(ours)) return { deviation: 'fields are checked when they are written' }
  return { difference: `${ours.error.message}, expected ${show(json(known.literal))}` }
}

function convert(type, value) {
  try {
    return { bytes: literal.toBytes(type, toJs(value)) }
  } catch (error) {
    if (error instanceof NotInJavaScript) return { inexpressible: error.message }
    if (error.name !== 'FlyteValueError') throw error
    return { error }
  }
}

/** A union that flytekit sends without its variant, which Python then can't tell. */
const isUnwrapped = ({ interface: known, typed }) =>
  Boolean(typed?.literal && json(typed.literal).scalar?.union && known.literal && !json(known.literal).scalar?.union)

/** A struct with a schema that read back gives what was given. */
function isBySchema({ literal_type: type, value }, { bytes }) {
  return Boolean(json(type).metadata) && holds(literal.fromLiteral(bytes, wire(type)), toJs(value))
}

/** A struct whose numbers alone are of another kind. */
function isByField({ literal_type: type, typed }, { bytes }) {
  if (!json(type).metadata || !typed?.literal) return false
  return show(literal.fromLiteral(bytes)) === show(literal.fromLiteral(wire(typed.literal)))
}

const isFieldMistake = ({ error }) => /^value[.[]/.test(error.path)

/** Whether a value that was read has all that was given. */
function holds(read, given) {
  const plain = given?.valueOf()
  if (typeof plain !== 'object' || plain === null) return Object.is(read, plain)
  return Object.entries(plain).every(([name, item]) => holds(read?.[name], item))
}

/** The same literal; the order of fields in a struct means nothing. */
function isSameLiteral(one, two) {
  return show(sorted(one)) === show(sorted(two))
}

function sorted(bytes) {
  return unpacked(proto.toJson('flyteidl.core.Literal', bytes))
}

/** MessagePack as its hexadecimal pieces, so that an int is no float, with sorted keys. */
function unpacked(value) {
  if (Array.isArray(value)) return value.map(unpacked)
  if (value === null || typeof value !== 'object') return value
  if (value.tag === 'msgpack') return { msgpack: pieces(Buffer.from(value.value ?? '', 'base64')) }
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((name) => [name, unpacked(value[name])]),
  )
}

function pieces(bytes) {
  let at = 0
  const value = () => {
    const start = at
    const first = bytes[at++]
    const rest = (length) => {
      at += length
      return bytes.subarray(start, at).toString('hex')
    }
    const length = (size) => {
      const number = bytes.readUIntBE(at, size)
      at += size
      return number
    }
    const list = (count) => Array.from({ length: count }, value)
    const map = (count) => ({ map: Array.from({ length: count }, () => JSON.stringify([value(), value()])).sort() })
    if (first <= 0x7f || first >= 0xe0 || [0xc0, 0xc2, 0xc3].includes(first)) return rest(0)
    if (first <= 0x8f) return map(first & 15)
    if (first <= 0x9f) return list(first & 15)
    if (first <= 0xbf) return rest(first & 31)
    if (first <= 0xc6) return rest(length(1 << (first - 0xc4)))
    if (first <= 0xcb) return rest(first === 0xca ? 4 : 8)
    if (first <= 0xcf) return rest(1 << (first - 0xcc))
    if (first <= 0xd3) return rest(1 << (first - 0xd0))
    if (first <= 0xdb) return rest(length(1 << (first - 0xd9)))
    if (first <= 0xdd) return list(length(2 << (first - 0xdc)))
    return map(length(2 << (first - 0xde)))
  }
  return value()
}
