// Asks for the cause, then terminates.

import { useState } from 'preact/hooks'
import { Dialog } from '../dialog.js'
import { Message } from '../notices.js'

interface Properties {
  name: string
  onClose: () => void
  terminate: (cause: string) => Promise<void>
}

export function TerminateDialog({ name, onClose, terminate }: Properties) {
  const [cause, setCause] = useState('')
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>()
  const submit = async (event: Event) => {
    event.preventDefault()
    if (busy) return
    setBusy(true)
    setError(undefined)
    try {
      await terminate(cause.trim())
    } catch (refused) {
      setError(refused)
      setBusy(false)
    }
  }
  return (
    <Dialog title={`Terminate ${name}?`} onClose={onClose}>
      <form onSubmit={submit}>
        <div class="field">
          <label for="cause">Cause</label>
          <input
            id="cause"
            data-autofocus
            autocomplete="off"
            aria-describedby="cause-note"
            value={cause}
            onInput={(event) => setCause(event.currentTarget.value)}
          />
          <p id="cause-note" class="hint">
            Kept with the execution. Its running tasks are ended.
          </p>
        </div>
        {error !== undefined && (
          <div class="problem" role="alert">
            <Message error={error} />
          </div>
        )}
        <p class="actions end">
          <button type="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" class="danger" aria-disabled={busy}>
            Terminate
          </button>
        </p>
      </form>
    </Dialog>
  )
}
