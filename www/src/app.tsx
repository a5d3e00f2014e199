// The frame around the pages: skip link, bar with the way back up, connection, and where the focus goes after a change of page.

import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { ConnectionProvider, useConnection, useNewConnection } from './connection.js'
import { Empty } from './notices.js'
import { ExecutionPage } from './pages/execution.js'
import { ExecutionsPage } from './pages/executions.js'
import { LaunchPage } from './pages/launch.js'
import { PlansPage } from './pages/plans.js'
import { ProjectsPage } from './pages/projects.js'
import { href, type Place, type Route, useRoute } from './route.js'
import { onOpenSettings, openSettings, SettingsDialog } from './settings.js'

export function App() {
  const connection = useNewConnection()
  const route = useRoute()
  const [settings, setSettings] = useState(false)
  const main = useRef<HTMLElement>(null)
  useEffect(() => onOpenSettings(() => setSettings(true)), [])
  useFocusAfterNavigation(keyOf(route), main)
  return (
    <ConnectionProvider value={connection}>
      <button type="button" class="skip" onClick={() => main.current?.focus()}>
        Skip to content
      </button>
      <Bar route={route} />
      <main id="main" class="page" tabIndex={-1} ref={main} key={`${connection.host} ${keyOf(route)}`}>
        <Page route={route} />
      </main>
      {settings && <SettingsDialog onClose={() => setSettings(false)} />}
    </ConnectionProvider>
  )
}

/** What makes a page another page: its address without query and version, which are choices on the page. */
function keyOf(route: Route): string {
  return JSON.stringify({ ...route, query: undefined, version: undefined })
}

function useFocusAfterNavigation(key: string, main: { current: HTMLElement | null }): void {
  const first = useRef(true)
  // With the page itself, not after its first frame: a key pressed in between would start from nowhere.
  useLayoutEffect(() => {
    if (first.current) {
      first.current = false
      return
    }
    scrollTo(0, 0)
    main.current?.querySelector('h1')?.focus()
  }, [key])
}

function Page({ route }: { route: Route }) {
  switch (route.page) {
    case 'projects':
      return <ProjectsPage />
    case 'executions':
      return <ExecutionsPage place={route.place} query={route.query} />
    case 'execution':
      return <ExecutionPage place={route.place} name={route.name} />
    case 'plans':
      return <PlansPage place={route.place} query={route.query} />
    case 'launch':
      return <LaunchPage place={route.place} name={route.name} version={route.version} from={route.query.get('from') ?? undefined} />
    default:
      return (
        <>
          <h1 tabIndex={-1}>No such page</h1>
          <Empty title={`Nothing is at “${route.path}”.`}>
            <a href={href.projects()}>All projects</a>
          </Empty>
        </>
      )
  }
}

function Bar({ route }: { route: Route }) {
  const { host } = useConnection()
  return (
    <header class="bar">
      <nav aria-label="Breadcrumb">
        <ol>
          <li>
            <a href={href.projects()} class="brand" aria-current={route.page === 'projects' ? 'page' : undefined}>
              <svg viewBox="0 0 16 16" aria-hidden="true">
                <path d="M3 4h10M3 8h7M3 12h4" />
              </svg>
              Projects
            </a>
          </li>
          {'place' in route && <Crumbs route={route} place={route.place} />}
        </ol>
      </nav>
      <button type="button" class="connection" onClick={openSettings} title="Which server the console talks to">
        <span class="visually-hidden">Connection: </span>
        {host}
      </button>
    </header>
  )
}

function Crumbs({ route, place }: { route: Route; place: Place }) {
  return (
    <>
      <li>
        <a href={href.executions(place)} aria-current={route.page === 'executions' ? 'page' : undefined}>
          {place.project} <span class="slash">/</span> {place.domain}
        </a>
      </li>
      {(route.page === 'launch' || route.page === 'plans') && (
        <li>
          <a href={href.plans(place)} aria-current={route.page === 'plans' ? 'page' : undefined}>
            Launch plans
          </a>
        </li>
      )}
    </>
  )
}
