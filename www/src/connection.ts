// Which server the console talks to: the endpoint outlives the visit, the authorization header only the tab.

import { FlyteRemote } from 'flyte-remote'
import { createContext } from 'preact'
import { useContext, useMemo, useState } from 'preact/hooks'

const ENDPOINT = 'flyte-console.endpoint'
const AUTHORIZATION = 'flyte-console.authorization'

export interface Settings {
  /** Empty for the page's own origin. */
  endpoint: string
  /** Value of the `authorization` header, empty for none. */
  authorization: string
}

export interface Connection {
  settings: Settings
  remote: FlyteRemote
  /** Host of the server, as shown. */
  host: string
  change(settings: Settings): void
}

const Context = createContext<Connection | undefined>(undefined)

export const ConnectionProvider = Context.Provider

export function useConnection(): Connection {
  const connection = useContext(Context)
  if (!connection) throw new Error('drawn outside of the connection')
  return connection
}

/** The connection as configured; a new one each time the settings change. */
export function useNewConnection(): Connection {
  const [settings, setSettings] = useState(stored)
  return useMemo(() => {
    const { endpoint, authorization } = settings
    const url = endpoint || location.origin
    return {
      settings,
      remote: FlyteRemote.forEndpoint(url, authorization ? { metadata: { authorization } } : {}),
      host: url.replace(/^\w+:\/\//, ''),
      change(next) {
        store(localStorage, ENDPOINT, next.endpoint)
        store(sessionStorage, AUTHORIZATION, next.authorization)
        setSettings(next)
      },
    }
  }, [settings])
}

/** Why an endpoint or header can't be used, by making a remote of it; that sends nothing. */
export function refusal({ endpoint, authorization }: Settings): unknown {
  if (endpoint && !/^https?:\/\/[^/]/.test(endpoint)) return new Error('Write the whole address, such as https://flyte.example.com')
  try {
    FlyteRemote.forEndpoint(endpoint || location.origin, authorization ? { metadata: { authorization } } : {})
    return undefined
  } catch (error) {
    return error
  }
}

function stored(): Settings {
  const settings = { endpoint: read(localStorage, ENDPOINT), authorization: read(sessionStorage, AUTHORIZATION) }
  return refusal(settings) ? { endpoint: '', authorization: '' } : settings
}

function read(storage: Storage, key: string): string {
  try {
    return storage.getItem(key) ?? ''
  } catch {
    return '' // storage switched off: the settings last as long as the page
  }
}

function store(storage: Storage, key: string, value: string): void {
  try {
    if (value) storage.setItem(key, value)
    else storage.removeItem(key)
  } catch {}
}
