// What a caller gave, checked: mistakes name the argument, what was expected and what came.

import { FlyteValueError } from './errors.js'

const shown = (value: unknown): string => {
  if (typeof value === 'string') return JSON.stringify(value)
  return value && /^[of]/.test(typeof value) ? (Array.isArray(value) ? 'a list' : `some ${typeof value}`) : String(value)
}

/** Refuses the argument or field at `path`. */
export function fail(path: string, message: string): never {
  throw new FlyteValueError(`${path}: ${message}`, { path })
}

/** Refuses a value that is something else than expected. */
export function wrong(path: string, expected: string, value: unknown): never {
  fail(path, `expected ${expected}, got ${shown(value)}`)
}

/** Whether a text has half a character, which UTF-8 can't carry. */
export const isBroken = (text: string): boolean => !(text as string & { isWellFormed(): boolean }).isWellFormed()

/** A text with something in it, as a URL can have it. */
export function text(path: string, value: unknown): string {
  return typeof value === 'string' && value && !isBroken(value) ? value : wrong(path, 'a text', value)
}

/** Refuses an object with other fields than these; undefined and null count as left out. */
export function only(path: string, object: object, names: readonly string[]): void {
  for (const [name, value] of Object.entries(object)) {
    if (value != null && !names.includes(name)) fail(`${path}.${name}`, `there is no such option; expected one of ${names.join(', ')}`)
  }
}

/** A number that is not negative, and whole unless `any`; undefined for none. */
export function count(path: string, value: unknown, any?: boolean): number | undefined {
  if (value == null) return undefined
  if (!Number.isFinite(value) || (value as number) < 0 || (!any && (value as number) % 1)) {
    wrong(path, `a ${any ? '' : 'whole '}number, 0 or more`, value)
  }
  return value as number
}

/** Refuses all but these texts; undefined and null count as left out. */
export function oneOf(path: string, value: unknown, ...texts: string[]): void {
  if (value != null && !texts.includes(value as string)) wrong(path, `'${texts.join("' or '")}'`, value)
}
