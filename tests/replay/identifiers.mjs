// Identifiers as text.

import { FlyteValueError, formatIdentifier, parseIdentifier, proto } from 'flyte-remote'

const TYPES = {
  identifier: 'flyteidl.core.Identifier',
  execution: 'flyteidl.core.WorkflowExecutionIdentifier',
  task_execution: 'flyteidl.core.TaskExecutionIdentifier',
}

/** Why an identifier has no text form here that it has in flytekit. */
function formless({ op, kind, fields = [] }) {
  if (op !== 'print') return undefined
  if (fields.includes(null)) return 'parts that are missing have no text form, not None'
  if (kind === 'identifier' && ![1, 2, 3].includes(fields[0]))
    return 'without a known resource type there is no text form that could be read back'
  return fields.some((field) => /:/.test(field)) ? 'a part with a colon has no text form that could be read back' : undefined
}

export function replayIdentifiers(vector) {
  const outcome = attempt(() => (vector.op === 'parse' ? parsed(vector) : printed(vector)))
  const deviation = formless(vector)
  if (deviation && outcome.error instanceof FlyteValueError) return { deviation }
  if (vector.error) {
    return outcome.error instanceof FlyteValueError ? {} : { difference: `expected an error, got ${outcome.error ?? outcome.value}` }
  }
  const expected =
    vector.op === 'parse' ? `${canonical(vector.value.proto.type, vector.value.proto.b64)} ${vector.value.text}` : vector.value.cli
  return outcome.value === expected ? {} : { difference: `got ${outcome.value ?? outcome.error}, expected ${expected}` }
}

function parsed({ kind, text_in }) {
  const id = parseIdentifier(text_in)
  const bytes = proto.fromJson(TYPES[kind], id)
  return `${canonical(TYPES[kind], bytes)} ${formatIdentifier(id)}`
}

/** A message whatever the order of its fields. */
const canonical = (type, bytes) => JSON.stringify(proto.toJson(type, Buffer.from(bytes, 'base64')), keysInOrder)
const keysInOrder = (_key, value) =>
  value?.constructor === Object ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) : value

function printed({ kind, fields }) {
  if (kind === 'execution') return formatIdentifier({ project: fields[0], domain: fields[1], name: fields[2] })
  const [number, project, domain, name, version] = fields
  const resourceType = ['UNSPECIFIED', 'TASK', 'WORKFLOW', 'LAUNCH_PLAN', 'DATASET'][number]
  return formatIdentifier({ resourceType, ...given({ project, domain, name, version }) })
}

const given = (fields) => Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null))

function attempt(run) {
  try {
    return { value: run() }
  } catch (error) {
    return { error }
  }
}
