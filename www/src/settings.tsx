// The connection dialog: which server, with which authorization.

import { useState } from 'preact/hooks'
import { refusal, useConnection } from './connection.js'
import { Dialog } from './dialog.js'

const OPEN = 'flyte-console:settings'

/** Opens the dialog from anywhere on the page. */
export function openSettings(): void {
  dispatchEvent(new Event(OPEN))
}

/** Calls back when the dialog is asked for; returns how to stop that. */
export function onOpenSettings(open: () => void): () => void {
  addEventListener(OPEN, open)
  return () => removeEventListener(OPEN, open)
}

export function SettingsDialog({ onClose }: { onClose: () => void }) {
  const { settings, change } = useConnection()
  const [endpoint, setEndpoint] = useState(settings.endpoint)
  const [authorization, setAuthorization] = useState(settings.authorization)
  const [problem, setProblem] = useState('')
  const save = (event: Event) => {
    event.preventDefault()
    const next = { endpoint: endpoint.trim().replace(/\/+$/, ''), authorization: authorization.trim() }
    const refused = refusal(next)
    if (refused) return setProblem(refused instanceof Error ? refused.message : String(refused))
    change(next)
    onClose()
  }
  return (
    <Dialog title="Connection" onClose={onClose}>
      <form onSubmit={save} noValidate>
        <div class="field">
          <label for="settings-endpoint">Endpoint</label>
          <input
            id="settings-endpoint"
            data-autofocus
            type="url"
            autocomplete="url"
            spellcheck={false}
            placeholder={location.origin}
            value={endpoint}
            aria-invalid={problem ? true : undefined}
            aria-describedby="settings-endpoint-note"
            onInput={(event) => setEndpoint(event.currentTarget.value)}
          />
          <p id="settings-endpoint-note" class={problem ? 'problem' : 'hint'}>
            {problem || 'A gRPC-Web endpoint of FlyteAdmin. Empty: the server this page came from. Remembered by this browser.'}
          </p>
        </div>
        <div class="field">
          <label for="settings-authorization">Authorization header</label>
          <input
            id="settings-authorization"
            type="password"
            autocomplete="off"
            spellcheck={false}
            placeholder="Bearer …"
            value={authorization}
            aria-describedby="settings-authorization-note"
            onInput={(event) => setAuthorization(event.currentTarget.value)}
          />
          <p id="settings-authorization-note" class="hint">
            Sent with each call; forgotten when the tab closes.
          </p>
        </div>
        <p class="actions end">
          <button type="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" class="primary">
            Save
          </button>
        </p>
      </form>
    </Dialog>
  )
}
