// How numbers and times read.

/** `480 ms`, `7.2 s`, `42 s`, `3 m 05 s`, `2 h 07 m`, `3 d 04 h`. */
export function duration(ms: number): string {
  if (!Number.isFinite(ms) || ms < 0) return '–'
  if (ms < 999.5) return `${Math.round(ms)} ms`
  if (ms < 9_950) return `${(ms / 1000).toFixed(1)} s`
  const seconds = Math.round(ms / 1000)
  if (seconds < 60) return `${seconds} s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} m ${pad(seconds % 60)} s`
  const minutes = Math.round(seconds / 60)
  if (minutes < 24 * 60) return `${Math.floor(minutes / 60)} h ${pad(minutes % 60)} m`
  const hours = Math.round(minutes / 60)
  return `${Math.floor(hours / 24)} d ${pad(hours % 24)} h`
}

/** The same in whole seconds, for what ticks. */
export function ticking(ms: number): string {
  return duration(Math.max(0, Math.floor(ms / 1000) * 1000))
    .replace(/^(\d)\.0 s$/, '$1 s')
    .replace(/^0 ms$/, '0 s')
}

const pad = (number: number) => String(number).padStart(2, '0')

/** `14:03:09` today, else `2026-11-21 14:03`. */
export function when(date: Date, now = Date.now()): string {
  const time = `${pad(date.getHours())}:${pad(date.getMinutes())}`
  const day = isoDay(date)
  return day === isoDay(new Date(now)) ? `${time}:${pad(date.getSeconds())}` : `${day} ${time}`
}

const isoDay = (date: Date) => `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`

/** For a tooltip: local time in full, and UTC. */
export function fully(date: Date): string {
  return `${date.toLocaleString(undefined, { dateStyle: 'full', timeStyle: 'medium' })} (${date.toISOString()})`
}

/** What `<input type="datetime-local">` shows for an instant, in local time. */
export function localInput(date: Date): string {
  const shifted = new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString()
  return shifted.slice(0, date.getMilliseconds() ? 23 : 19)
}

const UNITS: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** A duration as people write it in a field, `1h 30m`, which `literal.parse` reads back. */
export function durationInput(ms: number): string {
  if (ms === 0) return '0s'
  let rest = Math.abs(ms)
  const parts: string[] = []
  for (const unit of ['d', 'h', 'm'] as const) {
    const size = UNITS[unit] ?? 1
    const count = Math.floor(rest / size)
    if (count) parts.push(`${count}${unit}`)
    rest -= count * size
  }
  if (rest) parts.push(`${rest / 1000}s`)
  return (ms < 0 ? '-' : '') + parts.join(' ')
}
