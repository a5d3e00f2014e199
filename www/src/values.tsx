// Named values as people read them.

import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import { durationInput, fully } from './format.js'
import { type Plain, print, Span } from './literal.js'

const LONG = 1200

export function Values({ values, empty }: { values: { [name: string]: Plain }; empty: string }) {
  const entries = Object.entries(values)
  if (!entries.length) return <p class="quiet">{empty}</p>
  return (
    <dl class="values">
      {entries.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            <Value value={value} />
          </dd>
        </div>
      ))}
    </dl>
  )
}

export function Value({ value }: { value: Plain }) {
  if (value === null) return <span class="quiet">none</span>
  if (value === '') return <span class="quiet">empty text</span>
  if (typeof value === 'string') return <Long text={value} kind="text" />
  if (value instanceof Date) {
    const valid = !Number.isNaN(value.getTime())
    return valid ? (
      <time dateTime={value.toISOString()} title={fully(value)}>{`${value
        .toISOString()
        .replace('T', ' ')
        .replace(/(\.000)?Z$/, '')} UTC`}</time>
    ) : (
      <>invalid date</>
    )
  }
  if (value instanceof Span) return <>{durationInput(value.ms)}</>
  if (typeof value === 'object') return <Long text={print(value, 30)} kind="json" />
  return <span class="number">{String(value)}</span>
}

/** A text of any length; the tail of a long one only on demand. */
function Long({ text, kind }: { text: string; kind: 'text' | 'json' }) {
  const [all, setAll] = useState(false)
  const cut = !all && text.length > LONG
  return (
    <>
      <span class={kind}>{cut ? `${text.slice(0, LONG)}…` : text}</span>
      {cut && (
        <button type="button" class="link" onClick={() => setAll(true)}>
          Show all {text.length.toLocaleString()} characters
        </button>
      )}
    </>
  )
}

/** A titled section with its values as JSON on the clipboard. */
export function Panel({ title, copy, children }: { title: string; copy?: { [name: string]: Plain }; children: ComponentChildren }) {
  return (
    <section class="panel">
      <header>
        <h2>{title}</h2>
        {copy && Object.keys(copy).length > 0 && <Copy text={() => print(copy)} what={title.toLowerCase()} />}
      </header>
      {children}
    </section>
  )
}

function Copy({ text, what }: { text: () => string; what: string }) {
  const [copied, setCopied] = useState(false)
  if (!navigator.clipboard) return null
  const copy = async () => {
    await navigator.clipboard.writeText(text()).catch(() => undefined)
    setCopied(true)
    setTimeout(() => setCopied(false), 1500)
  }
  return (
    <button type="button" class="link" onClick={copy} aria-label={`Copy ${what} as JSON`}>
      {copied ? 'Copied' : 'Copy'}
    </button>
  )
}
