// Admin's filter language: `eq(phase,FAILED)+gte(duration,60)`. There is no escaping in it, so what it can't carry is refused.

import { fail, wrong } from './check.js'

/** A value to compare with. A date is written to the millisecond; a number for `duration` is in seconds. */
export type FilterValue = string | number | bigint | boolean | Date

/** Any phase: of executions, nodes and attempts. */
export type PhaseName =
  | 'UNDEFINED'
  | 'QUEUED'
  | 'RUNNING'
  | 'SUCCEEDING'
  | 'SUCCEEDED'
  | 'FAILING'
  | 'FAILED'
  | 'ABORTING'
  | 'ABORTED'
  | 'TIMED_OUT'
  | 'SKIPPED'
  | 'DYNAMIC_RUNNING'
  | 'RECOVERED'
  | 'INITIALIZING'
  | 'WAITING_FOR_RESOURCES'
  | 'RETRYABLE_FAILED'

/** Values of well-known columns; others take any value. */
export interface FilterColumns {
  phase: PhaseName
  /** Of executions, names and projects: 0 active, 1 archived; of launch plans: 0 inactive, 1 active. */
  state: number
  /** Seconds, or a text such as `1h30m`. */
  duration: number | string
  created_at: Date | string
  updated_at: Date | string
  started_at: Date | string
  execution_created_at: Date | string
  execution_updated_at: Date | string
  execution_project: string
  execution_domain: string
  execution_name: string
  project: string
  domain: string
  name: string
  version: string
  user: string
  cluster: string
  error_code: string
  identifier: string
  signal_id: string
  /** How it was started, as a number: 0 by hand, 1 by schedule, 3 relaunched, 5 recovered. */
  mode: number
}

type ValueOf<K> = K extends keyof FilterColumns ? FilterColumns[K] : FilterValue
/** A column's name; one of something else that is joined begins with its name, `launch_plan.name`. */
type Column = keyof FilterColumns | (string & {})
type Compare = <K extends Column>(key: K, value: ValueOf<K>) => string
type Among = <K extends Column>(key: K, values: readonly ValueOf<K>[]) => string

/** Writes and reads filters: texts for the `filters` of a list. All throw FlyteValueError for what a filter can't carry. */
export interface Filters {
  /** The same. */
  eq: Compare
  /** Another. */
  ne: Compare
  /** Greater, later. */
  gt: Compare
  /** Greater or the same. */
  gte: Compare
  /** Less, earlier. */
  lt: Compare
  /** Less or the same. */
  lte: Compare
  /** Has it in its text; `%` stands for any text and `_` for any character. */
  contains: Compare
  /** Its text is not of this pattern of `%` and `_`. */
  notLike: Compare
  /** One of these. */
  in: Among
  /** None of these. */
  notIn: Among
  /** Executions with this label. */
  label(key: string, value: FilterValue): string
  /** Executions that ran so long, in milliseconds. */
  duration(op: 'eq' | 'ne' | 'gt' | 'gte' | 'lt' | 'lte', ms: number): string
  /** All of these hold; undefined ones are left out. There is no `or`. */
  all(...filters: readonly (string | undefined)[]): string
  /** The comparisons of a text. */
  parse(text: string): FilterTerm[]
}

/** One comparison. Several in a text are joined with `+` and must all hold. */
export interface FilterTerm {
  op: 'eq' | 'ne' | 'gt' | 'gte' | 'lt' | 'lte' | 'contains' | 'not_like' | 'value_in' | 'value_not_in'
  /** Column, e.g. `phase`, or `launch_plan.name` for one of something else. */
  key: string
  /** A list for `value_in` and `value_not_in`. */
  value: string | string[]
}

const OPS = /^(eq|ne|gte?|lte?|contains|not_like|value_(?:not_)?in)\((.*)\)$/

/** A part of a term, if the language can carry it. */
function part(path: string, value: unknown, refused: RegExp): string {
  if (
    value instanceof Date
      ? Number.isNaN(+value)
      : !/string|number|bigint|boolean/.test(typeof value) || (typeof value === 'number' && !Number.isFinite(value))
  ) {
    wrong(path, 'a string, a number or a date', value)
  }
  const text = value instanceof Date ? value.toISOString() : String(value)
  const bad = refused.exec(text)
  if (bad || !text)
    fail(path, text ? `a filter can't carry "${bad?.[0]}", which is in "${text}"` : 'a filter needs a text that is not empty')
  return text
}

/** @internal One comparison; `path` is where its values are in errors. */
export function term(op: string, key: string, values: unknown[], path = 'value'): string {
  if (!values.length) fail(path, 'expected at least one value')
  const text = values.map((value) => part(path, value, /[,;+\r\n]/)).join(';')
  // Admin drops one white space after the comma.
  return `${op}(${part('key', key, /[(),;+\r\n]/)},${/^\s/.test(text) ? ' ' : ''}${text})`
}

const compare =
  (op: FilterTerm['op']): Compare =>
  (key, value) =>
    term(op, key, [value])
const among =
  (op: FilterTerm['op']): Among =>
  (key, values) =>
    term(op, key, Array.isArray(values) ? values : wrong('values', 'a list', values))

/** Writes and reads filters: `filter.eq('phase', 'FAILED')`. */
export const filter: Filters = {
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
  label: (key: string, value: FilterValue) =>
    filter.all(term('eq', 'execution_tag.key', [key], 'key'), filter.eq('execution_tag.value', value)),
  duration: (op: 'eq' | 'ne' | 'gt' | 'gte' | 'lt' | 'lte', ms: number) =>
    term(typeof op === 'string' && /^(eq|ne|[gl]te?)$/.test(op) ? op : wrong('op', 'eq, ne, gt, gte, lt or lte', op), 'duration', [
      Number.isFinite(ms) ? ms / 1000 : wrong('ms', 'a number', ms),
    ]),
  all: (...filters: readonly (string | undefined)[]) =>
    filters.filter((text) => (text == null || typeof text === 'string' ? text : wrong('filters', 'a text', text))).join('+'),
  parse: (text: string): FilterTerm[] =>
    (typeof text === 'string' ? text.split('+') : wrong('filters', 'a text', text)).map((term) => {
      const [, op, inside = ''] = OPS.exec(term) ?? fail('filters', `"${term}" is not of the form eq(key,value)`)
      const [key = '', spaced = '', more] = inside.split(',')
      // `term` writes none or two white spaces and more before a value; a single one was written by hand.
      const value = /^\s\S/.test(spaced) ? spaced.trim() : spaced.replace(/^\s/, '')
      if (!key.trim() || !value || more !== undefined) fail('filters', `"${term}" needs a key, one comma and a value`)
      return { op, key: key.trim(), value: /^value/.test(op as string) ? value.split(';') : value } as FilterTerm
    }),
}
