// The launch form's model: which control an input gets by its declared type, and what its text means.

import type { admin, core } from 'flyte-remote'
import { durationInput, localInput, parseDuration } from './format.js'
import { integer, type Plain, plain, print, Span, typeText } from './literal.js'

export type Control = 'integer' | 'float' | 'string' | 'boolean' | 'datetime' | 'duration' | 'enum' | 'uri' | 'json'

/** An input of a launch plan. */
export interface Field {
  name: string
  /** The declared type; of `integer or none`, the integer. */
  type: core.LiteralType
  control: Control
  typeText: string
  description: string
  required: boolean
  /** `none` is a value of it: leaving it blank gives that. */
  nullable: boolean
  /** What an enum can be. */
  choices: string[]
  default: Plain | undefined
  /** Set by the launch plan; shown, never sent. */
  fixed: Plain | undefined
}

/** The inputs of a launch plan: required ones first, then those with defaults, then the fixed ones. */
export function fieldsOf(launchPlan: admin.LaunchPlan): Field[] {
  const open = Object.entries(launchPlan.closure?.expectedInputs?.parameters ?? launchPlan.spec?.defaultInputs?.parameters ?? {})
  const fixed = Object.entries(launchPlan.spec?.fixedInputs?.literals ?? {})
  const fields = [
    ...open.filter(([name]) => !fixed.some(([other]) => other === name)).map(([name, parameter]) => openField(name, parameter)),
    ...fixed.map(([name, literal]) => fixedField(name, literal)),
  ]
  const rank = (field: Field) => (field.fixed !== undefined ? 2 : field.required ? 0 : 1)
  return fields.sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name))
}

function openField(name: string, parameter: core.Parameter): Field {
  const declared = parameter.var?.type ?? {}
  const { type, nullable } = withoutNone(declared)
  return {
    name,
    type,
    control: controlOf(type),
    typeText: typeText(declared),
    description: parameter.var?.description ?? '',
    required: parameter.required === true,
    nullable,
    choices: type.enumType?.values ?? [],
    default: parameter.default ? plain(parameter.default) : undefined,
    fixed: undefined,
  }
}

function fixedField(name: string, literal: core.Literal): Field {
  const value = plain(literal)
  return {
    name,
    type: {},
    control: 'json',
    typeText: '',
    description: '',
    required: false,
    nullable: false,
    choices: [],
    default: undefined,
    fixed: value,
  }
}

/** `T or none` as T; other unions stay as they are. */
function withoutNone(type: core.LiteralType): { type: core.LiteralType; nullable: boolean } {
  const variants = type.unionType?.variants ?? []
  const others = variants.filter((variant) => variant.simple !== 'NONE')
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
}

function controlOf(type: core.LiteralType): Control {
  if (type.enumType) return 'enum'
  if (type.blob) return 'uri'
  return SIMPLE[String(type.simple)] ?? 'json'
}

/** What stands in the control before somebody types: the default, or a value given from elsewhere. */
export function textOf(field: Field, value: Plain | undefined = field.default): string {
  if (value === undefined || (value === null && (field.nullable || field.control !== 'json'))) return ''
  if (field.control === 'json') return print(value)
  if (value instanceof Date) return localInput(value)
  if (value instanceof Span) return durationInput(value.ms)
  return typeof value === 'object' ? print(value) : String(value)
}

/** What a control's text means: a value to send, nothing to send, or what is wrong with it. */
export type Reading = { value: unknown } | { omitted: true } | { problem: string; mayBeEmpty?: boolean }

/** Reads a control's text. `asEmpty`: the user has said that he means the empty text. */
export function read(field: Field, text: string, asEmpty = false): Reading {
  const blank = text.trim() === ''
  if (field.control === 'string' && (text !== '' || asEmpty || typeof field.default === 'string')) return { value: text }
  if (blank && field.nullable) return { value: null }
  if (blank && field.required) return { problem: `Required: ${expectation(field)}.`, mayBeEmpty: field.control === 'string' }
  if (blank) return { omitted: true }
  if (field.control === 'json') return readJson(field, text)
  const value = parsers[field.control](text.trim())
  return value === undefined ? { problem: `Not ${expectation(field)}.` } : { value }
}

const EXPECTED: Record<Control, string> = {
  integer: 'a whole number, such as 42',
  float: 'a number, such as 0.5, 1e-3 or Infinity',
  string: 'a text',
  boolean: 'true or false',
  datetime: 'a date and time',
  duration: 'a duration, such as 1h 30m, 90s or 250ms',
  enum: 'one of the choices',
  uri: 'an address, such as s3://bucket/key',
  json: 'JSON',
}

function expectation(field: Field): string {
  return field.control === 'json' ? `JSON for ${field.typeText}` : EXPECTED[field.control]
}

const parsers: Record<Exclude<Control, 'json'>, (text: string) => unknown> = {
  integer: (text) => (/^[+-]?\d+$/.test(text) ? integer(text.replace('+', '')) : undefined),
  float: (text) => (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) || /^([+-]?Infinity|NaN)$/.test(text) ? Number(text) : undefined),
  string: (text) => text,
  boolean: (text) => (text === 'true' ? true : text === 'false' ? false : undefined),
  datetime: instant,
  duration: parseDuration,
  enum: (text) => text,
  uri: (text) => text,
}

function instant(text: string): Date | undefined {
  const date = new Date(text)
  return Number.isNaN(date.getTime()) ? undefined : date
}

function readJson(field: Field, text: string): Reading {
  try {
    return { value: typed(JSON.parse(text, exactIntegers), field.type) }
  } catch (error) {
    return { problem: `Not JSON: ${(error as Error).message}` }
  }
}

/** Keeps the digits of integers that a number can't hold, in browsers that show the source text. */
function exactIntegers(_key: string, value: unknown, context?: { source?: string }): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value
  const source = context?.source ?? ''
  return /^-?\d+$/.test(source) ? BigInt(source) : value
}

/** Gives texts inside of lists and maps the type that JSON has no notation for. */
function typed(value: unknown, declared: core.LiteralType): unknown {
  const { type } = withoutNone(declared)
  const { collectionType, mapValueType } = type
  if (collectionType && Array.isArray(value)) return value.map((item) => typed(item, collectionType))
  if (mapValueType && value && typeof value === 'object' && !Array.isArray(value)) {
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, typed(item, mapValueType)]))
  }
  if (type.simple === 'FLOAT' && typeof value === 'bigint') return Number(value)
  if (type.simple === 'FLOAT' && (value === 'NaN' || value === 'Infinity' || value === '-Infinity')) return Number(value)
  if (type.simple === 'DATETIME' && typeof value === 'string') return instant(value) ?? value
  if (type.simple === 'DURATION' && typeof value === 'string') return parseDuration(value) ?? value
  return value
}

/** Which input a problem of the package is about: `inputs.rows[3].when` is about `rows`. */
export function inputAt(path: string, names: string[]): string | undefined {
  return names.find((name) => {
    const heads = [`inputs.${name}`, `inputs["${name}"]`]
    return heads.some((head) => path === head || (path.startsWith(head) && /^[.[]/.test(path.slice(head.length))))
  })
}
