// Random messages of every type, as bytes: fields in any order and in pieces, with unknown ones between. For tests that
// compare the package with @bufbuild/protobuf.

import { readFileSync } from 'node:fs'
import { createFileRegistry, fromBinary, ScalarType } from '@bufbuild/protobuf'
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire'
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt'

/** What build.rs compiled; any build of the Rust part writes it. */
const DESCRIPTORS = ['target/wasm/wasm32-unknown-unknown/release', 'target/release', 'target/debug']

function descriptors() {
  for (const folder of DESCRIPTORS) {
    try {
      return readFileSync(new URL(`../../${folder}/descriptors.bin`, import.meta.url))
    } catch (error) {
      if (error.code !== 'ENOENT') throw error
    }
  }
  throw new Error('no descriptors.bin below target/; npm run build writes it')
}

/** All types. */
export const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, descriptors()))
/** All message types, sorted by name. */
export const types = [...registry]
  .filter((type) => type.kind === 'message' && !type.file.name.startsWith('google/api') && type.file.name !== 'google/protobuf/descriptor')
  .sort((a, b) => (a.typeName < b.typeName ? -1 : 1))

/** Random numbers of a seed (mulberry32). */
export class Random {
  constructor(seed) {
    this.state = seed >>> 0
  }
  next() {
    this.state = (this.state + 0x6d2b79f5) >>> 0
    let t = this.state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return (t ^ (t >>> 14)) >>> 0
  }
  below(limit) {
    return this.next() % limit
  }
  one(list) {
    return list[this.below(list.length)]
  }
  chance(one, of) {
    return this.below(of) < one
  }
}

const WORDS = [
  '',
  'a',
  'Z9',
  ' ',
  '"',
  '\\',
  '\n\u0001',
  '\u007f',
  'ä€',
  '😀',
  '/',
  'a longer text with "quotes"',
  '__proto__',
  'x'.repeat(200),
]
const text = (random) => random.one(WORDS) + (random.chance(1, 3) ? random.one(WORDS) : '')

function integer(random, least, most) {
  const bits = BigInt(random.next()) * 4294967296n + BigInt(random.next())
  const value = random.one([0n, 1n, least, most, BigInt(random.below(1000)), least + (bits % (most - least + 1n))])
  return value < least ? least : value
}

const float = (random) =>
  random.one([
    0,
    -0,
    1,
    -1.5,
    0.1,
    1e21,
    1e-7,
    5e-324,
    1.7976931348623157e308,
    123456789.125,
    2 ** 53,
    random.next() / 7,
    -random.next() * 1e10,
  ])

/** Writes a random scalar. */
function scalar(random, type, writer) {
  const i32 = () => Number(integer(random, -(2n ** 31n), 2n ** 31n - 1n))
  const u32 = () => Number(integer(random, 0n, 2n ** 32n - 1n))
  const i64 = () => integer(random, -(2n ** 63n), 2n ** 63n - 1n)
  const u64 = () => integer(random, 0n, 2n ** 64n - 1n)
  const any = () => random.one([Number.NaN, Infinity, -Infinity, float(random), float(random), float(random), float(random)])
  switch (type) {
    case ScalarType.DOUBLE:
      return writer.double(any())
    case ScalarType.FLOAT:
      return writer.float(Math.fround(random.one([any(), 0.1, 3.4028234663852886e38])) % 3.5e38)
    case ScalarType.INT32:
      return writer.int32(i32())
    case ScalarType.INT64:
      return writer.int64(i64())
    case ScalarType.UINT32:
      return writer.uint32(u32())
    case ScalarType.UINT64:
      return writer.uint64(u64())
    case ScalarType.SINT32:
      return writer.sint32(i32())
    case ScalarType.SINT64:
      return writer.sint64(i64())
    case ScalarType.FIXED32:
      return writer.fixed32(u32())
    case ScalarType.FIXED64:
      return writer.fixed64(u64())
    case ScalarType.SFIXED32:
      return writer.sfixed32(i32())
    case ScalarType.SFIXED64:
      return writer.sfixed64(i64())
    case ScalarType.BOOL:
      return writer.bool(random.chance(1, 2))
    case ScalarType.STRING:
      return writer.string(text(random))
    case ScalarType.BYTES:
      return writer.bytes(Uint8Array.from({ length: random.below(9) }, () => random.below(256)))
    default:
      throw new Error(`no scalar type ${type}`)
  }
}

const WIRE_TYPES = {
  [ScalarType.DOUBLE]: WireType.Bit64,
  [ScalarType.FIXED64]: WireType.Bit64,
  [ScalarType.SFIXED64]: WireType.Bit64,
  [ScalarType.FLOAT]: WireType.Bit32,
  [ScalarType.FIXED32]: WireType.Bit32,
  [ScalarType.SFIXED32]: WireType.Bit32,
  [ScalarType.STRING]: WireType.LengthDelimited,
  [ScalarType.BYTES]: WireType.LengthDelimited,
}
const wireType = (type) => WIRE_TYPES[type] ?? WireType.Varint

/** Writes a random value of what is in a field: an element of a list, a value of a map. */
function value(random, field, writer, depth) {
  if (field.message) writer.bytes(message(random, field.message, depth + 1))
  else if (field.enum) writer.int32(random.chance(1, 5) ? random.below(200) - 100 : random.one(field.enum.values).number)
  else scalar(random, field.scalar, writer)
}

const valueWireType = (field) => (field.message ? WireType.LengthDelimited : field.enum ? WireType.Varint : wireType(field.scalar))

/** One occurrence of a field. */
function occurrence(random, field, depth) {
  const writer = new BinaryWriter()
  if (field.fieldKind === 'map') {
    const parts = [
      () => scalar(random, field.mapKey, writer.tag(1, wireType(field.mapKey))),
      () => value(random, field, writer.tag(2, valueWireType(field)), depth),
    ]
    writer.tag(field.number, WireType.LengthDelimited).fork()
    if (random.chance(1, 4)) parts.reverse()
    for (const part of parts) part()
    return writer.join().finish()
  }
  const type = valueWireType(field)
  if (field.fieldKind === 'list' && type !== WireType.LengthDelimited && random.chance(1, 2)) {
    writer.tag(field.number, WireType.LengthDelimited).fork()
    for (let n = random.below(4); n > 0; n--) value(random, field, writer, depth)
    return writer.join().finish()
  }
  value(random, field, writer.tag(field.number, type), depth)
  return writer.finish()
}

function unknown(random) {
  const writer = new BinaryWriter()
  const number = 5000 + random.below(1000)
  switch (random.below(5)) {
    case 0:
      return writer.tag(number, WireType.Varint).int64(-1n).finish()
    case 1:
      return writer.tag(number, WireType.Bit64).double(1).finish()
    case 2:
      return writer.tag(number, WireType.Bit32).float(1).finish()
    case 3:
      return writer.tag(number, WireType.StartGroup).tag(3, WireType.Varint).int32(7).tag(number, WireType.EndGroup).finish()
    default:
      return writer
        .tag(number, WireType.LengthDelimited)
        .bytes(new Uint8Array([255, 255]))
        .finish()
  }
}

const seconds = (random, least, most) => BigInt(integer(random, least, most))

/** Bytes of a random message: fields in any order and in pieces, with unknown ones between. */
export function message(random, type, depth = 0) {
  const writer = new BinaryWriter()
  switch (type.typeName) {
    case 'google.protobuf.Timestamp':
      writer.tag(1, WireType.Varint).int64(seconds(random, -62135596800n, 253402300799n))
      return writer
        .tag(2, WireType.Varint)
        .int32(random.one([0, 1, 5000, 5_000_000, 999_999_999]))
        .finish()
    case 'google.protobuf.Duration': {
      const sign = random.one([-1, 1])
      writer.tag(1, WireType.Varint).int64(BigInt(sign) * seconds(random, 0n, 315576000000n))
      return writer
        .tag(2, WireType.Varint)
        .int32(sign * random.one([0, 1, 5000, 5_000_000, 999_999_999]))
        .finish()
    }
    case 'google.protobuf.Any': {
      if (random.chance(1, 8)) return writer.finish()
      const inner = depth > 3 ? registry.getMessage('flyteidl.core.Primitive') : random.one(types)
      writer.tag(1, WireType.LengthDelimited).string(`type.googleapis.com/${inner.typeName}`)
      return writer
        .tag(2, WireType.LengthDelimited)
        .bytes(message(random, inner, depth + 1))
        .finish()
    }
    case 'google.protobuf.Value': {
      // A Value has to be something, and can't be NaN.
      const field = random.one(depth > 6 ? type.fields.filter((field) => !field.message) : type.fields)
      if (field.scalar === ScalarType.DOUBLE) return writer.tag(2, WireType.Bit64).double(float(random)).finish()
      return occurrence(random, field, depth)
    }
  }
  const pieces = []
  const count = depth > 6 ? 0 : Math.min(random.below(type.fields.length * 2 + 1), depth > 2 ? 3 : 14)
  for (let i = 0; i < count; i++) {
    if (random.chance(1, 12)) pieces.push(unknown(random))
    const field = random.one(type.fields)
    pieces.push(occurrence(random, field, depth))
    if (field.fieldKind === 'list' && random.chance(1, 2)) pieces.push(occurrence(random, field, depth))
  }
  // A message with a Value in it that got nothing would have no JSON.
  return Buffer.concat(pieces)
}
