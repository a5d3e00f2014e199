// Dataclasses as JavaScript gives and gets them, by the schemas that flytekit 1.16.31 writes.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { FlyteDirectory, FlyteFile, FlyteValueError, literal, StructuredDataset } from 'flyte-remote'

const dataclass = (properties, more = {}) => ({
  simple: 'STRUCT',
  metadata: { title: 'C', type: 'object', additionalProperties: false, properties, ...more },
})
const dict = (keys, values) => ({ type: 'object', additionalProperties: { type: values }, propertyNames: keys })
const nullable = (...of) => ({ anyOf: [...of, { type: 'null' }], default: null })

const BYTES = { type: 'string', format: 'base64' }
const STRING = { type: 'string' }
const FILE = {
  title: 'FlyteFile',
  type: 'object',
  additionalProperties: false,
  properties: {
    path: { anyOf: [STRING, { type: 'string', format: 'path' }], default: null },
    metadata: nullable(dict(STRING, 'string')),
  },
}
const DIRECTORY = { ...FILE, title: 'FlyteDirectory', properties: { path: FILE.properties.path } }
const TABLE = {
  title: 'StructuredDataset',
  type: 'object',
  additionalProperties: false,
  properties: { uri: nullable(STRING), file_format: { anyOf: [STRING, { type: 'null' }], default: '' } },
}

const msgpack = (type, value) => Buffer.from(literal.toLiteral(type, value).scalar.binary.value, 'base64').toString('latin1')
const round = (type, value) => literal.fromLiteral(literal.toBytes(type, value), type)
const read = (type, bytes) =>
  literal.fromLiteral({ scalar: { binary: { tag: 'msgpack', value: Buffer.from(bytes, 'latin1').toString('base64') } } }, type)

const refused = (type, value, problem) =>
  assert.throws(
    () => literal.toLiteral(type, value),
    (error) => {
      assert.ok(error instanceof FlyteValueError, error)
      assert.deepEqual(
        error.problems.map(({ path, message }) => `${path}: ${message}`),
        [problem],
      )
      return true
    },
  )

describe('bytes of a dataclass', () => {
  const type = dataclass({
    b: { ...BYTES, default: 'AP8=\n' },
    l: { type: 'array', items: BYTES },
    d: { type: 'object', additionalProperties: BYTES, propertyNames: STRING },
    o: nullable(BYTES),
  })

  it('go and come as a Uint8Array', () => {
    const given = { b: new Uint8Array([0, 255]), l: [new Uint8Array([1])], d: { k: new Uint8Array() }, o: new Uint8Array([2]) }
    assert.deepEqual(round(type, given), given)
    assert.equal(msgpack(dataclass({ b: BYTES }), { b: new Uint8Array([0, 255]) }), '\x81\xa1b\xc4\x02\x00\xff')
    const from = new Uint8Array([7]).buffer
    assert.deepEqual(round(dataclass({ b: BYTES }), { b: from }), { b: new Uint8Array([7]) })
  })

  it('have bytes as their default', () => {
    assert.deepEqual(round(type, { l: [], d: {} }), { b: new Uint8Array([0, 255]), l: [], d: {}, o: null })
  })

  it('are no text, but base64 in a form', () => {
    refused(type, { b: 'AP8=', l: [], d: {} }, 'value.b: expected bytes, got text "AP8="')
    const parsed = literal.parse(type, '{"b": "AP8=", "l": [], "d": {}}')
    assert.deepEqual(parsed.b, new Uint8Array([0, 255]))
    assert.deepEqual(round(type, parsed).b, new Uint8Array([0, 255]))
  })
})

describe('files of a dataclass', () => {
  const type = dataclass({ f: FILE, l: { type: 'array', items: FILE }, d: nullable(DIRECTORY), t: nullable(TABLE) }, { required: ['f'] })

  it('have only what Python writes', () => {
    const path = { path: 's3://b/x' }
    for (const f of [path, 's3://b/x', new FlyteFile('s3://b/x')]) {
      assert.deepEqual(round(type, { f, l: [f] }), { f: path, l: [path], d: null, t: null })
    }
    const given = { f: path, l: [], d: new FlyteDirectory('s3://b/d'), t: new StructuredDataset('s3://b/t', 'parquet') }
    const table = { uri: 's3://b/t', file_format: 'parquet' }
    assert.deepEqual(round(type, given), { f: path, l: [], d: { path: 's3://b/d' }, t: table })
    assert.equal(msgpack(dataclass({ f: FILE }), { f: path }), '\x81\xa1f\x81\xa4path\xa8s3://b/x')
    assert.deepEqual(round(dataclass({ f: FILE }), { f: { path: 's3://b/x', metadata: { k: 'v' } } }).f.metadata, { k: 'v' })
  })
})

describe('dicts and tuples of a dataclass', () => {
  const ints = dataclass({ m: dict({ type: 'integer' }, 'integer') })
  const colors = dataclass({ m: dict({ enum: ['red', 'green'] }, 'integer') })

  it('have keys as their schema says', () => {
    const expected = { m: new Map([[1, 2]]) }
    assert.deepEqual(round(ints, { m: { 1: 2 } }), expected)
    assert.deepEqual(round(ints, { m: new Map([[1, 2]]) }), expected)
    assert.deepEqual(round(colors, { m: { red: 1 } }), { m: { red: 1 } })
    refused(ints, { m: { x: 1 } }, 'value.m.x: expected int as key, got text "x"')
    refused(ints, { m: new Map([[true, 1]]) }, 'value.m[0]: expected int, got boolean true')
    refused(colors, { m: { blue: 1 } }, 'value.m.blue: expected one of red, green as key, got text "blue"')
  })

  it('have each place of its type', () => {
    const type = dataclass({ t: { type: 'array', prefixItems: [{ type: 'integer' }, { type: 'number' }], minItems: 2, maxItems: 2 } })
    assert.deepEqual(round(type, { t: [1, 2] }), { t: [1, 2] })
    assert.equal(msgpack(type, { t: [1, 2] }).length, 4 + 1 + 9)
    refused(type, { t: ['x', 1] }, 'value.t[0]: expected int, got text "x"')
    refused(type, { t: [1] }, 'value.t: expected a list of 2, got one of 1')
  })
})

describe('fields of another kind', () => {
  const type = dataclass({ a: { type: 'integer' }, s: STRING, x: { type: 'number' } })

  it('are read as Python reads them, or as they are stored', () => {
    assert.deepEqual(read(type, '\x83\xa1a\xc3\xa1s\x05\xa1x\xa31.5'), { a: 1, s: '5', x: 1.5 })
    assert.deepEqual(read(type, '\x83\xa1a\xa1y\xa1s\xc0\xa1x\x90'), { a: 'y', s: null, x: [] })
  })

  it('do not hide the rest of a set', () => {
    const good = literal.toLiteral({ simple: 'INTEGER' }, 1)
    const odd = { scalar: { binary: { tag: 'msgpack', value: Buffer.from('\x81\xa1a\xa1y', 'latin1').toString('base64') } } }
    const values = literal.resolver({ good, odd }, { good: { simple: 'INTEGER' }, odd: type })
    assert.deepEqual(values.toObject(), { good: 1, odd: { a: 'y' } })
  })

  it('are refused when they are given', () => {
    refused(type, { a: true }, 'value.a: expected int, got boolean true')
  })
})

describe('repr of literals', () => {
  it('tells what is known of one that is stored apart, as flytekit does', () => {
    const offloadedMetadata = { uri: `s3://b/${'x'.repeat(80)}`, inferredType: { collectionType: { simple: 'STRING' } } }
    const expected = 'Offloaded literal metadata:\n  uri: [...]\n  inferred_type:\n    collection_type:\n      simple: 3'
    assert.equal(literal.repr({ offloadedMetadata }), expected)
  })
})
