// Literals to values, with and without a resolver.

import { literal } from 'flyte-remote'
import { isSame, json, show, wire } from './values.mjs'

/** The Python types that a case asks for instead of the declared one. */
const TYPES = {
  'datetime.date': { simple: 'DATETIME' },
  dict: { simple: 'STRUCT' },
  str: { simple: 'STRING' },
  int: { simple: 'INTEGER' },
  float: { simple: 'FLOAT' },
  bool: { simple: 'BOOLEAN' },
}

/** Refused by the reference and read here, by class and words of its refusal. docs/values.md, "Where it differs". */
const READ = [
  [/No transformers could reverse/, 'binary and schema are types too'],
  [/^AssertionError: $/, 'MessagePack: whole numbers are integers and floats'],
  [/has no attribute 'DynamicEnum'/, 'enums may be MessagePack'],
  [/module 'types' has no attribute|^KeyError: 'properties'/, 'structs with files, or without fields, are plain objects'],
  [/using tag/, 'a union without a matching tag, if only one variant fits'],
  [/^InvalidFieldValue/, 'fields of another kind come as they are stored'],
  [/as_type argument not supplied/, 'without a type a literal is read as what it is'],
]

export function replayFromLiteral(vector) {
  if (vector.op === 'resolver') return replayResolver(vector)
  const type = TYPES[vector.as_type] ?? wire(vector.literal_type)
  const stored = Object.fromEntries(Object.entries(vector.files ?? {}).map(([uri, content]) => [uri, fileBytes(content)]))
  return judge(vector, () => literal.fromLiteral(wire(vector.literal), type, { stored }))
}

const fileBytes = (content) =>
  new Uint8Array(Buffer.from(content.b64 ?? content.$bytes ?? content, content.b64 || content.$bytes ? 'base64' : 'utf8'))

function judge(vector, run) {
  let value
  try {
    value = run()
  } catch (error) {
    if (error.name !== 'FlyteValueError') throw error
    return vector.error ? {} : { difference: `${error.message}, expected ${show(vector.value)}` }
  }
  if (!vector.error) {
    if (isSame(value, vector.value)) return {}
    const repaired = isRepaired(value, vector)
    return repaired ? { deviation: repaired } : { difference: `${show(value)}, expected ${show(vector.value)}` }
  }
  const said = `${vector.error.class}: ${vector.error.message}`
  const read = READ.find(([words]) => words.test(said))
  return read ? { deviation: read[1] } : { difference: `${show(value)}, expected ${said}` }
}

/** A file whose format only the literal knows. */
function isRepaired(value, { value: expected, literal: of }) {
  const known = of && json(of).scalar?.blob?.metadata?.type?.format
  const handle = expected?.$file ?? expected?.$directory
  return handle && handle.format === '' && value.uri === handle.uri && value.format === known
    ? "a literal's own format counts where none is declared"
    : undefined
}

const messages = (entries) => Object.fromEntries(Object.entries(entries ?? {}).map(([name, message]) => [name, wire(message)]))

function replayResolver(vector) {
  const literals = Object.fromEntries(Object.entries(vector.literals).map(([name, message]) => [name, json(message)]))
  const resolver = literal.resolver(literals, messages(vector.variable_map))
  const name = /'(\w+)'/.exec(vector.call)?.[1]
  const { call } = vector
  if (call.includes('str') && !call.startsWith('get(') && !call.startsWith('[get(')) {
    const { value } = vector
    return typeof value === 'string'
      ? { deviation: "Python's own text of a dict; `repr()` is for display" }
      : { difference: 'unknown call' }
  }
  if (call.endsWith('; str')) return { deviation: "Python's own text of a dict; `repr()` is for display" }
  if (call.startsWith('[len')) {
    return judge(vector, () => [resolver.size, ...[...call.matchAll(/'(\w+)' in/g)].map(([, key]) => resolver.has(key)), resolver.names])
  }
  if (call.startsWith('[get(')) {
    const [first, again] = [resolver.get(name), resolver.get(name)]
    const kept = isSame([first, again], vector.value)
    return kept
      ? { deviation: '`get` converts once; `getAs` always converts by the type it is given' }
      : { difference: show([first, again]) }
  }
  if (call === 'items()') return judge(vector, () => [...resolver])
  if (call.startsWith('get_literal')) return judge(vector, () => resolver.toLiterals()[name])
  const as = /, (\w+)\)/.exec(call)?.[1]
  return judge(vector, () => (as ? resolver.getAs(name, TYPES[as]) : resolver.get(name)))
}
