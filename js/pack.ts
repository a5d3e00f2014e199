// A value of the caller, packed for the core, see `packed.ts`.

import { handleKind } from './brand.js'
import { concat } from './bytes.js'
import { isBroken } from './check.js'
import { timestampOf } from './datetime.js'
import type { FlyteFile, FlyteFloat, ReadyLiteral, StructuredDataset, UnionVariant } from './handles.js'
import * as Tag from './packed.js'

/** Deeper values are refused; it also ends a value that contains itself. */
const MAX_DEPTH = 100
const MAX_INT = 2n ** 63n

const encoder = new TextEncoder()

/** A value: its row of numbers, its texts in UTF-8 with a line feed after each, its bytes, and what is to be uploaded. */
export type Packed = [numbers: BigUint64Array, texts: Uint8Array, bytes: Uint8Array, contents: unknown[]]

/** Packs a value. The numbers hold until the next call. */
export function pack(value: unknown): Packed {
  const packer = new Packer()
  packer.put(value, 0)
  const packed = packer.done()
  if (packed) return packed
  const strict = new Packer()
  strict.isStrict = true
  strict.put(value, 0)
  return strict.done() as Packed
}

/** What the last large value was packed in; a new one costs as much as filling it. */
let spare: Float64Array<ArrayBuffer> | undefined
const MOST_SPARE = 1 << 18

class Packer {
  floats = new Float64Array(128)
  ints = new BigInt64Array(this.floats.buffer)
  at = 0
  texts: string[] = []
  chunks: Uint8Array[] = []
  contents: unknown[] = []
  keys = new Map<string, number>()
  /** Whether texts are looked at one by one, for the one with half a character. */
  isStrict = false

  /** Undefined when a text has half a character. */
  done(): Packed | undefined {
    // A line feed keeps halves of characters from meeting.
    const text = this.texts.length ? `${this.texts.join('\n')}\n` : ''
    if (!this.isStrict && isBroken(text)) return undefined
    if (this.floats.length > 1 << 12 && this.floats.length <= MOST_SPARE) spare = this.floats
    return [new BigUint64Array(this.floats.buffer, 0, this.at), encoder.encode(text), concat(this.chunks), this.contents]
  }

  room(count: number): undefined {
    if (this.at + count <= this.floats.length) return
    const length = Math.max(this.floats.length * 2, this.at + count + 64)
    const kept = spare && spare.length >= length ? spare : undefined
    if (kept) spare = undefined
    const floats = kept ?? new Float64Array(length)
    floats.set(this.floats.subarray(0, this.at))
    this.floats = floats
    this.ints = new BigInt64Array(floats.buffer)
  }

  number(number: number): undefined {
    if (this.at === this.floats.length) this.room(1)
    this.floats[this.at++] = number
  }

  integer(integer: bigint): undefined {
    this.room(1)
    this.ints[this.at++] = integer
  }

  text(text: string): undefined {
    this.number(text.length)
    this.texts.push(text)
  }

  other(words: string): undefined {
    this.number(Tag.OTHER)
    this.text(words)
  }

  /** Whether one of these has half a character; it is then refused. */
  broken(what: string, ...texts: unknown[]): boolean {
    const text = this.isStrict ? texts.map(String).find(isBroken) : undefined
    if (text === undefined) return false
    this.other(`${what} with half a character, ${JSON.stringify(text.slice(0, 40))}`)
    return true
  }

  bytes(bytes: Uint8Array): undefined {
    this.number(bytes.length)
    this.chunks.push(bytes)
  }

  put(value: unknown, depth: number): undefined {
    switch (typeof value) {
      case 'number':
        this.number(Tag.NUMBER)
        return this.number(value)
      case 'string':
        if (this.broken('a text', value)) return
        this.number(Tag.TEXT)
        return this.text(value)
      case 'boolean':
        return this.number(value ? Tag.TRUE : Tag.FALSE)
      case 'undefined':
        return this.number(Tag.UNDEFINED)
      case 'bigint':
        return this.bigint(value)
      case 'object':
        if (value === null) return this.number(Tag.NULL)
        if (depth > MAX_DEPTH) return this.other(`a value nested over ${MAX_DEPTH} deep`)
        if (Array.isArray(value)) return this.array(value, depth)
        return this.object(value, depth)
      default:
        return this.other(`a ${typeof value}`)
    }
  }

  bigint(value: bigint): undefined {
    if (value >= -MAX_INT && value < MAX_INT) {
      this.number(Tag.INT)
      this.integer(value)
    } else if (value >= 0n && value < MAX_INT * 2n) {
      this.number(Tag.BIG_INT)
      this.integer(BigInt.asIntN(64, value))
    } else {
      this.other('a bigint beyond 64 bits')
    }
  }

  array(values: readonly unknown[], depth: number): undefined {
    const count = values.length
    if (typeof values[0] === 'number' && this.numbersOnly(values)) return
    this.number(Tag.LIST)
    this.number(count)
    for (let i = 0; i < count; i++) this.put(values[i], depth + 1)
  }

  /** Writes a list that has nothing but numbers; whether it is one. A loop, since `set` takes thirty times as long for some arrays. */
  numbersOnly(values: readonly unknown[]): boolean {
    const count = values.length
    this.room(count + 2)
    const { floats, at } = this
    for (let i = 0; i < count; i++) {
      const value = values[i]
      if (typeof value !== 'number') return false
      floats[at + 2 + i] = value
    }
    this.number(Tag.NUMBERS)
    this.number(count)
    this.at += count
    return true
  }

  /** Numbers of a typed array. */
  row(values: ArrayLike<number>): undefined {
    this.number(Tag.NUMBERS)
    this.number(values.length)
    this.room(values.length)
    this.floats.set(values, this.at)
    this.at += values.length
  }

  entries(entries: Map<string, unknown>, depth: number): undefined {
    if (this.broken('a key', ...entries.keys())) return
    this.number(Tag.MAP)
    this.number(entries.size)
    for (const [key, value] of entries) {
      this.key(key)
      this.put(value, depth + 1)
    }
  }

  key(key: string): undefined {
    const known = this.keys.get(key)
    if (known !== undefined) return this.number(known)
    this.number(this.keys.size)
    this.keys.set(key, this.keys.size)
    this.text(key)
  }

  object(value: object, depth: number): undefined {
    const prototype = Object.getPrototypeOf(value)
    if (prototype === Object.prototype || prototype === null) return this.plain(value, depth)
    if (value instanceof Date) return this.date(value)
    if (ArrayBuffer.isView(value)) return this.view(value)
    const kind = handleKind(value)
    if (kind) return this.handle(value, kind, depth)
    if (value instanceof Map) return this.map(value, depth)
    const tag = Object.prototype.toString.call(value).slice(8, -1)
    switch (tag) {
      case 'Date':
        return this.date(value as Date)
      case 'ArrayBuffer':
        this.number(Tag.BYTES)
        return this.bytes(new Uint8Array(value as ArrayBuffer))
      case 'URL':
        return (value as URL).protocol === 'file:' ? this.content(value, 'a file URL') : this.put(String(value), depth)
      case 'Blob':
      case 'File':
        return this.content(value, `a ${tag}`)
      case 'Set':
        return this.other('a Set; give an array')
    }
    if (tag.startsWith('Temporal.')) return this.temporal(value, tag)
    // Objects of another realm have another prototype, above which there is nothing either.
    if (Object.getPrototypeOf(prototype) === null) return this.plain(value, depth)
    this.other(`an object (${value.constructor?.name || tag})`)
  }

  /** What is to be uploaded. */
  content(value: object, words: string): undefined {
    this.number(Tag.CONTENT)
    this.number(this.contents.push(value) - 1)
    this.text(words)
  }

  plain(value: object, depth: number): undefined {
    const names = Object.keys(value)
    if (this.broken('a key', ...names)) return
    this.number(Tag.MAP)
    this.number(names.length)
    for (const name of names) {
      this.key(name)
      this.put((value as Record<string, unknown>)[name], depth + 1)
    }
  }

  map(value: Map<unknown, unknown>, depth: number): undefined {
    let named = true
    for (const key of value.keys()) if (typeof key !== 'string') named = false
    if (named) return this.entries(value as Map<string, unknown>, depth)
    this.number(Tag.PAIRS)
    this.number(value.size)
    for (const [key, item] of value) {
      this.put(key, depth + 1)
      this.put(item, depth + 1)
    }
  }

  date(date: Date): undefined {
    if (Number.isNaN(date.getTime())) return this.other('an invalid Date')
    const { seconds, nanos } = timestampOf(date)
    this.time(Tag.INSTANT, seconds, nanos)
  }

  time(mark: number, seconds: number, nanos: number): undefined {
    this.number(mark)
    this.number(seconds)
    this.number(nanos)
  }

  view(view: ArrayBufferView): undefined {
    if (view instanceof Uint8Array) {
      this.number(Tag.BYTES)
      return this.bytes(view)
    }
    const tag = Object.prototype.toString.call(view).slice(8, -1)
    if (tag === 'DataView') return this.other('a DataView; give a Uint8Array')
    if (tag !== 'BigInt64Array' && tag !== 'BigUint64Array') return this.row(view as unknown as ArrayLike<number>)
    const ints = view as BigInt64Array
    if (tag === 'BigUint64Array' && ints.some((integer) => integer >= MAX_INT)) return this.array([...ints], 0)
    this.number(Tag.INTS)
    this.number(ints.length)
    this.room(ints.length)
    this.ints.set(ints, this.at)
    this.at += ints.length
  }

  handle(value: object, kind: string, depth: number): undefined {
    switch (kind) {
      case 'file':
      case 'directory': {
        const { uri, format } = value as FlyteFile
        if (this.broken('a file', uri, format)) return
        this.number(Tag.BLOB)
        this.number(kind === 'directory' ? 1 : 0)
        this.text(String(uri))
        return this.text(String(format))
      }
      case 'dataset': {
        const { uri, format } = value as StructuredDataset
        if (this.broken('a table', uri, format)) return
        this.number(Tag.DATASET)
        this.text(String(uri))
        return this.text(String(format))
      }
      case 'literal':
        this.number(Tag.LITERAL)
        return this.bytes((value as ReadyLiteral).bytes)
      case 'variant':
        if (this.broken('a tag', (value as UnionVariant).tag)) return
        this.number(Tag.VARIANT)
        this.text(String((value as UnionVariant).tag))
        return this.put((value as UnionVariant).value, depth + 1)
      case 'float':
        this.number(Tag.FLOAT)
        return this.number(Number((value as FlyteFloat).value))
      default:
        return this.other('an offloaded literal, which was not fetched')
    }
  }

  temporal(value: object, tag: string): undefined {
    const times = value as { epochNanoseconds?: bigint } & Record<string, number>
    const giga = 1_000_000_000n
    if (typeof times.epochNanoseconds === 'bigint') {
      const rest = ((times.epochNanoseconds % giga) + giga) % giga
      return this.time(Tag.INSTANT, Number((times.epochNanoseconds - rest) / giga), Number(rest))
    }
    if (tag === 'Temporal.PlainDate') return this.put(String(value), 0)
    if (tag !== 'Temporal.Duration') return this.other(`a ${tag}, which is no point in time`)
    if (times.years || times.months) return this.other('a Temporal.Duration with years or months, which have no length')
    const units: [string, bigint][] = [
      ['weeks', 604_800n * giga],
      ['days', 86_400n * giga],
      ['hours', 3_600n * giga],
      ['minutes', 60n * giga],
      ['seconds', giga],
      ['milliseconds', 1_000_000n],
      ['microseconds', 1_000n],
      ['nanoseconds', 1n],
    ]
    const nanos = units.reduce((sum, [unit, length]) => sum + BigInt(times[unit] ?? 0) * length, 0n)
    this.time(Tag.DURATION, Number(nanos / giga), Number(nanos % giga))
  }
}
