// Values: long lists of numbers and rows of a dataclass, from the bytes of a reply and into the bytes of a request.

import assert from 'node:assert/strict'
import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import { literal, proto } from 'flyte-remote'
import protobufjs from 'protobufjs'
import descriptor from 'protobufjs/ext/descriptor.js'
import { descriptors, registry } from './data.mjs'
import { flytekitValues } from './flytekit.mjs'
import { measure } from './measure.mjs'

const LITERAL = 'flyteidl.core.Literal'
const OURS = 'flyte-remote'
const BUF = '@bufbuild/protobuf'
const PBJS = 'protobufjs'
const COUNT = 100_000
const ROWS = 10_000
const ROUNDS = { rounds: 15, warmup: 6 }

const KINDS = [
  { name: 'int', type: { simple: 'INTEGER' }, field: 'integer', at: (i) => (i * 7919) % 1_000_003 },
  { name: 'float', type: { simple: 'FLOAT' }, field: 'floatValue', at: (i) => i / 7 },
]

/** Each figure as in codec.mjs. */
export function valuesBench() {
  const pbjs = protobufjs.Root.fromDescriptor(descriptor.FileDescriptorSet.decode(descriptors())).lookupType(LITERAL)
  const buf = registry.getMessage(LITERAL)
  const python = flytekitValues(COUNT, ROWS)
  return [...KINDS.flatMap((kind) => listFigures(kind, pbjs, buf, python)), rowsFigure(python)]
}

function listFigures({ name, type, field, at }, pbjs, buf, python) {
  const declared = { collectionType: type }
  const values = Array.from({ length: COUNT }, (_, i) => at(i))
  const bytes = literal.toBytes(declared, values)

  const read = {
    [`${OURS}, typed array`]: () => literal.fromLiteral(bytes, declared, { typedArrays: true }),
    [OURS]: () => literal.fromLiteral(bytes, declared),
    [BUF]: () => fromBinary(buf, bytes).value.value.literals.map((item) => Number(item.value.value.value.value.value.value)),
    [PBJS]: () => pbjs.decode(bytes).collection.literals.map((item) => plain(item.scalar.primitive[field])),
  }
  const typed = name === 'int' ? BigInt64Array.from(values, BigInt) : Float64Array.from(values)
  const write = {
    [`${OURS}, typed array`]: () => literal.toBytes(declared, typed),
    [OURS]: () => literal.toBytes(declared, values),
    [BUF]: () => toBinary(buf, create(buf, { value: { case: 'collection', value: { literals: values.map(bufItem(field)) } } })),
    [PBJS]: () => pbjs.encode(pbjs.fromObject(pbjsLiteral(values, field))).finish(),
    [`${PBJS}, unchecked`]: () => pbjs.encode(pbjsLiteral(values, field)).finish(),
  }

  // All have to do the same work, or the figures mean nothing.
  for (const run of Object.values(read)) assert.deepEqual(Array.from(run(), Number), values)
  for (const run of Object.values(write)) assert.ok(Buffer.from(run()).equals(bytes))

  const reading = measure(read, ROUNDS)
  const writing = measure(write, ROUNDS)
  const title = `${COUNT.toLocaleString('en')} of list[${name}]`
  const { [OURS]: _, ...typedReading } = reading
  const { [`${OURS}, typed array`]: __, ...plainReading } = reading
  const extra = (what) => (python ? { [`flytekit ${python.version}`]: python[`${name}_${what}`] } : {})
  return [
    {
      title: `${title}: reply bytes → typed array (the others: plain array)`,
      contestants: { ...typedReading, ...extra('read') },
      ours: `${OURS}, typed array`,
      goal: { than: PBJS, least: 15 },
    },
    {
      title: `${title}: reply bytes → array`,
      contestants: { ...plainReading, ...extra('read') },
      ours: OURS,
      goal: { than: PBJS, least: 5 },
    },
    {
      title: `${title}: array → request bytes`,
      contestants: { ...writing, ...extra('write') },
      ours: OURS,
      goal: { than: PBJS, least: 30 },
    },
  ]
}

/** Its integers are Longs where there is that package. */
const plain = (value) => (typeof value === 'number' ? value : value.toNumber())

const pbjsLiteral = (values, field) => ({
  collection: { literals: values.map((value) => ({ scalar: { primitive: { [field]: value } } })) },
})

const bufItem = (field) => (value) => ({
  value: {
    case: 'scalar',
    value: { value: { case: 'primitive', value: { value: { case: field, value: field === 'integer' ? BigInt(value) : value } } } },
  },
})

const ROW = {
  simple: 'STRUCT',
  metadata: {
    type: 'object',
    title: 'Row',
    additionalProperties: false,
    required: ['id', 'name', 'score', 'done'],
    properties: {
      id: { type: 'integer' },
      name: { type: 'string' },
      score: { type: 'number' },
      done: { type: 'boolean' },
      tags: { type: 'array', items: { type: 'string' } },
    },
  },
}

function rowsFigure(python) {
  const declared = proto.fromJson('flyteidl.core.LiteralType', { collectionType: ROW })
  const row = (_, i) => ({ id: i, name: `row ${i}`, score: i / 2, done: i % 2 === 0, tags: ['a', `t${i % 10}`] })
  const rows = Array.from({ length: ROWS }, row)
  const there = () => literal.toBytes(declared, rows)
  const bytes = there()
  const back = () => literal.fromLiteral(bytes, declared)
  assert.deepEqual(back(), rows)
  const contestants = {
    [OURS]: () => literal.fromLiteral(literal.toBytes(declared, rows), declared),
    'of it there': there,
    'of it back': back,
  }
  return {
    title: `${ROWS.toLocaleString('en')} dataclass rows of 5 fields, there and back`,
    contestants: { ...measure(contestants, ROUNDS), ...(python ? { [`flytekit ${python.version}`]: python.rows } : {}) },
    ours: OURS,
    goal: { most: 100 },
  }
}
