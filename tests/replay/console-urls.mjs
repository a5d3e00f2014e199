// Links to the console.

import { FlyteRemote } from 'flyte-remote'
import { json } from './values.mjs'

/** URLs of the reference that lead nowhere, and what is made of them here. */
const MENDED = [
  [/^https?:\/\/dns:\/\/\//, (url) => url.replace('dns:///', ''), 'dns:/// is no part of a URL'],
  [
    /[^:]\/\/console\//,
    (url) => url.replace(/([^:])\/\/console\//, '$1/console/'),
    "a slash at the end of the console's endpoint is not doubled",
  ],
  [/[^\x21-\x7e]|[?#]/, encoded, 'names are percent-encoded'],
]

/** The parts of a console's URL that are names, encoded. */
function encoded(url) {
  const [, head, name, version] = /^(.*\/domains\/[^/]+\/[a-z_]+\/)(.*)\/version\/(.*)$/.exec(url) ?? []
  return head ? `${head}${encodeURIComponent(name)}/version/${encodeURIComponent(version)}` : url
}

export function replayConsoleUrl({ platform, entity, value, error }) {
  const remoteOf = ({ endpoint, insecure, console_endpoint: consoleEndpoint }) =>
    FlyteRemote.forEndpoint(endpoint ?? '', { insecure, consoleEndpoint })
  let url
  try {
    const remote = platform === 'for_sandbox' ? remoteOf({ endpoint: 'localhost:30080', insecure: true }) : remoteOf(platform)
    const fields = entity?.b64 === undefined ? entity : json(entity)
    url = remote.generateConsoleUrl(entity?.type === 'flyteidl.core.Identifier' ? { resourceType: 'WORKFLOW', ...fields } : fields)
  } catch (failure) {
    if (error) return {}
    return platform.endpoint === undefined
      ? { deviation: 'there is no default endpoint' }
      : { difference: `${failure}, expected ${value.url}` }
  }
  if (error) {
    const isNode = entity?.type?.endsWith('NodeExecutionIdentifier') && url.includes('nodeId=')
    return isNode ? { deviation: 'node executions have a page too' } : { difference: `${url}, expected an error: ${error.message}` }
  }
  if (url === value.url) return {}
  const mended = MENDED.find(([known, mend]) => known.test(value.url) && (mend(value.url) === url || `https://${mend(value.url)}` === url))
  return mended ? { deviation: mended[2] } : { difference: `${url}, expected ${value.url}` }
}
