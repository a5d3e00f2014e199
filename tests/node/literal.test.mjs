// `literal`: the table of docs/values.md, and what crosses between JavaScript and the core.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import vm from 'node:vm'
import { FlyteDirectory, FlyteFile, FlyteValueError, literal, OffloadedLiteral, proto, StructuredDataset } from 'flyte-remote'

const simple = (name) => ({ simple: name })
const list = (type) => ({ collectionType: type })
const union = (...variants) => ({ unionType: { variants } })
const tagged = (type, tag) => ({ ...type, structure: { tag } })
const INT = tagged(simple('INTEGER'), 'int')
const STR = tagged(simple('STRING'), 'str')
const FLOAT = tagged(simple('FLOAT'), 'float')
const NONE = tagged(simple('NONE'), 'none')

/** There and back. */
const round = (type, value, options) => literal.fromLiteral(literal.toBytes(type, value), type, options)

const problems = (type, value) => {
  try {
    literal.toLiteral(type, value)
  } catch (error) {
    assert.ok(error instanceof FlyteValueError, error)
    return error.problems.map(({ path, message }) => `${path}: ${message}`)
  }
  assert.fail('nothing was refused')
}

const ROW = {
  simple: 'STRUCT',
  metadata: {
    type: 'object',
    title: 'Row',
    additionalProperties: false,
    required: ['id', 'score', 'when'],
    properties: {
      id: { type: 'integer' },
      score: { type: 'number' },
      when: { type: 'string', format: 'date-time' },
      note: { anyOf: [{ type: 'string' }, { type: 'null' }], default: null },
      tags: { type: 'array', items: { type: 'string' } },
      next: { anyOf: [{ $ref: '#/$defs/Next' }, { type: 'null' }], default: null },
      file: { title: 'FlyteFile', type: 'object', additionalProperties: false, properties: { path: { type: 'string' } } },
    },
    $defs: { Next: { type: 'object', title: 'Next', required: ['n'], properties: { n: { type: 'number' } } } },
  },
}

describe('integers', () => {
  it('are safe numbers and bigints of 64 bits', () => {
    for (const value of [0, -7, Number.MAX_SAFE_INTEGER]) assert.equal(round(simple('INTEGER'), value), value)
    assert.equal(round(simple('INTEGER'), 2n ** 63n - 1n), 2n ** 63n - 1n)
    assert.equal(round(simple('INTEGER'), 5n), 5)
    assert.equal(round(simple('INTEGER'), 5, { bigints: 'all' }), 5n)
  })
  it('are nothing else', () => {
    for (const value of [
      1.5,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      2 ** 53,
      '3',
      true,
      null,
      undefined,
      2n ** 63n,
      [],
      {},
      () => 1,
      Symbol('s'),
      literal.float(3),
    ]) {
      assert.match(problems(simple('INTEGER'), value).join(), /^value: expected int, got /)
    }
  })
})

describe('floats', () => {
  it('are any number, and bigints that fit', () => {
    for (const value of [0.5, -0, Number.NaN, Number.NEGATIVE_INFINITY, 3, 2 ** 60])
      assert.ok(Object.is(round(simple('FLOAT'), value), value))
    assert.equal(round(simple('FLOAT'), 2n ** 53n), 2 ** 53)
    assert.equal(problems(simple('FLOAT'), 2n ** 53n + 1n).length, 1)
    assert.equal(problems(simple('FLOAT'), '1.5').length, 1)
  })
})

describe('datetimes', () => {
  it('are Dates, ISO 8601 text with its zone, dates, { seconds, nanos } and Temporal', () => {
    const instant = Object.defineProperty({ epochNanoseconds: 1_500_000_001n }, Symbol.toStringTag, { value: 'Temporal.Instant' })
    const temporal = Object.create(Object.create(Object.prototype, { [Symbol.toStringTag]: { value: 'Temporal.Instant' } }), {
      epochNanoseconds: { value: instant.epochNanoseconds },
    })
    for (const [value, seconds, nanos] of [
      [new Date(1500), 1, 500_000_000],
      [new Date(-1), -1, 999_000_000],
      ['1970-01-01T01:00:00.000000001+01:00', 0, 1],
      ['1970-01-02', 86_400, 0],
      [{ seconds: 5, nanos: 6 }, 5, 6],
      [vm.runInNewContext('new Date(0)'), 0, 0],
      [temporal, 1, 500_000_001],
    ]) {
      const date = round(simple('DATETIME'), value)
      assert.ok(date instanceof Date)
      assert.deepEqual(literal.timestamp(date), { seconds, nanos })
      assert.deepEqual(literal.timestamp(round(simple('DATETIME'), date)), { seconds, nanos })
    }
  })
  it('forget the rest of a millisecond when somebody changes them', () => {
    const date = literal.datetime({ seconds: 1, nanos: 1 })
    date.setFullYear(1999)
    assert.equal(literal.timestamp(date).nanos, 0)
  })
  it('are of whole seconds and nanoseconds in their range, also in a struct', () => {
    const impossible = 'a date of seconds that are not from year 1 to 9999, or nanos that are not from 0 to 999999999'
    for (const parts of [
      { seconds: 1, nanos: -1 },
      { seconds: 1.5, nanos: 1 },
      { seconds: 253_402_300_800, nanos: 0 },
    ]) {
      const date = literal.datetime(parts)
      assert.match(problems(simple('DATETIME'), date).join(), new RegExp(`expected datetime, got ${impossible}`))
      assert.deepEqual(problems(simple('STRUCT'), { date }), [`value.date: a struct can't hold ${impossible}`])
    }
  })
  it('are no numbers, local times or nonsense', () => {
    for (const value of [0, '1970-01-01T00:00:00', 'today', new Date(Number.NaN), { seconds: 1, nanos: 1e9 }, { seconds: 1, more: 1 }]) {
      assert.equal(problems(simple('DATETIME'), value).length, 1)
    }
  })
})

describe('durations', () => {
  it('are milliseconds, ISO 8601, { seconds, nanos } and Temporal, and come in milliseconds', () => {
    const prototype = Object.create(Object.prototype, { [Symbol.toStringTag]: { value: 'Temporal.Duration' } })
    const temporal = Object.assign(Object.create(prototype), { hours: 1, milliseconds: -1 })
    for (const [value, ms] of [
      [1500, 1500],
      [-0.001, -0.001],
      ['PT1M0.5S', 60_500],
      ['-P1D', -86_400_000],
      [{ seconds: -1, nanos: -5e8 }, -1500],
      [temporal, 3_599_999],
    ]) {
      assert.equal(round(simple('DURATION'), value), ms)
    }
    for (const value of ['P1M', '1h', Number.NaN, { seconds: 1, nanos: -1 }, new Date()])
      assert.equal(problems(simple('DURATION'), value).length, 1)
  })
})

describe('lists and maps', () => {
  it('nest, and take typed arrays and Maps', () => {
    assert.deepEqual(round(list(list(simple('INTEGER'))), [[1], [], [2, 3n]]), [[1], [], [2, 3]])
    assert.deepEqual(round(list(simple('INTEGER')), new Int32Array([1, -2])), [1, -2])
    assert.deepEqual(round(list(simple('INTEGER')), new BigInt64Array([1n, -(2n ** 63n)])), [1, -(2n ** 63n)])
    assert.deepEqual(round(list(simple('FLOAT')), new Float32Array([0.5])), [0.5])
    assert.deepEqual(round({ mapValueType: simple('STRING') }, new Map([['ü', 'x']])), { ü: 'x' })
    const proto = round({ mapValueType: simple('INTEGER') }, JSON.parse('{"__proto__": 1}'))
    assert.deepEqual(Object.entries(proto), [['__proto__', 1]])
  })
  it('come as typed arrays when asked for', () => {
    for (const count of [1, 63, 64, 1000]) {
      const ints = Array.from({ length: count }, (_, i) => i - 5)
      assert.deepEqual(round(list(simple('INTEGER')), ints, { typedArrays: true }), BigInt64Array.from(ints, BigInt))
      assert.deepEqual(round(list(simple('FLOAT')), ints, { typedArrays: true }), Float64Array.from(ints))
      assert.deepEqual(round(list(simple('INTEGER')), ints), ints)
    }
  })
  it('name every mistake with its place', () => {
    assert.deepEqual(problems(list({ mapValueType: simple('INTEGER') }), [{ a: 1 }, { b: 'x', 'c d': null }, 3]), [
      'value[1].b: expected int, got text "x"',
      'value[1]["c d"]: expected int, got null',
      'value[2]: expected dict[str, int], got number 3',
    ])
    assert.equal(problems(list(simple('INTEGER')), Array(1000).fill('x')).length, 101)
  })
  it('are refused when they contain themselves', () => {
    const loop = []
    loop.push(loop)
    assert.match(problems(list(simple('INTEGER')), loop).join(), /expected int, got a list/)
    const object = {}
    object.self = object
    assert.match(problems(simple('STRUCT'), object).join(), /nested/)
  })
})

describe('unions', () => {
  it('take the best variant and keep its tag', () => {
    const type = union(FLOAT, INT, STR)
    assert.equal(literal.toLiteral(type, 3).scalar.union.type.structure.tag, 'int')
    assert.equal(literal.toLiteral(type, literal.float(3)).scalar.union.type.structure.tag, 'float')
    assert.equal(literal.toLiteral(type, 'x').scalar.union.type.structure.tag, 'str')
    assert.equal(round(union(INT, NONE), undefined), null)
    assert.deepEqual(problems(union(INT, STR), true), ['value: expected int | str, got boolean true'])
  })
  it('ask when several fit, and let the caller choose', () => {
    const type = union(tagged(list(simple('INTEGER')), 'a'), tagged(list(simple('STRING')), 'b'))
    assert.match(problems(type, []).join(), /fits more than one variant of the union: list\[int\] \(tag a\) and list\[str\] \(tag b\)/)
    assert.equal(literal.toLiteral(type, literal.variant('b', [])).scalar.union.type.structure.tag, 'b')
    assert.match(problems(type, literal.variant('c', [])).join(), /there is no variant c; there are list\[int\] \(tag a\)/)
    assert.equal(problems(type, literal.variant('a', ['x'])).join(), 'value[0]: expected int, got text "x"')
    const { tag, value } = round(type, [1], { variants: true })
    assert.deepEqual([tag, value], ['a', [1]])
  })
  it('of dataclasses come back from their own ProtoJSON, in any order of its schema', () => {
    const dataclass = (metadata) => tagged({ simple: 'STRUCT', metadata }, 'Object-Dataclass-Transformer')
    const reversed = (object) => Object.fromEntries(Object.entries(object).reverse())
    const schema = (title) => ({
      type: 'object',
      title,
      required: ['x'],
      additionalProperties: false,
      properties: { x: { type: 'integer' } },
    })
    const type = union(dataclass(schema('A')), dataclass(schema('B')))
    const stored = literal.toLiteral(type, literal.variant('B', { x: 1 }))
    for (const metadata of [schema('B'), reversed(schema('B'))]) {
      stored.scalar.union.type.metadata = metadata
      assert.deepEqual(literal.fromLiteral(stored, type), { x: 1 })
      assert.deepEqual(literal.fromLiteral(stored, type, { variants: true }), literal.variant('B', { x: 1 }))
      assert.deepEqual(round(type, literal.ready(stored)), { x: 1 })
    }
  })
  it('keep the variant that was chosen where tags are not enough', () => {
    const type = union(tagged(list(simple('INTEGER')), 'Typed List'), tagged(list(simple('FLOAT')), 'Typed List'))
    for (const items of [[1], []]) {
      const value = round(type, literal.variant('list[float]', items), { variants: true })
      assert.deepEqual(value, literal.variant('list[float]', items))
      assert.equal(literal.typeToString(literal.typeOf(literal.toLiteral(type, value))), 'list[float]')
    }
  })
})

describe('structs', () => {
  const given = { id: 1, score: 2, when: new Date(0), next: { n: 1 }, file: new FlyteFile('s3://b/x') }
  it('are written as their schema says', () => {
    const { binary } = literal.toLiteral(ROW, given).scalar
    const bytes = Buffer.from(binary.value, 'base64')
    assert.equal(binary.tag, 'msgpack')
    assert.ok(bytes.includes(Buffer.from('a26964', 'hex').subarray(1)) && bytes.includes(Buffer.from('cb4000000000000000', 'hex')))
    assert.deepEqual(round(ROW, given), {
      id: 1,
      score: 2,
      when: '1970-01-01T00:00:00+00:00',
      next: { n: 1 },
      file: { path: 's3://b/x' },
      note: null,
    })
  })
  it('may be protobuf Structs', () => {
    const { generic } = literal.toLiteral(ROW, given, { structs: 'protobuf' }).scalar
    assert.equal(generic.next.n, 1)
    assert.deepEqual(literal.fromLiteral({ scalar: { generic } }, ROW).next, { n: 1 })
  })
  it('name every mistake', () => {
    assert.deepEqual(problems(ROW, { id: 1.5, score: '2', tags: ['a', 1], more: 1, next: {} }), [
      'value.id: expected int, got a number with a fraction',
      'value.score: expected float, got text "2"',
      'value.tags[1]: expected str, got number 1',
      'value.more: no such field; there are file, id, next, note, score, tags, when',
      'value.next.n: required and missing; expected float',
      'value.when: required and missing; expected a datetime in ISO 8601',
    ])
  })
  it('without a schema hold what JavaScript has', () => {
    const value = { a: 1, b: [1.5, null, true], c: { d: 'e' }, bytes: new Uint8Array([1]), big: 2n ** 64n - 1n, f: literal.float(1) }
    assert.deepEqual(round(simple('STRUCT'), value), { ...value, f: 1 })
    assert.deepEqual(
      round(
        simple('STRUCT'),
        new Map([
          [1, 'a'],
          ['b', 2],
        ]),
      ),
      new Map([
        [1, 'a'],
        ['b', 2],
      ]),
    )
    for (const wrong of [[1], 'x', new Set(), new (class Foo {})(), new Date()]) assert.equal(problems(simple('STRUCT'), wrong).length, 1)
  })
})

describe('the rest', () => {
  it('enums, binary, errors, none', () => {
    const color = { enumType: { values: ['red', 'green'] } }
    assert.equal(round(color, 'red'), 'red')
    assert.deepEqual(problems(color, 'blue'), ['value: expected enum[red, green], got text "blue"'])
    assert.deepEqual(round(simple('BINARY'), new Uint8Array([1])), { tag: '', value: new Uint8Array([1]) })
    assert.deepEqual(round(simple('ERROR'), { message: 'm', failedNodeId: 'n' }), { message: 'm', failedNodeId: 'n' })
    assert.equal(round(simple('NONE'), null), null)
  })
  it('files, directories and tables are URIs or handles; content has to be uploaded', () => {
    const csv = { blob: { format: 'csv' } }
    assert.deepEqual(round(csv, 's3://b/x'), new FlyteFile('s3://b/x', 'csv'))
    assert.deepEqual(round({ blob: { dimensionality: 'MULTIPART' } }, new FlyteDirectory('s3://b/x')), new FlyteDirectory('s3://b/x'))
    assert.deepEqual(
      round({ structuredDatasetType: {} }, new StructuredDataset('s3://b/x', 'csv')),
      new StructuredDataset('s3://b/x', 'csv'),
    )
    assert.match(problems(csv, new FlyteDirectory('s3://b/x')).join(), /expected file\[csv\], got a directory/)
    assert.match(problems(csv, new Blob(['x'])).join(), /value: a Blob is not uploaded here; upload it first/)
    assert.match(problems(csv, new Uint8Array(1)).join(), /bytes is not uploaded/)
    assert.match(problems(csv, './x.csv').join(), /text "\.\/x\.csv" is no URI; upload it first/)
  })
  it('ready literals go along when they are of the type', () => {
    const one = literal.toLiteral(simple('INTEGER'), 1)
    assert.deepEqual(literal.toLiteral(list(simple('INTEGER')), [literal.ready(one), 2]).collection.literals[0], one)
    assert.deepEqual(problems(simple('STRING'), literal.ready(one)), ['value: expected str, got a literal of type int'])
  })
  it('what is stored apart is a handle, or fetched', () => {
    const apart = { offloadedMetadata: { uri: 's3://b/o', sizeBytes: '9' } }
    assert.deepEqual(literal.fromLiteral(apart, simple('INTEGER')), new OffloadedLiteral('s3://b/o', 9))
    const stored = { 's3://b/o': literal.toBytes(simple('INTEGER'), 7) }
    assert.equal(literal.fromLiteral(apart, simple('INTEGER'), { stored }), 7)
    assert.equal(literal.fromLiteral(apart, undefined, { stored: (uri) => stored[uri] }), 7)
  })
  it('what this client does not know comes as it is', () => {
    assert.deepEqual(literal.fromLiteral({}), {})
    assert.throws(() => literal.fromLiteral({}, simple('INTEGER')), /expected int, got an empty literal/)
  })
})

describe('types', () => {
  it('as text, of literals and of values', () => {
    assert.equal(literal.typeToString(list(union(INT, STR))), 'list[int | str]')
    assert.equal(literal.typeToString(ROW), 'Row')
    assert.deepEqual(literal.typeOf(literal.toLiteral(list(simple('FLOAT')), [1.5])), list(simple('FLOAT')))
    const guess = (value) => literal.typeToString(literal.guessType(value))
    assert.deepEqual([1, 1.5, 'x', true, null, new Date(), [1, 'a'], { a: 1 }, [1, 2.5]].map(guess), [
      'int',
      'float',
      'str',
      'bool',
      'none',
      'datetime',
      'list[int | str]',
      'struct',
      'list[float]',
    ])
    for (const value of [
      [[], [1]],
      [[1], ['a']],
      [[1, 2], [0.5]],
    ])
      assert.deepEqual(round(literal.guessType(value), value), value)
    assert.throws(() => literal.guessType(() => 1), FlyteValueError)
  })
  it('are compared', () => {
    assert.ok(literal.isSameType(union(INT, STR), union(STR, INT)))
    assert.ok(!literal.isSameType(INT, FLOAT) && !literal.isCastable(INT, FLOAT))
    assert.ok(literal.isCastable(INT, union(INT, NONE)) && !literal.isCastable(union(INT, NONE), INT))
    assert.ok(literal.isCastable({ enumType: { values: ['a'] } }, STR))
  })
})

describe('the resolver', () => {
  const literals = { b: literal.toLiteral(simple('STRING'), 'x'), a: literal.toLiteral(list(simple('INTEGER')), [1]) }
  it('converts once, iterates, and lists its names', () => {
    const values = literal.resolver(literals, { a: list(simple('INTEGER')) })
    assert.deepEqual([values.names, values.size, values.has('a'), values.has('z')], [['a', 'b'], 2, true, false])
    assert.equal(values.get('a'), values.get('a'))
    assert.deepEqual(
      [...values],
      [
        ['a', [1]],
        ['b', 'x'],
      ],
    )
    assert.deepEqual(values.toObject(), { a: [1], b: 'x' })
    assert.deepEqual(values.toLiterals(), { a: literals.a, b: literals.b })
    assert.deepEqual(values.getAs('a', undefined, { typedArrays: true }), new BigInt64Array([1n]))
    assert.throws(() => values.get('z'), /there is no value z; there are: a, b/)
    assert.throws(() => values.getAs('b', simple('INTEGER')), /b: expected int, got a text/)
    assert.deepEqual(values.repr(), { a: [1], b: 'x' })
  })
  it('takes the bytes of a map too', () => {
    const bytes = proto.fromJson('flyteidl.core.LiteralMap', { literals })
    assert.deepEqual(literal.resolver(bytes).toObject(), { a: [1], b: 'x' })
  })
})

describe('-0', () => {
  const float = { simple: 'FLOAT' }
  const isNegativeZero = (value) => assert.ok(Object.is(value, -0), String(value))
  const of = (floatValue) => ({ scalar: { primitive: { floatValue } } })

  it('keeps its sign through ProtoJSON', () => {
    const stored = literal.toLiteral(float, -0)
    isNegativeZero(stored.scalar.primitive.floatValue)
    isNegativeZero(literal.fromLiteral(stored, float))
    isNegativeZero(literal.fromLiteral(literal.ready(of(-0)).bytes))
    isNegativeZero(literal.repr(of(-0)))
    isNegativeZero(literal.resolver({ x: of(-0) }, { x: float }).get('x'))
    const bytes = proto.fromJson('flyteidl.core.Literal', of(-0))
    assert.deepEqual(bytes, literal.toBytes(float, -0))
    isNegativeZero(proto.toJson('flyteidl.core.Literal', bytes).scalar.primitive.floatValue)
  })

  it('is a number beside what needs care, in free JSON too, and no sign in integers', () => {
    const json = { a: -0, b: [0, -0, 'x"\\ud800-0"'], c: { d: 0 } }
    const bytes = proto.fromJson('google.protobuf.Struct', json)
    assert.deepEqual(proto.toJson('google.protobuf.Struct', bytes), json)
    isNegativeZero(proto.toJson('google.protobuf.Struct', bytes).a)
    const list = { literals: [of(-0), { scalar: { primitive: { integer: -0 } } }, { scalar: { primitive: { integer: 5n } } }] }
    const back = proto.toJson('flyteidl.core.LiteralCollection', proto.fromJson('flyteidl.core.LiteralCollection', list))
    isNegativeZero(back.literals[0].scalar.primitive.floatValue)
    assert.deepEqual(back.literals.slice(1), [{ scalar: { primitive: { integer: '0' } } }, { scalar: { primitive: { integer: '5' } } }])
    assert.deepEqual(literal.fromLiteral(of(0)), 0)
  })
})

describe('half a character', () => {
  const string = { simple: 'STRING' }
  const refused = (type, value, path) =>
    assert.throws(
      () => literal.toLiteral(type, value),
      (error) => {
        assert.ok(error instanceof FlyteValueError, error.stack)
        assert.deepEqual([error.path, error.problems?.length], [path, 1], error.message)
        assert.match(error.message, /half a character/)
        return true
      },
    )

  it('is refused with its place', () => {
    refused(string, 'a\ud800b', 'value')
    refused({ collectionType: string }, ['a', 'b\udc00', 'c\ud83d\ude00'], 'value[1]')
    refused({ mapValueType: { simple: 'INTEGER' } }, { '\ud800': 1, '\ud801': 2 }, 'value')
    refused({ mapValueType: { simple: 'INTEGER' } }, new Map([['\ud800', 1]]), 'value')
    refused({ blob: { format: 'csv' } }, new FlyteFile('s3://b/\ud800'), 'value')
    refused({ simple: 'STRUCT' }, { a: { b: ['\ud800'] } }, 'value.a.b[0]')
    assert.throws(() => literal.guessType('\ud800'), FlyteValueError)
  })

  it('is none in two texts that meet, and refused in the text of a form', () => {
    const value = ['x\ud83d\ude00', 'y', '\ufffd']
    const type = { collectionType: string }
    assert.deepEqual(literal.fromLiteral(literal.toLiteral(type, value), type), value)
    refused(type, ['\ud83d', 'x'], 'value[0]')
    assert.throws(
      () => literal.parse(string, 'a\ud800', 'word'),
      (error) => error instanceof FlyteValueError && error.path === 'word',
    )
  })
})

it('options that there are not, and values that they do not take, are refused', () => {
  const value = literal.toLiteral(INT, 1)
  const values = literal.resolver({ a: value })
  const refused = (message, call) => assert.throws(call, (error) => error instanceof FlyteValueError && error.message.includes(message))
  for (const read of [(options) => literal.fromLiteral(value, INT, options), (options) => values.getAs('a', INT, options)]) {
    refused(`options.bigints: expected 'large' or 'all', got "every"`, () => read({ bigints: 'every' }))
    refused('options.variant: there is no such option', () => read({ variant: true }))
    assert.equal(read({ bigints: undefined, typedArrays: true, variants: false, stored: {} }), 1)
  }
  refused(`options.structs: expected 'msgpack' or 'protobuf', got "json"`, () => literal.toLiteral(INT, 1, { structs: 'json' }))
  refused('options.struct: there is no such option', () => literal.toBytes(INT, 1, { struct: 'protobuf' }))
})

it('a text is a URI only with a scheme before its ://, also in a form', () => {
  for (const type of [{ blob: {} }, { structuredDatasetType: {} }]) {
    assert.equal(round(type, 's3://b/k').uri, 's3://b/k')
    for (const text of ['see s3://b/k', '://k', './a://b']) {
      assert.match(problems(type, text)[0], /is no URI; upload it first/)
      assert.throws(() => literal.parse(type, text), /is no URI; upload it first/)
    }
  }
  assert.throws(() => literal.parse({ blob: {} }, '{"uri": "s3://b/k"}'), /is no URI; upload it first/)
})
