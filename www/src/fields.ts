// The launch form's model: which control an input gets by its declared type, and what is written there means. What a text
// stands for, and what is wrong with it, is said by the package.

import {
  type core,
  FlyteDirectory,
  FlyteFile,
  FlyteValueError,
  type InputDescription,
  literal,
  StructuredDataset,
  UnionVariant,
} from 'flyte-remote'
import { durationInput, localInput } from './format.js'

export type Control = 'integer' | 'float' | 'string' | 'boolean' | 'datetime' | 'duration' | 'enum' | 'uri' | 'bytes' | 'json'

/** How a type is given: in one control, a row for each element, or as one of several types. */
export type Shape =
  | { kind: 'one'; control: Control; type: core.LiteralType; nullable: boolean }
  | { kind: 'list'; element: Shape }
  | { kind: 'choice'; variants: { tag: string; label: string; shape: Shape }[]; nullable: boolean }

/** What stands in the controls of a shape: a text, the rows of a list, or the chosen variant with what stands there. */
export type Draft = string | Draft[] | Chosen

/** Number -1 is none. */
export interface Chosen {
  number: number
  draft: Draft
}

/** An input of a launch plan. */
export interface Field extends InputDescription {
  shape: Shape
  hasDefault: boolean
  isFixed: boolean
}

/** The inputs of a launch plan: required ones first, then those with defaults, then the fixed ones. */
export function fieldsOf(inputs: InputDescription[]): Field[] {
  const fields = inputs.map((input) => ({
    ...input,
    shape: shapeOf(input.literalType),
    hasDefault: 'default' in input,
    isFixed: 'fixed' in input,
  }))
  const rank = (field: Field) => (field.isFixed ? 2 : field.required ? 0 : 1)
  return fields.sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name))
}

/** Lists of what one control can hold have rows; what is deeper is written as JSON. */
function shapeOf(declared: core.LiteralType, isInner = false): Shape {
  const { type, nullable } = withoutNone(declared)
  const control = controlOf(type)
  if (control !== 'json') return { kind: 'one', control, type: declared, nullable }
  if (type.unionType && !isInner) {
    const others = (type.unionType.variants ?? []).filter((variant) => !isNone(variant))
    const variants = others.map((variant) => {
      const label = literal.typeToString(variant)
      return { tag: variant.structure?.tag || label, label, shape: shapeOf(variant, true) }
    })
    return { kind: 'choice', variants, nullable }
  }
  if (type.collectionType && !nullable) {
    const element = shapeOf(type.collectionType, true)
    if (element.kind === 'one' && element.control !== 'json') return { kind: 'list', element }
  }
  return { kind: 'one', control, type: declared, nullable }
}

const isNone = (type: core.LiteralType) => type.simple === 'NONE' || Object.keys(type).every((name) => name === 'structure')

/** `T or none` as T; other unions stay as they are. */
function withoutNone(type: core.LiteralType): { type: core.LiteralType; nullable: boolean } {
  const variants = type.unionType?.variants ?? []
  const others = variants.filter((variant) => !isNone(variant))
  const [only] = others
  if (only && others.length === 1) return { type: only, nullable: variants.length > 1 }
  return { type, nullable: variants.length > others.length }
}

const SIMPLE: Record<string, Control> = {
  INTEGER: 'integer',
  FLOAT: 'float',
  STRING: 'string',
  BOOLEAN: 'boolean',
  DATETIME: 'datetime',
  DURATION: 'duration',
  BINARY: 'bytes',
}

function controlOf(type: core.LiteralType): Control {
  if (type.enumType) return 'enum'
  if (type.blob || type.structuredDatasetType || type.schema) return 'uri'
  return SIMPLE[String(type.simple)] ?? 'json'
}

/** Milliseconds of a duration as it is written; undefined when it can't be read. */
export function durationOf(text: string): number | undefined {
  try {
    return literal.parse({ simple: 'DURATION' }, text) as number
  } catch {
    return undefined
  }
}

/** What an enum can be. */
export function choicesOf(type: core.LiteralType): string[] {
  return withoutNone(type).type.enumType?.values ?? []
}

/** What stands in the controls for a value; nothing for undefined. */
export function draftOf(shape: Shape, value: unknown): Draft {
  if (shape.kind === 'list') return Array.isArray(value) ? value.map((item) => draftOf(shape.element, item)) : []
  if (shape.kind === 'choice') return chosenFor(shape, value)
  if (value === undefined || (value === null && (shape.nullable || shape.control !== 'json'))) return ''
  const inner = value instanceof UnionVariant && shape.nullable ? value.value : value
  if (inner === null) return ''
  if (shape.control === 'datetime' && inner instanceof Date) return localInput(inner)
  return shape.control === 'json' ? jsonOf(shape.type, value) : scalarText(shape.control, inner)
}

function chosenFor(shape: Shape & { kind: 'choice' }, value: unknown): Chosen {
  if (value === null || (value === undefined && shape.nullable)) return { number: -1, draft: '' }
  const { tag, inner } = value instanceof UnionVariant ? { tag: value.tag, inner: value.value } : { tag: '', inner: value }
  const at = shape.variants.findIndex((variant) => (tag ? variant.tag === tag : takes(variant.shape, inner)))
  const number = Math.max(at, 0)
  return { number, draft: emptyOf(shape.variants[number]?.shape, at < 0 ? undefined : inner) }
}

/** An empty draft of a shape, or one with a value. */
export function emptyOf(shape: Shape | undefined, value?: unknown): Draft {
  return shape ? draftOf(shape, value) : ''
}

function takes(shape: Shape, value: unknown): boolean {
  if (shape.kind !== 'one') return Array.isArray(value)
  try {
    literal.toBytes(shape.type, value)
    return true
  } catch {
    return false
  }
}

function scalarText(control: Control, value: unknown): string {
  if (control === 'duration' && typeof value === 'number') return durationInput(value)
  if (control === 'bytes') return base64((value as { value: Uint8Array }).value)
  if (value instanceof FlyteFile || value instanceof FlyteDirectory || value instanceof StructuredDataset) return value.uri
  return String(value)
}

/** JSON text of a value that `literal.parse` reads back by the type. */
function jsonOf(declared: core.LiteralType, value: unknown, width = 48, indent = ''): string {
  const { type } = withoutNone(declared)
  if (value === null || value === undefined) return 'null'
  if (value instanceof UnionVariant) {
    const variants = type.unionType?.variants ?? [type]
    const chosen = variants.find((variant) => variant.structure?.tag === value.tag) ?? {}
    if (!type.unionType) return jsonOf(type, value.value, width, indent)
    return `{ "tag": ${JSON.stringify(value.tag)}, "value": ${jsonOf(chosen, value.value, width, indent)} }`
  }
  if (typeof value === 'number' && type.simple === 'DURATION') return JSON.stringify(durationInput(value))
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') return String(value)
  if (typeof value === 'string' || value instanceof Date) return JSON.stringify(value)
  if (value instanceof Uint8Array) return JSON.stringify(base64(value))
  if (value instanceof FlyteFile || value instanceof FlyteDirectory) return JSON.stringify(value.uri)
  if (value instanceof StructuredDataset) return JSON.stringify(value.uri)
  if (type.simple === 'BINARY') return base64((value as { value: Uint8Array }).value)
  const deeper = `${indent}  `
  const isList = Array.isArray(value)
  const entries: [string, unknown, core.LiteralType][] = isList
    ? value.map((item) => ['', item, type.collectionType ?? {}])
    : (value instanceof Map ? [...value] : Object.entries(value)).map(([name, item]) => [
        `${JSON.stringify(String(name))}: `,
        item,
        type.mapValueType ?? {},
      ])
  const texts = entries.map(([name, item, of]) => name + jsonOf(of, item, width, deeper))
  const [open, close] = isList ? '[]' : '{}'
  const space = isList || !texts.length ? '' : ' '
  const line = `${open}${space}${texts.join(', ')}${space}${close}`
  return line.length <= width && !line.includes('\n')
    ? line
    : `${open}\n${texts.map((text) => deeper + text).join(',\n')}\n${indent}${close}`
}

const base64 = (bytes: Uint8Array) => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))

/** What is wrong with a field, and with which of its rows. */
export interface Problem {
  /** Of the whole; empty when only rows are wrong. */
  message: string
  /** By the row's number. */
  rows?: Record<number, string> | undefined
  /** Nothing written could be meant: the empty text, or the empty list. */
  mayBeEmpty?: 'text' | 'list' | undefined
}

/** What a field's controls mean: a value to send, nothing to send, or what is wrong. */
export type Reading = { value: unknown } | { omitted: true } | { problem: Problem }

/** Reads a field's controls. `asEmpty`: the user has said that he means the empty text or list. */
export function read(field: Field, draft: Draft, asEmpty = false): Reading {
  const { shape } = field
  if (isBlank(shape, draft) && !asEmpty && !isSaid(field, draft)) {
    if (shape.kind === 'one' && shape.nullable) return { value: null }
    if (!field.required) return { omitted: true }
    const mayBeEmpty = shape.kind === 'list' ? 'list' : shape.kind === 'one' && shape.control === 'string' ? 'text' : undefined
    return { problem: { message: `Required: ${field.type}.`, mayBeEmpty } }
  }
  const found: { path: string; message: string }[] = []
  const value = readDraft(shape, draft, `inputs.${field.name}`, found)
  return found.length ? { problem: problemAt(field, found) } : { value }
}

function isBlank(shape: Shape, draft: Draft): boolean {
  if (Array.isArray(draft)) return !draft.length
  if (typeof draft === 'string') return draft.trim() === ''
  const variant = shape.kind === 'choice' ? shape.variants[draft.number]?.shape : undefined
  const isText = variant?.kind === 'one' && variant.control === 'string'
  return variant !== undefined && variant.kind === 'one' && !isText && isBlank(variant, draft.draft)
}

/** Spaces are a text, and who empties what had a default means that. */
function isSaid({ shape, hasDefault, required }: Field, draft: Draft): boolean {
  if (shape.kind === 'list') return hasDefault && !required
  return shape.kind === 'one' && shape.control === 'string' && !shape.nullable && (draft !== '' || hasDefault)
}

/** A row that was added and not filled in. */
function isMissing(element: Shape, row: Draft): boolean {
  return element.kind === 'one' && !element.nullable && element.control !== 'string' && isBlank(element, row)
}

function readDraft(shape: Shape, draft: Draft, path: string, found: { path: string; message: string }[]): unknown {
  if (shape.kind === 'list') {
    return (draft as Draft[]).map((row, index) => {
      const place = `${path}[${index}]`
      if (!isMissing(shape.element, row)) return readDraft(shape.element, row, place, found)
      found.push({ path: place, message: 'fill it in, or remove it' })
      return undefined
    })
  }
  if (shape.kind === 'choice') {
    const { number, draft: inner } = draft as Chosen
    const variant = shape.variants[number]
    return variant ? literal.variant(variant.tag, readDraft(variant.shape, inner, path, found)) : null
  }
  try {
    return literal.parse(shape.type, shape.control === 'datetime' ? inZone(draft as string) : (draft as string), path)
  } catch (error) {
    if (!(error instanceof FlyteValueError)) throw error
    found.push(...(error.problems ?? [{ path, message: error.message }]))
    return undefined
  }
}

/** A local time as the point in time that it is. */
function inZone(text: string): string {
  const date = new Date(text)
  return text.trim() === '' || Number.isNaN(date.getTime()) ? text : date.toISOString()
}

/** What was found in one field: about a row, or about the whole. */
export function problemAt({ name, shape }: Field, found: { path: string; message: string }[]): Problem {
  const rows: Record<number, string> = {}
  const whole: string[] = []
  for (const { path, message } of found) {
    const inner = path.slice(`inputs.${name}`.length + (path.startsWith('inputs["') ? 3 : 0))
    const [, row, below = ''] = (shape.kind === 'list' && /^\[(\d+)\](.*)$/.exec(inner)) || []
    if (row === undefined) whole.push(inner ? `${inner.replace(/^\./, '')}: ${message}` : message)
    else rows[Number(row)] = below ? `${below.replace(/^\./, '')}: ${message}` : message
  }
  for (const row of Object.keys(rows)) rows[Number(row)] = sentence(rows[Number(row)] ?? '')
  return { message: whole.map(sentence).join(' '), rows }
}

/** What is said as a sentence. */
export const sentence = (text: string) => (text ? `${text.charAt(0).toUpperCase()}${text.slice(1).replace(/\.$/, '')}.` : '')

/** Which input a problem of the package is about: `inputs.rows[3].when` is about `rows`. */
export function inputAt(path: string, names: string[]): string | undefined {
  return names.find((name) => {
    const heads = [`inputs.${name}`, `inputs["${name}"]`]
    return heads.some((head) => path === head || (path.startsWith(head) && /^[.[]/.test(path.slice(head.length))))
  })
}

/** An example of what a JSON field takes, from its schema: every required field of a struct. */
export function exampleOf(schema: InputDescription['schema'], root = schema, depth = 0): string {
  if (schema.$ref) {
    const definition = root.$defs?.[schema.$ref.slice('#/$defs/'.length)]
    return definition && depth < 2 ? exampleOf(definition, root, depth + 1) : '…'
  }
  if (schema.enum) return JSON.stringify(schema.enum[0])
  if (schema.anyOf) return exampleOf(schema.anyOf.find(({ type }) => type !== 'null') ?? {}, root, depth)
  if (schema.type === 'array') return `[${exampleOf(schema.items ?? {}, root, depth)}]`
  if (schema.type === 'object') {
    const rest = typeof schema.additionalProperties === 'object' ? { name: schema.additionalProperties } : {}
    const members = Object.entries(schema.properties ?? rest)
    const wanted = members.filter(([name, member]) => !schema.properties || schema.required?.includes(name) || !('default' in member))
    const texts = wanted.map(([name, member]) => `${JSON.stringify(name)}: ${exampleOf(member, root, depth)}`)
    return texts.length ? `{ ${texts.join(', ')} }` : '{}'
  }
  return EXAMPLES.get(schema.format ?? schema.contentEncoding ?? '') ?? EXAMPLES.get(schema.type ?? '') ?? '…'
}

const EXAMPLES = new Map(
  Object.entries({
    'date-time': '"2026-01-31T12:00:00Z"',
    date: '"2026-01-31"',
    duration: '"1h 30m"',
    uri: '"s3://bucket/key"',
    base64: '"aGV5"',
    integer: '1',
    number: '0.5',
    boolean: 'true',
    string: '"text"',
  }),
)
