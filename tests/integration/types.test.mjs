// Which literals FlyteAdmin takes for which declared types, as inputs of executions, defaults of launch plans and values of signals.
// What FlyteAdmin 1.16.8 answered is in tests/vectors/type_casts.json; FLYTE_RECORD=1 writes it anew.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { recorded } from './recorded.mjs'
import {
  boolean,
  client,
  datetime,
  execute,
  float,
  fresh,
  integer,
  plan,
  planId,
  registered,
  string,
  task,
  taskId,
  workflow,
  workflowId,
} from './support.mjs'

const known = recorded('type_casts', 1)

const blobType = (format, dimensionality = 'SINGLE') => ({ blob: { format, dimensionality } })
const columns = (list) => list.map(([name, type]) => ({ name, literalType: { simple: type } }))
const union = (...variants) => ({ unionType: { variants } })
const tagged = (simple, tag) => ({ simple, structure: { tag } })
const INT = { simple: 'INTEGER' }
const STR = { simple: 'STRING' }
const NONE = { simple: 'NONE' }

const TYPES = {
  integer: INT,
  float: { simple: 'FLOAT' },
  string: STR,
  boolean: { simple: 'BOOLEAN' },
  datetime: { simple: 'DATETIME' },
  duration: { simple: 'DURATION' },
  none: NONE,
  struct: { simple: 'STRUCT' },
  binary: { simple: 'BINARY' },
  error: { simple: 'ERROR' },
  'list of integer': { collectionType: INT },
  'list of list': { collectionType: { collectionType: INT } },
  'map of integer': { mapValueType: INT },
  'map of list': { mapValueType: { collectionType: INT } },
  'blob of any format': blobType(''),
  'blob of csv': blobType('csv'),
  'blobs of csv': blobType('csv', 'MULTIPART'),
  'schema of anything': { schema: {} },
  'schema of an integer': { schema: { columns: [{ name: 'a', type: 'INTEGER' }] } },
  'schema of two': {
    schema: {
      columns: [
        { name: 'a', type: 'INTEGER' },
        { name: 'b', type: 'STRING' },
      ],
    },
  },
  'dataset of anything': { structuredDatasetType: {} },
  'dataset of parquet': { structuredDatasetType: { format: 'parquet' } },
  'dataset of an integer': { structuredDatasetType: { columns: columns([['a', 'INTEGER']]) } },
  'dataset of two': {
    structuredDatasetType: {
      columns: columns([
        ['a', 'INTEGER'],
        ['b', 'STRING'],
      ]),
      format: 'parquet',
    },
  },
  'enum of a and b': { enumType: { values: ['a', 'b'] } },
  'integer or string': union(INT, STR),
  'integer or string, tagged': union(tagged('INTEGER', 'int'), tagged('STRING', 'str')),
  'integer or none': union(INT, NONE),
  'list of integer or none': { collectionType: union(INT, NONE) },
  'list of integer, or none': union({ collectionType: INT }, NONE),
}

const scalar = (value) => ({ scalar: value })
const list = (...literals) => ({ collection: { literals } })
const map = (literals) => ({ map: { literals } })
const blob = (format, dimensionality = 'SINGLE') => scalar({ blob: { uri: 's3://b/x', metadata: { type: { format, dimensionality } } } })
const schema = (...columns) => scalar({ schema: { uri: 's3://b/x', type: { columns } } })
const dataset = (type) => scalar({ structuredDataset: { uri: 's3://b/x', metadata: { structuredDatasetType: type } } })
const unionOf = (value, type) => scalar({ union: { value, type } })

const LITERALS = {
  integer: integer(1),
  float: float(1.5),
  'whole float': float(2),
  string: string('a'),
  'string not in the enum': string('z'),
  boolean: boolean(true),
  datetime: datetime('2026-01-01T00:00:00Z'),
  duration: scalar({ primitive: { duration: '60s' } }),
  none: scalar({ noneType: {} }),
  struct: scalar({ generic: { a: 1 } }),
  'binary without tag': scalar({ binary: { value: 'gQ==' } }),
  'binary of msgpack': scalar({ binary: { value: 'gQ==', tag: 'msgpack' } }),
  error: scalar({ error: { failedNodeId: 'n0', message: 'x' } }),
  'empty list': list(),
  'list of integer': list(integer(1), integer(2)),
  'list of string': list(string('a')),
  'mixed list': list(integer(1), string('a')),
  'list of none': list(scalar({ noneType: {} })),
  'list of lists': list(list(integer(1)), list()),
  'empty map': map({}),
  'map of integer': map({ a: integer(1) }),
  'map of string': map({ a: string('a') }),
  'map of list': map({ a: list(integer(1)) }),
  'blob of no format': blob(''),
  'blob of csv': blob('csv'),
  'blob of txt': blob('txt'),
  'blobs of csv': blob('csv', 'MULTIPART'),
  'schema of nothing': schema(),
  'schema of an integer': schema({ name: 'a', type: 'INTEGER' }),
  'schema of a string': schema({ name: 'a', type: 'STRING' }),
  'schema of two': schema({ name: 'a', type: 'INTEGER' }, { name: 'b', type: 'STRING' }),
  'dataset of nothing': dataset({}),
  'dataset of parquet': dataset({ format: 'parquet' }),
  'dataset of csv': dataset({ format: 'csv' }),
  'dataset of an integer': dataset({ columns: columns([['a', 'INTEGER']]) }),
  'dataset of a string': dataset({ columns: columns([['a', 'STRING']]) }),
  'dataset of two': dataset({
    columns: columns([
      ['a', 'INTEGER'],
      ['b', 'STRING'],
    ]),
    format: 'parquet',
  }),
  'union of integer': unionOf(integer(1), INT),
  'union of integer, tagged': unionOf(integer(1), tagged('INTEGER', 'int')),
  'union of string': unionOf(string('a'), STR),
  'union of none': unionOf(scalar({ noneType: {} }), NONE),
  'union of boolean': unionOf(boolean(true), { simple: 'BOOLEAN' }),
  'list of unions': list(unionOf(integer(1), INT), unionOf(scalar({ noneType: {} }), NONE)),
}

const told = (promise) =>
  promise.then(
    () => 'OK',
    (error) => error.code ?? String(error),
  )

/** Compares what was found with what FlyteAdmin answered, and shows only what differs. */
function check(title, found) {
  const expected = known(title, found)
  const other = Object.keys(found).filter((name) => found[name] !== expected?.[name])
  const pick = (answers) => Object.fromEntries(other.map((name) => [name, answers?.[name]]))
  assert.deepEqual(pick(found), pick(expected))
}

async function each(title, send) {
  const found = {}
  for (const [name, literal] of Object.entries(LITERALS)) found[name] = await told(send(structuredClone(literal)))
  check(title, found)
}

const typed = (type) => ({ variables: { x: { type } } })
/** A workflow with an input of a type. */
async function taking(type) {
  const name = fresh('takes')
  const request = task(name, { inputs: {}, outputs: {} })
  request.spec.template.interface.inputs = typed(type)
  await client.createTask(request)
  const flow = workflow(name, { runs: taskId(name), inputs: {}, outputs: {} })
  flow.spec.template.interface.inputs = typed(type)
  flow.spec.template.nodes[0].inputs = [{ var: 'x', binding: { promise: { nodeId: 'start-node', var: 'x' } } }]
  await client.createWorkflow(flow)
  await client.createLaunchPlan(plan(name, { runs: workflowId(name) }))
  return name
}

describe('inputs of an execution', () => {
  for (const [name, type] of Object.entries(TYPES)) {
    it(`declared as ${name}`, async () => {
      const launched = await taking(type)
      await each(`input ${name}`, (x) => execute(planId(launched), { inputs: { literals: { x } } }))
    })
  }
})

describe('fixed inputs of a launch plan', () => {
  for (const name of ['float', 'list of integer', 'integer or none', 'dataset of two', 'enum of a and b', 'struct']) {
    it(`declared as ${name}`, async () => {
      const runs = workflowId(await taking(TYPES[name]))
      await each(`fixed ${name}`, (x) => client.createLaunchPlan(plan(fresh('fixed'), { runs, fixedInputs: { literals: { x } } })))
    })
  }
})

describe('parameters of a launch plan', () => {
  it('of one type for an input of another', async () => {
    for (const declared of [
      'integer',
      'float',
      'integer or none',
      'list of integer',
      'schema of an integer',
      'dataset of an integer',
      'string',
      'enum of a and b',
    ]) {
      const runs = workflowId(await taking(TYPES[declared]))
      const found = {}
      for (const [name, type] of Object.entries(TYPES)) {
        const parameters = { x: { var: { type }, required: true } }
        found[name] = await told(client.createLaunchPlan(plan(fresh('parameter'), { runs, defaultInputs: { parameters } })))
      }
      check(`parameter ${declared}`, found)
    }
  })
})

describe('values of a signal', () => {
  for (const name of ['boolean', 'integer', 'list of integer', 'integer or none', 'struct']) {
    it(`declared as ${name}`, async () => {
      const { plan } = await registered(fresh('gated'))
      const execution = await execute(plan)
      await each(`signal ${name}`, async (value) => {
        const id = { signalId: fresh('s'), executionId: execution }
        await client.getOrCreateSignal({ id, type: TYPES[name] })
        await client.setSignal({ id, value })
      })
    })
  }
})
