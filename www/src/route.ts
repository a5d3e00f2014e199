// Where the page is: the part of the address after `#`. The paths are those of Flyte's own console, so that a link to
// `/console/projects/…` needs nothing but the `#`.

import { useEffect, useState } from 'preact/hooks'

/** A project's domain: where entities and executions live. */
export interface Place {
  project: string
  domain: string
}

export type Route =
  | { page: 'projects' }
  | { page: 'executions'; place: Place; query: URLSearchParams }
  | { page: 'execution'; place: Place; name: string }
  | { page: 'plans'; place: Place; query: URLSearchParams }
  | { page: 'launch'; place: Place; name: string; version: string | undefined; query: URLSearchParams }
  | { page: 'unknown'; path: string }

const encode = encodeURIComponent

function within({ project, domain }: Place, ...rest: string[]): string {
  return ['#/projects', encode(project), 'domains', encode(domain), ...rest].join('/')
}

/** Addresses of the pages. */
export const href = {
  projects: () => '#/',
  executions: (place: Place) => within(place, 'executions'),
  execution: (place: Place, name: string) => within(place, 'executions', encode(name)),
  plans: (place: Place) => within(place, 'launch_plans'),
  launch: (place: Place, name: string, version?: string, from?: string) =>
    within(place, 'launch_plan', encode(name), ...(version ? ['version', encode(version)] : [])) + (from ? `?from=${encode(from)}` : ''),
}

/** Reads the hash of an address. */
export function parse(hash: string): Route {
  const [path = '', search = ''] = hash.replace(/^#\/?/, '').split('?', 2)
  const query = new URLSearchParams(search)
  const parts = decoded(path)
  if (!parts) return { page: 'unknown', path }
  const [projects, project, domains, domain, kind, name, versions, version] = parts
  if (!projects || (projects === 'projects' && parts.length === 1)) return { page: 'projects' }
  if (projects === 'projects' && project && domains === 'domains' && domain) {
    const place = { project, domain }
    if (!kind || (kind === 'executions' && !name)) return { page: 'executions', place, query }
    if (kind === 'executions' && name && parts.length === 6) return { page: 'execution', place, name }
    if (kind === 'launch_plans' && !name) return { page: 'plans', place, query }
    if (kind === 'launch_plan' && name && (!versions || versions === 'version')) return { page: 'launch', place, name, version, query }
  }
  return { page: 'unknown', path }
}

function decoded(path: string): string[] | undefined {
  try {
    return path.split('/').filter(Boolean).map(decodeURIComponent)
  } catch {
    return undefined
  }
}

/** The present route; the page is drawn anew when it changes. */
export function useRoute(): Route {
  const [route, setRoute] = useState(() => parse(location.hash))
  useEffect(() => {
    const changed = () => setRoute(parse(location.hash))
    addEventListener('hashchange', changed)
    return () => removeEventListener('hashchange', changed)
  }, [])
  return route
}

/** Makes `path` with this after `?` the page's address, without a new entry in the history. */
export function replaceAddress(path: string, values: Record<string, string>): void {
  const query = new URLSearchParams(Object.entries(values).filter(([, value]) => value !== ''))
  history.replaceState(null, '', query.size ? `${path}?${query}` : path)
}

/** Keeps a value with the present entry of the history: who comes back to it, or reloads, has it again; another visit does not. */
export function keep<T>(key: string, value: T): void {
  try {
    history.replaceState({ key, value }, '')
  } catch {} // too large, or too often: the form works without
}

/** What was kept with the present entry of the history. */
export function recall<T>(key: string): T | undefined {
  const state = history.state as { key: string; value: T } | null
  return state?.key === key ? state.value : undefined
}
