// Loads the package, then draws the console.

import { init } from 'flyte-remote'
import wasm from 'flyte-remote/flyte_remote.wasm?url'
import { render } from 'preact'
import { App } from './app.js'
import './style/index.css'

const app = document.getElementById('app') as HTMLElement

function CantStart({ error }: { error: unknown }) {
  return (
    <main class="page">
      <h1>The console can’t start</h1>
      <p class="message">{error instanceof Error ? error.message : String(error)}</p>
      <p class="actions">
        <button type="button" onClick={() => location.reload()}>
          Reload
        </button>
      </p>
    </main>
  )
}

init(wasm).then(
  () => render(<App />, app),
  (error) => render(<CantStart error={error} />, app),
)
