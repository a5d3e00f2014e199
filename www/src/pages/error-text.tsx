// Why something failed, in full.

import type { ExecutionError } from 'flyte-remote'

export function ErrorText({ error }: { error: ExecutionError }) {
  return (
    <>
      <p class="error-code">
        {error.code || 'No code'}
        {error.kind && error.kind !== 'UNKNOWN' && <span class="quiet"> {error.kind.toLowerCase()} error</span>}
      </p>
      {error.message && <pre>{error.message.trimEnd()}</pre>}
      {error.errorUri && <p class="quiet message">{error.errorUri}</p>}
    </>
  )
}
