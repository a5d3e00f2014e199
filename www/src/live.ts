// Data that stays fresh while somebody looks at it.

import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'

export interface Live<T> {
  /** The newest data; kept when a later refresh fails. */
  data: T | undefined
  /** Why the last refresh failed; undefined after one that did not. */
  error: unknown
  /** A refresh is under way. */
  loading: boolean
  refresh(): void
}

/**
 * Loads now, whenever `key` changes, and every `pace(data)` milliseconds (never again when that is undefined).
 * Pauses while the page is hidden. Data of another key is dropped at once.
 */
export function useLive<T>(
  key: string,
  load: (signal: AbortSignal) => Promise<T>,
  pace: (data: T) => number | undefined = () => undefined,
): Live<T> {
  const [state, setState] = useState<{ key: string; data?: T; error?: unknown; loading: boolean }>({ key, loading: true })
  const current = useRef({ load, pace, again: () => {} })
  current.current.load = load
  current.current.pace = pace

  useEffect(() => {
    const abort = new AbortController()
    let timer: ReturnType<typeof setTimeout> | undefined
    let failures = 0
    let latest = 0
    const schedule = (ms: number | undefined) => {
      clearTimeout(timer)
      if (ms !== undefined) timer = setTimeout(() => (document.hidden ? undefined : run()), ms)
    }
    const run = async () => {
      clearTimeout(timer)
      const mine = ++latest
      setState((before) => (before.key === key ? { ...before, loading: true } : { key, loading: true }))
      try {
        const data = await current.current.load(abort.signal)
        if (abort.signal.aborted || mine !== latest) return
        failures = 0
        setState({ key, data, loading: false })
        schedule(current.current.pace(data))
      } catch (error) {
        if (abort.signal.aborted || mine !== latest) return
        failures += 1
        setState((before) => ({ key, data: before.key === key ? before.data : undefined, error, loading: false }))
        schedule(Math.min(2_000 * 2 ** failures, 30_000))
      }
    }
    const shown = () => {
      if (!document.hidden) run()
    }
    current.current.again = run
    document.addEventListener('visibilitychange', shown)
    run()
    return () => {
      abort.abort()
      clearTimeout(timer)
      document.removeEventListener('visibilitychange', shown)
    }
  }, [key])

  const refresh = useCallback(() => current.current.again(), [])
  const mine = state.key === key
  return { data: mine ? state.data : undefined, error: mine ? state.error : undefined, loading: mine ? state.loading : true, refresh }
}

/** The time, ticking while `running`. */
export function useNow(running: boolean, everyMs = 500): number {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    setNow(Date.now())
    if (!running) return
    const timer = setInterval(() => setNow(Date.now()), everyMs)
    return () => clearInterval(timer)
  }, [running, everyMs])
  return now
}

/** The value, once it has not changed for a moment. */
export function useSettled<T>(value: T, ms = 300): T {
  const [settled, setSettled] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), ms)
    return () => clearTimeout(timer)
  }, [value, ms])
  return settled
}

/** Says the page's name in the title. */
export function useTitle(title: string): void {
  useLayoutEffect(() => {
    document.title = `${title} · Flyte console`
  }, [title])
}
