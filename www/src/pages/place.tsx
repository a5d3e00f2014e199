// The head that a domain's two lists share.

import type { ComponentChildren } from 'preact'
import { href, type Place } from '../route.js'

export function PlaceHead({ place, page, children }: { place: Place; page: 'executions' | 'plans'; children?: ComponentChildren }) {
  const tab = (name: typeof page, address: string, text: string) => (
    <a href={address} aria-current={page === name ? 'page' : undefined}>
      {text}
    </a>
  )
  return (
    <>
      <div class="head">
        <h1 tabIndex={-1}>{page === 'executions' ? 'Executions' : 'Launch plans'}</h1>
        <nav class="tabs" aria-label={`${place.project} ${place.domain}`}>
          {tab('executions', href.executions(place), 'Executions')}
          {tab('plans', href.plans(place), 'Launch plans')}
        </nav>
      </div>
      {children}
    </>
  )
}

/** Text of a user as the value of a term in Flyte's filter grammar, which has no escapes: what would end it is left out. */
export function filterValue(text: string): string {
  return text.trim().replace(/[+;,()%]/g, '')
}
