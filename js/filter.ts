// Admin's filter language: `eq(phase,FAILED)+gte(duration,60)`. There is no escaping in it, so what it can't carry is refused.

import { FlyteValueError } from './errors.js'

/** A value to compare with. A date is written to the millisecond; a number for `duration` is in seconds. */
export type FilterValue = string | number | bigint | boolean | Date

/** One comparison. Several in a text are joined with `+` and must all hold. */
export interface FilterTerm {
  op: 'eq' | 'ne' | 'gt' | 'gte' | 'lt' | 'lte' | 'contains' | 'not_like' | 'value_in' | 'value_not_in'
  /** Column, e.g. `phase`, or `launch_plan.name` for one of something else. */
  key: string
  /** A list for `value_in` and `value_not_in`. */
  value: string | string[]
}

const OPS = /^(eq|ne|gte?|lte?|contains|not_like|value_(?:not_)?in)\((.*)\)$/

function fail(path: string, message: string): never {
  throw new FlyteValueError(`${path}: ${message}`, { path })
}

/** A part of a term, if the language can carry it. */
function part(path: string, value: unknown, refused: RegExp): string {
  if (value instanceof Date ? Number.isNaN(+value) : !/string|number|bigint|boolean/.test(typeof value) || Number.isNaN(value)) {
    fail(path, `expected a string, a number or a date, got ${value}`)
  }
  const text = value instanceof Date ? value.toISOString() : String(value)
  const bad = refused.exec(text)
  if (bad || !text)
    fail(path, text ? `a filter can't carry "${bad?.[0]}", which is in "${text}"` : 'a filter needs a text that is not empty')
  return text
}

function term(op: string, key: string, values: unknown[]): string {
  if (!values.length) fail('value', 'expected at least one value')
  const text = values.map((value) => part('value', value, /[,;+\r\n]/)).join(';')
  // Admin drops one white space after the comma.
  return `${op}(${part('key', key, /[(),;+\r\n]/)},${/^\s/.test(text) ? ' ' : ''}${text})`
}

const compare = (op: FilterTerm['op']) => (key: string, value: FilterValue) => term(op, key, [value])
const among = (op: FilterTerm['op']) => (key: string, values: readonly FilterValue[]) => {
  if (!Array.isArray(values)) fail('values', `expected a list, got ${values}`)
  return term(op, key, values)
}

/** Writes and reads filters: texts for the `filters` of a list. Throws FlyteValueError for what they can't carry. */
export const filter = {
  eq: compare('eq'),
  ne: compare('ne'),
  gt: compare('gt'),
  gte: compare('gte'),
  lt: compare('lt'),
  lte: compare('lte'),
  contains: compare('contains'),
  notLike: compare('not_like'),
  in: among('value_in'),
  notIn: among('value_not_in'),
  label: (key: string, value: FilterValue) => filter.all(filter.eq('execution_tag.key', key), filter.eq('execution_tag.value', value)),
  duration: (op: 'eq' | 'ne' | 'gt' | 'gte' | 'lt' | 'lte', ms: number) => term(op, 'duration', [ms / 1000]),
  all: (...filters: readonly (string | undefined)[]) => filters.filter(Boolean).join('+'),
  parse: (text: string): FilterTerm[] =>
    text.split('+').map((term) => {
      const [, op, inside = ''] = OPS.exec(term) ?? fail('filters', `"${term}" is not of the form eq(key,value)`)
      const [key, value, more] = inside.split(',').map((part) => part.trim())
      if (!key || !value || more !== undefined) fail('filters', `"${term}" needs a key, one comma and a value`)
      return { op, key, value: /^value/.test(op as string) ? value.split(';') : value } as FilterTerm
    }),
}
