// What the pages of a domain share: the head of its lists, and what stands there when there is nothing.

import type { ComponentChildren } from 'preact'
import { useConnection } from '../connection.js'
import { useLive } from '../live.js'
import { Empty, Loading } from '../notices.js'
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

/** An empty list: the server answers alike for a place that it does not have, so that is looked up. */
export function NothingAt({ place, title, children }: { place: Place; title: string; children: ComponentChildren }) {
  const { remote } = useConnection()
  const missing = useLive(JSON.stringify(place), async (signal) => {
    const { projects = [] } = await remote.client.listProjects({}, { signal })
    const project = projects.find(({ id }) => id === place.project)
    if (!project) return `This server lists no project “${place.project}”.`
    if (!project.domains?.some(({ id }) => id === place.domain)) return `The project ${place.project} has no domain “${place.domain}”.`
    return ''
  })
  if (missing.data === undefined && missing.error === undefined) return <Loading what="projects" />
  if (!missing.data) return <Empty title={title}>{children}</Empty>
  return (
    <Empty title={missing.data}>
      <a href={href.projects()}>All projects</a>
    </Empty>
  )
}

/** Text of a user as the value of a term in Flyte's filter grammar, which has no escapes: what would end it is left out. */
export function filterValue(text: string): string {
  return text.trim().replace(/[+;,()%]/g, '')
}
