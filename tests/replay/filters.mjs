// Filters and orders as text.

import { FlyteValueError, filter, proto } from 'flyte-remote'
import { scripted } from './scripted.mjs'

const WRITERS = { contains: 'contains', value_in: 'in', value_not_in: 'notIn' }

/** What flytekit does and this client does not: when it applies, whether the outcome is right then, and why. */
const DEVIATIONS = [
  [
    ({ filters }) => filters?.some(([op, , value]) => op === 'contains' && Array.isArray(value)),
    refused,
    'contains takes one text: Admin makes [a b] of a list',
  ],
  [({ filters }) => filters?.some(([, , value]) => value?.length === 0), refused, 'Admin refuses an empty list'],
  [
    ({ filters }) => filters?.some((one) => /[,;+()\r\n]/.test(one.slice(1).flat().join(''))),
    refused,
    'what Admin would take apart is refused',
  ],
  [
    ({ filters }) => filters?.some(([, , value]) => /^\s/.test([value].flat()[0])),
    ({ value }, { text }) => value.replace(',  ', ', ') === text,
    'Admin drops one white space after the comma, so there are two',
  ],
  [
    ({ filters, error }) => error && filters?.every(([, , value]) => Array.isArray(value)),
    ({ value }) => value,
    'numbers may be in a list',
  ],
  [({ op, text_in }) => op === 'parse' && /\(,|,\)/.test(text_in), refused, 'Admin refuses an empty key, value or list'],
  [({ op, text_in }) => op === 'parse' && text_in.includes('+'), ({ value }) => value, 'several comparisons are read'],
  [({ op, text_in }) => op === 'sort_parse' && /\(\s*\)/.test(text_in), refused, 'Admin refuses an empty key'],
]

function refused({ error }) {
  return error instanceof FlyteValueError
}

export async function replayFilters(vector) {
  const outcome = await attempt(() => OPS[vector.op](vector))
  const deviation = DEVIATIONS.find(([applies]) => applies(vector))
  if (deviation?.[1](outcome, vector)) return { deviation: deviation[2] }
  if (vector.error) {
    if (refused(outcome)) return {}
    return { difference: `expected an error, got ${outcome.error ?? JSON.stringify(outcome.value)}` }
  }
  if (outcome.error) return { difference: `it failed: ${outcome.error.message}` }
  const expected = EXPECTED[vector.op](vector)
  return outcome.value === expected ? {} : { difference: `got ${outcome.value}, expected ${expected}` }
}

const OPS = {
  build: ({ filters }) => filter.all(...filters.map(([op, key, value]) => filter[WRITERS[op] ?? op](key, value))),
  parse: ({ text_in }) => {
    const [{ op, key, value }, more] = filter.parse(text_in)
    return JSON.stringify([op, key, [value].flat().join(';'), more])
  },
  async sort_parse({ text_in }) {
    const { remote, requests } = scripted(() => new Uint8Array())
    await remote.listTasks({ sortBy: text_in, project: 'p', domain: 'd' }).next()
    const { sortBy } = proto.toJson('flyteidl.admin.ResourceListRequest', requests[0])
    return Buffer.from(proto.fromJson('flyteidl.admin.Sort', sortBy)).toString('base64')
  },
}

const EXPECTED = {
  build: ({ text }) => text,
  parse: ({ value }) => JSON.stringify([value.op, value.key, value.value, undefined]),
  sort_parse: ({ value }) => value.proto.b64,
}

async function attempt(run) {
  try {
    return { value: await run() }
  } catch (error) {
    return { error }
  }
}
