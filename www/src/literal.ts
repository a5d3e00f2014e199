// Flyte's literals and types (ProtoJSON) as people read and write them.

import type { core } from 'flyte-remote'
import { durationInput } from './format.js'

/** A literal without its wrapping: datetimes as Date, durations as {@link Span}, integers exact. */
export type Plain = null | boolean | number | bigint | string | Date | Span | Plain[] | { [name: string]: Plain }

/** A duration in milliseconds. */
export class Span {
  constructor(readonly ms: number) {}
}

export function plain(literal: core.Literal): Plain {
  if (literal.collection) return (literal.collection.literals ?? []).map(plain)
  if (literal.map) return plainMap(literal.map)
  if (literal.offloadedMetadata) return { ...(literal.offloadedMetadata as { [name: string]: Plain }) }
  const scalar = literal.scalar ?? {}
  if (scalar.primitive) return primitive(scalar.primitive)
  if (scalar.union?.value) return plain(scalar.union.value)
  if (scalar.noneType) return null
  if (scalar.generic) return scalar.generic as Plain
  if (scalar.blob) return scalar.blob.uri ?? ''
  if (scalar.structuredDataset) return scalar.structuredDataset.uri ?? ''
  return scalar as { [name: string]: Plain }
}

/** Named literals without their wrapping. */
export function plainMap(map: core.LiteralMap | undefined): { [name: string]: Plain } {
  return Object.fromEntries(Object.entries(map?.literals ?? {}).map(([name, literal]) => [name, plain(literal)]))
}

function primitive(value: core.Primitive): Plain {
  if (value.integer !== undefined) return integer(String(value.integer))
  if (value.floatValue !== undefined) return Number(value.floatValue)
  if (value.datetime !== undefined) return new Date(value.datetime)
  if (value.duration !== undefined) return new Span(Number.parseFloat(value.duration) * 1000)
  return value.stringValue ?? value.boolean ?? null
}

/** The number, or a bigint where a number can't hold it. */
function integer(digits: string): number | bigint {
  const number = Number(digits)
  return Number.isSafeInteger(number) ? number : BigInt(digits)
}

/** JSON text of a plain value: short lists and objects on one line, all digits of integers kept. */
export function print(value: Plain | undefined, width = 48, indent = ''): string {
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') return String(value)
  if (value === null || value === undefined) return 'null'
  if (value instanceof Date) return JSON.stringify(value)
  if (value instanceof Span) return JSON.stringify(durationInput(value.ms))
  if (typeof value === 'string') return JSON.stringify(value)
  const line = oneLine(value)
  if (line.length <= width) return line
  const deeper = `${indent}  `
  const [open, close] = Array.isArray(value) ? '[]' : '{}'
  const entries = Array.isArray(value)
    ? value.map((item) => print(item, width, deeper))
    : Object.entries(value).map(([name, item]) => `${JSON.stringify(name)}: ${print(item, width, deeper)}`)
  return `${open}\n${entries.map((entry) => deeper + entry).join(',\n')}\n${indent}${close}`
}

function oneLine(value: Plain[] | { [name: string]: Plain }): string {
  const inner = (item: Plain) => print(item, Number.POSITIVE_INFINITY)
  if (Array.isArray(value)) return `[${value.map(inner).join(', ')}]`
  const entries = Object.entries(value).map(([name, item]) => `${JSON.stringify(name)}: ${inner(item)}`)
  return entries.length ? `{ ${entries.join(', ')} }` : '{}'
}
