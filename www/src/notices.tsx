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
      <Message error={error}>{advice && <p class="quiet">{advice}</p>}</Message>
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

/** What an error says; where it guesses at the reason, that on demand. */
export function Message({ error, children }: { error: unknown; children?: ComponentChildren }) {
  const { settings } = useConnection()
  const { said, guessed } = partsOf(error)
  return (
    <>
      <p class="message">{said}</p>
      {children}
      {guessed && (
        // A page of the server itself needs no leave to call it: most of the guesses are about other servers.
        <details class="quiet" open={settings.endpoint !== ''}>
          <summary>What it may be</summary>
          <p class="message">{guessed}</p>
        </details>
      )}
    </>
  )
}

/** A refresh that failed while older data is on the page: floats, so that nothing moves. */
export function Stale({ error, retry }: { error: unknown; retry: () => void }) {
  const { host } = useConnection()
  if (error === undefined) return null
  return (
    <div class="toast" role="alert">
      <div class="message">
        <strong>Not up to date.</strong> {error instanceof UnavailableError ? `${host} can’t be reached.` : messageOf(error)}
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

/** The message of an unreachable server as its first sentence, and what follows. */
function partsOf(error: unknown): { said: string; guessed: string } {
  const message = messageOf(error)
  const [, said, guessed] = (error instanceof UnavailableError && /^(.+?)\. (.+)$/s.exec(message)) || []
  return said && guessed ? { said: `${said}.`, guessed } : { said: message, guessed: '' }
}

function adviceFor(error: unknown): string | undefined {
  if (!(error instanceof FlyteError)) return undefined
  if (error instanceof AuthenticationError) return 'Set an authorization header under Connection, such as “Bearer …”.'
  if (error instanceof NotImplementedError) return 'This server does not offer it.'
  if (error instanceof TimeoutError) return 'The server did not answer in time; trying again may help.'
  return error.retryable ? 'Trying again may help.' : undefined
}
