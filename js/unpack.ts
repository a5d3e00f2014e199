// A packed value of the core as JavaScript users expect it, see `packed.ts`.

import { type Form, protoToText } from '#bindings'
import { toDate } from './datetime.js'
import { FlyteDirectory, FlyteFile, OffloadedLiteral, StructuredDataset, UnionVariant } from './handles.js'
import * as Tag from './packed.js'

/** A form, and what a value refers to by its place. */
type FormWith = Form & { beside?: unknown[] }

/** A packed value of the core as JavaScript users expect it. */
export function unpack([numbers, text, bytes]: [BigUint64Array, string, Uint8Array], form: FormWith | undefined): unknown {
  return new Unpacker(numbers, text, bytes, form ?? {}).value()
}

class Unpacker {
  floats: Float64Array
  ints: BigInt64Array
  high: Int32Array
  low: Uint32Array
  at = 0
  textAt = 0
  byteAt = 0
  keys: string[] = []

  constructor(
    numbers: BigUint64Array,
    readonly text: string,
    readonly rawBytes: Uint8Array,
    readonly form: FormWith,
  ) {
    this.floats = new Float64Array(numbers.buffer, numbers.byteOffset, numbers.length)
    this.ints = new BigInt64Array(numbers.buffer, numbers.byteOffset, numbers.length)
    this.high = new Int32Array(numbers.buffer, numbers.byteOffset, numbers.length * 2)
    this.low = new Uint32Array(numbers.buffer, numbers.byteOffset, numbers.length * 2)
  }

  number(): number {
    return this.floats[this.at++] as number
  }

  string(): string {
    const start = this.textAt
    this.textAt += this.number()
    return this.text.substring(start, this.textAt)
  }

  bytes(): Uint8Array {
    const start = this.byteAt
    this.byteAt += this.number()
    return this.rawBytes.slice(start, this.byteAt)
  }

  integer(at: number): number | bigint {
    if (this.form.bigints !== 'all') {
      const number = (this.high[at * 2 + 1] as number) * 4_294_967_296 + (this.low[at * 2] as number)
      if (number <= Number.MAX_SAFE_INTEGER && number >= Number.MIN_SAFE_INTEGER) return number
    }
    return this.ints[at] as bigint
  }

  value(): unknown {
    const mark = this.number()
    switch (mark) {
      case Tag.NULL:
        return null
      case Tag.FALSE:
        return false
      case Tag.TRUE:
        return true
      case Tag.NUMBER:
        return this.number()
      case Tag.INT:
        return this.integer(this.at++)
      case Tag.BIG_INT:
        return BigInt.asUintN(64, this.ints[this.at++] as bigint)
      case Tag.TEXT:
        return this.string()
      case Tag.INSTANT: {
        const seconds = this.number()
        return toDate(seconds, this.number())
      }
      case Tag.DURATION: {
        const seconds = this.number()
        return seconds * 1000 + this.number() / 1e6
      }
      case Tag.BYTES:
        return this.bytes()
      case Tag.LIST: {
        const count = this.number()
        if (this.form.typedArrays && count > 0) {
          if (this.isAll(Tag.INT, count)) return BigInt64Array.from(this.stride(count), (at) => this.ints[at] as bigint)
          if (this.isAll(Tag.NUMBER, count)) return Float64Array.from(this.stride(count), (at) => this.floats[at] as number)
        }
        const list = new Array(count)
        for (let i = 0; i < count; i++) list[i] = this.value()
        return list
      }
      case Tag.NUMBERS:
        return this.numbers()
      case Tag.INTS:
        return this.integers()
      case Tag.MAP:
        return this.map()
      case Tag.PAIRS: {
        const count = this.number()
        const map = new Map<unknown, unknown>()
        for (let i = 0; i < count; i++) {
          const key = this.value()
          map.set(key, this.value())
        }
        return map
      }
      case Tag.BLOB: {
        const Handle = this.number() ? FlyteDirectory : FlyteFile
        const uri = this.string()
        return new Handle(uri, this.string())
      }
      case Tag.DATASET: {
        const uri = this.string()
        const format = this.string()
        const columns = new Array(this.number())
        for (let i = 0; i < columns.length; i++) {
          const name = this.string()
          columns[i] = { name, type: this.string() }
        }
        return new StructuredDataset(uri, format, columns)
      }
      case Tag.VARIANT: {
        const tag = this.string()
        return new UnionVariant(tag, this.value())
      }
      case Tag.LITERAL:
        return JSON.parse(protoToText(this.string(), this.bytes()))
      case Tag.BINARY: {
        const tag = this.string()
        return { tag, value: this.bytes() }
      }
      case Tag.ERROR: {
        const message = this.string()
        return { message, failedNodeId: this.string() }
      }
      case Tag.OFFLOADED: {
        const uri = this.string()
        return new OffloadedLiteral(uri, this.number())
      }
      case Tag.BESIDE:
        return this.form.beside?.[this.number()]
      default:
        throw new Error(`flyte-remote: no value begins with ${mark}`)
    }
  }

  /** Whether the next `count` values are all of a mark that one number follows. */
  isAll(mark: number, count: number): boolean {
    for (let i = 0; i < count; i++) if (this.floats[this.at + 2 * i] !== mark) return false
    return true
  }

  /** Where the numbers of such values are. */
  stride(count: number): number[] {
    const start = this.at + 1
    this.at += count * 2
    return Array.from({ length: count }, (_, i) => start + 2 * i)
  }

  numbers(): Float64Array | number[] {
    const count = this.number()
    const row = this.floats.subarray(this.at, this.at + count)
    this.at += count
    if (this.form.typedArrays) return row.slice()
    const list = new Array<number>(count)
    for (let i = 0; i < count; i++) list[i] = row[i] as number
    return list
  }

  integers(): BigInt64Array | (number | bigint)[] {
    const count = this.number()
    const start = this.at
    this.at += count
    if (this.form.typedArrays) return this.ints.slice(start, this.at)
    const list = new Array<number | bigint>(count)
    for (let i = 0; i < count; i++) list[i] = this.integer(start + i)
    return list
  }

  map(): Record<string, unknown> {
    const count = this.number()
    const object: Record<string, unknown> = {}
    for (let i = 0; i < count; i++) {
      const index = this.number()
      if (index === this.keys.length) this.keys.push(this.string())
      const key = this.keys[index] as string
      // What is no value itself does not show when the object is printed or copied.
      const enumerable = this.floats[this.at] !== Tag.BESIDE
      const value = this.value()
      // An ordinary key in a Flyte map.
      if (!enumerable || key === '__proto__') Object.defineProperty(object, key, { value, writable: true, enumerable, configurable: true })
      else object[key] = value
    }
    return object
  }
}
