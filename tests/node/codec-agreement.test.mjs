// The codec against @bufbuild/protobuf on random messages of every type: the same bytes give the same JSON, the same
// JSON gives the same message. `SEED=n` repeats a run.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fromBinary, fromJson, toJson } from '@bufbuild/protobuf'
import { proto } from 'flyte-remote'
import { message, Random, registry, types } from './messages.mjs'

const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000_007)
const ROUNDS = Number(process.env.ROUNDS ?? 25)

const hex = (bytes) => Buffer.from(bytes).toString('hex')

function eachCase(name, run) {
  test(name, (t) => {
    t.diagnostic(`SEED=${SEED} ROUNDS=${ROUNDS}, ${types.length} types`)
    assert.ok(types.length > 300, `${types.length} types`)
    types.forEach((type, place) => {
      for (let round = 0; round < ROUNDS; round++) {
        const random = new Random(SEED + place * 1009 + round * 9176213)
        run(type, random, `SEED=${SEED} ${type.typeName} round ${round}`)
      }
    })
  })
}

eachCase('the same bytes give the same JSON', (type, random, label) => {
  const bytes = message(random, type)
  const expected = toJson(type, fromBinary(type, bytes), { registry })
  assert.deepStrictEqual(plain(proto.toJson(type.typeName, bytes)), plain(expected), `${label} ${hex(bytes)}`)
})

eachCase('two messages after each other give the JSON of both merged', (type, random, label) => {
  const bytes = Buffer.concat([message(random, type), message(random, type)])
  const expected = toJson(type, fromBinary(type, bytes), { registry })
  assert.deepStrictEqual(plain(proto.toJson(type.typeName, bytes)), plain(expected), `${label} ${hex(bytes)}`)
})

eachCase('the same JSON gives the same message', (type, random, label) => {
  const source = fromBinary(type, message(random, type))
  // As text, which is how JSON travels: it has no -0.
  const json = JSON.parse(JSON.stringify(toJson(type, source, { registry })))
  const varied = vary(random, json, type)
  const bytes = proto.fromJson(type.typeName, varied)
  // As JSON, where NaN is equal to itself.
  const [ours, theirs] = [fromBinary(type, bytes), fromJson(type, varied, { registry })].map((message) =>
    toJson(type, message, { registry }),
  )
  assert.deepStrictEqual(plain(ours), plain(theirs), `${label}: ${JSON.stringify(varied)} ${hex(bytes)}`)
})

eachCase('wrong JSON is refused by both', (type, random, label) => {
  const json = toJson(type, fromBinary(type, message(random, type)), { registry })
  const wrong = spoil(random, json)
  if (wrong === undefined) return
  const theirs = outcome(() => fromJson(type, wrong, { registry }))
  const ours = outcome(() => proto.fromJson(type.typeName, wrong))
  assert.equal(ours, theirs, `${label}: ${JSON.stringify(wrong)}`)
})

function outcome(run) {
  try {
    run()
    return 'taken'
  } catch {
    return 'refused'
  }
}

/** Objects of one prototype, so that `__proto__` as a key compares. */
function plain(value) {
  if (Array.isArray(value)) return value.map(plain)
  if (value === null || typeof value !== 'object') return value
  return new Map(
    Object.keys(value)
      .sort()
      .map((key) => [key, plain(value[key])]),
  )
}

const snake = (name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

/** The same message in other JSON: names of the .proto file, members in another order, null for what is not there. */
function vary(random, json, type) {
  if (json === null || typeof json !== 'object' || Array.isArray(json) || !type) return json
  if (type.typeName.startsWith('google.protobuf.')) return json
  const entries = Object.entries(json)
  if (random.chance(1, 2)) entries.reverse()
  const absent = type.fields.filter(
    (field) => !field.oneof && !(field.jsonName in json) && field.message?.typeName !== 'google.protobuf.Value',
  )
  const result = {}
  for (const [name, value] of entries) {
    const field = type.fields.find((field) => field.jsonName === name)
    const other = random.chance(1, 3) && snake(name) === field.name ? field.name : name
    result[other] = field.fieldKind === 'message' ? vary(random, value, field.message) : value
    if (field.fieldKind === 'list' && field.message) result[other] = value.map((item) => vary(random, item, field.message))
    if (field.scalar && typeof value === 'number' && random.chance(1, 4)) result[other] = Object.is(value, -0) ? value : String(value)
  }
  if (absent.length && random.chance(1, 3)) result[random.one(absent).jsonName] = null
  return result
}

/** JSON with one value of another kind somewhere. */
function spoil(random, json) {
  const places = []
  const walk = (value, set) => {
    places.push(set)
    if (Array.isArray(value)) for (const [i, item] of value.entries()) walk(item, (other) => (value[i] = other))
    else if (value !== null && typeof value === 'object') {
      for (const key of Object.keys(value)) if (key !== '__proto__') walk(value[key], (other) => (value[key] = other))
    }
  }
  let copy = JSON.parse(JSON.stringify(json))
  walk(copy, (other) => (copy = other))
  random.one(places)(random.one([true, 1.5, -1, 'nonsense!', [], {}, { noSuchField: 1 }, [[]], null, 1e300]))
  return copy
}
