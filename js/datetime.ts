// Dates that remember the part of a millisecond that a Date can't hold.

import type { ExactTime } from './handles.js'

const exactTimes = new WeakMap<Date, ExactTime & { readonly ms: number }>()

/** A Date that remembers what a Date can't hold. */
export function toDate(seconds: number, nanos: number): Date {
  const ms = seconds * 1000 + Math.floor(nanos / 1e6)
  const date = new Date(ms)
  if (nanos % 1e6 !== 0) exactTimes.set(date, { seconds, nanos, ms })
  return date
}

/** The point in time of a Date, exact where it came from `toDate` and was not changed since. */
export function timestampOf(date: Date): ExactTime {
  const ms = date.getTime()
  const exact = exactTimes.get(date)
  if (exact?.ms === ms) return { seconds: exact.seconds, nanos: exact.nanos }
  const seconds = Math.floor(ms / 1000)
  return { seconds, nanos: Math.round((ms - seconds * 1000) * 1e6) }
}
