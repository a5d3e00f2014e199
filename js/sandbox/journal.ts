// The journal: every event that changed the state, in order. A record is length, checksum, then a line of JSON with
// the bytes it stands for behind it.

import { closeSync, fstatSync, fsyncSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { CoreFile } from './core.js'
import type { Event } from './plane.js'

/** What the first record says. */
interface Header {
  format: 'flyte-sandbox'
  version: 1
  /** Of the core's names and signatures, decimal. */
  seed: string
}

const HEAD_BYTES = 8
/** No event is longer: uploads are limited to 1 GiB. */
const MAX_RECORD_BYTES = 2 ** 31 - 1

/** An open journal: first its events are read to the end, then more are added. */
export class Journal {
  /** Of the core's names and signatures. */
  readonly seed: bigint
  readonly #file: number
  readonly #reader: Reader
  #length = 0

  private constructor(file: number, reader: Reader, seed: bigint) {
    this.#file = file
    this.#reader = reader
    this.seed = seed
  }

  /** Opens the journal of a folder; a new one gets `seed`. */
  static open(folder: string, seed: bigint): Journal {
    const path = join(folder, 'journal')
    const file = openSync(path, 'a+', 0o600)
    try {
      const reader = new Reader(file, path)
      const header = readHeader(reader, path)
      if (!header && reader.size > 0) throw new Error(`${path} is not a journal of the sandbox; choose another folder`)
      const journal = new Journal(file, reader, header ? BigInt(header.seed) : seed)
      if (!header) journal.#begin()
      return journal
    } catch (error) {
      closeSync(file)
      throw error
    }
  }

  /** The events that are there. A record that was cut off at the end is removed. */
  *events(): Generator<Event> {
    for (let record = this.#reader.next(); record; record = this.#reader.next()) yield readEvent(record)
    this.#cut()
  }

  /** Adds an event; it is with the operating system when this returns. */
  append(event: Event): void {
    const { head, blobs } = split(event)
    this.#write(head, blobs)
  }

  close(): void {
    fsyncSync(this.#file)
    closeSync(this.#file)
  }

  #begin(): void {
    this.#cut()
    this.#write({ format: 'flyte-sandbox', version: 1, seed: String(this.seed) } satisfies Header, [])
    this.#reader.end = this.#length
  }

  #cut(): void {
    this.#length = this.#reader.end
    ftruncateSync(this.#file, this.#length)
  }

  #write(head: unknown, blobs: Uint8Array[]): void {
    const line = Buffer.from(`${JSON.stringify(head)}\n`)
    const payload = Buffer.concat([line, ...blobs])
    const record = Buffer.alloc(HEAD_BYTES + payload.length)
    record.writeUInt32LE(payload.length, 0)
    record.writeUInt32LE(checksum(payload), 4)
    payload.copy(record, HEAD_BYTES)
    try {
      for (let at = 0; at < record.length; ) at += writeSync(this.#file, record, at)
      this.#length += record.length
    } catch (error) {
      // Half a record must not stand before the next one.
      ftruncateSync(this.#file, this.#length)
      throw new Error(`the journal can't be written: ${error}`)
    }
  }
}

/** Reads records until the end, or until one that was cut off. */
class Reader {
  readonly #file: number
  readonly #path: string
  readonly size: number
  /** Where the last whole record ends. */
  end = 0

  constructor(file: number, path: string) {
    this.#file = file
    this.#path = path
    this.size = fstatSync(file).size
  }

  next(): Buffer | undefined {
    const head = this.#read(this.end, HEAD_BYTES)
    if (!head) return undefined
    const length = head.readUInt32LE(0)
    const payload = length > MAX_RECORD_BYTES ? undefined : this.#read(this.end + HEAD_BYTES, length)
    if (!payload) return undefined
    const end = this.end + HEAD_BYTES + length
    if (checksum(payload) !== head.readUInt32LE(4)) {
      if (end >= this.size) return undefined
      throw new Error(`${this.#path} is damaged at byte ${this.end}; move it away to start afresh`)
    }
    this.end = end
    return payload
  }

  #read(at: number, length: number): Buffer | undefined {
    if (at + length > this.size) return undefined
    const buffer = Buffer.alloc(length)
    for (let done = 0; done < length; ) {
      const count = readSync(this.#file, buffer, done, length - done, at + done)
      if (count === 0) return undefined
      done += count
    }
    return buffer
  }
}

function readHeader(reader: Reader, path: string): Header | undefined {
  const record = reader.next()
  if (!record) return undefined
  const header = JSON.parse(record.toString()) as Header
  if (header.format !== 'flyte-sandbox' || header.version !== 1) throw new Error(`${path} is not a journal of this version of the sandbox`)
  return header
}

/** An event with its bytes apart. */
interface Head {
  event: Record<string, unknown>
  lengths: number[]
}

function split(event: Event): { head: Head; blobs: Uint8Array[] } {
  switch (event.kind) {
    case 'call':
      return apart({ ...event, message: null }, [event.message])
    case 'put':
      return apart({ ...event, body: null }, [event.body])
    case 'finished': {
      const { files } = event.result
      const result = { ...event.result, files: files.map(({ path }) => path) }
      return apart(
        { ...event, result },
        files.map(({ bytes }) => bytes),
      )
    }
    default:
      return apart(event, [])
  }
}

const apart = (event: object, blobs: Uint8Array[]) => ({
  head: { event: event as Record<string, unknown>, lengths: blobs.map((blob) => blob.length) },
  blobs,
})

function readEvent(record: Buffer): Event {
  const line = record.indexOf(0x0a)
  const { event, lengths } = JSON.parse(record.toString('utf8', 0, line)) as Head
  let at = line + 1
  const blobs = lengths.map((length) => {
    at += length
    return record.subarray(at - length, at)
  })
  switch (event.kind) {
    case 'call':
      return { ...event, message: blobs[0] } as unknown as Event
    case 'put':
      return { ...event, body: blobs[0] } as unknown as Event
    case 'finished': {
      const result = event.result as { files: string[] }
      const files: CoreFile[] = result.files.map((path, index) => ({ path, bytes: blobs[index] ?? new Uint8Array() }))
      return { ...event, result: { ...result, files } } as unknown as Event
    }
    default:
      return event as unknown as Event
  }
}

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1
  return crc
})

/** CRC-32, as gzip's. */
export function checksum(bytes: Uint8Array): number {
  let crc = 0xffffffff
  for (const byte of bytes) crc = (crc >>> 8) ^ (TABLE[(crc ^ byte) & 0xff] ?? 0)
  return (crc ^ 0xffffffff) >>> 0
}
