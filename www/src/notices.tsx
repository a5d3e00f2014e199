// What stands where data would be: while it loads, when there is none, and when it can't be had.

import { AuthenticationError, FlyteError, NotImplementedError, TimeoutError, UnavailableError } from 'flyte-remote'
import type { ComponentChildren } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { useConnection } from './connection.js'
import { openSettings } from './settings.js'

/** Appears only when loading takes long enough to be noticed. */
export function Loading({ what }: { what: string }) {
  const [late, setLate] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), 250)
    return () => clearTimeout(timer)
  }, [])
  return (
    <p class="notice quiet" aria-busy="true">
      {late ? `Loading ${what}…` : '\u00a0'}
    </p>
  )
}

export function Empty({ title, children }: { title: string; children?: ComponentChildren }) {
  return (
    <div class="notice">
      <p class="notice-title">{title}</p>
      {children && <div class="quiet">{children}</div>}
    </div>
  )
}

/** A failure in full: what happened, what to do. */
export function Failure({ error, what, retry }: { error: unknown; what: string; retry?: () => void }) {
  const { host } = useConnection()
  const advice = adviceFor(error)
  return (
    <div class="notice failure" role="alert">
      <p class="notice-title">{error instanceof UnavailableError ? `${host} can’t be reached` : `${what} can’t be shown`}</p>
      <p class="message">{messageOf(error)}</p>
      {advice && <p class="quiet">{advice}</p>}
      <p class="actions">
        {retry && (
          <button type="button" onClick={retry}>
            Try again
          </button>
        )}
        <button type="button" onClick={openSettings}>
          Connection…
        </button>
      </p>
    </div>
  )
}

/** A refresh that failed while older data is on the page: floats, so that nothing moves. */
export function Stale({ error, retry }: { error: unknown; retry: () => void }) {
  if (error === undefined) return null
  return (
    <div class="toast" role="alert">
      <div>
        <strong>Not up to date.</strong> <span class="message">{messageOf(error)}</span>
      </div>
      <button type="button" onClick={retry}>
        Try again
      </button>
    </div>
  )
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function adviceFor(error: unknown): string | undefined {
  if (!(error instanceof FlyteError)) return undefined
  if (error instanceof AuthenticationError) return 'Set an authorization header under Connection, such as “Bearer …”.'
  if (error instanceof NotImplementedError) return 'This server does not offer it.'
  if (error instanceof TimeoutError) return 'The server did not answer in time; trying again may help.'
  return error.retryable ? 'Trying again may help.' : undefined
}
