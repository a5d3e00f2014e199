// What is behind one node: its error, attempts with logs, inputs and outputs.

import { useEffect, useRef } from 'preact/hooks'
import { useConnection } from '../connection.js'
import { duration } from '../format.js'
import { plainMap } from '../literal.js'
import { useLive } from '../live.js'
import { Message } from '../notices.js'
import { Phase, phaseText } from '../phase.js'
import { href, type Place } from '../route.js'
import { Panel, Values } from '../values.js'
import { ErrorText } from './error-text.js'
import type { Attempt, Node } from './nodes.js'

interface Properties {
  node: Node
  execution: Place & { name: string }
  /** The node is one of so many that its attempts are not read with it. */
  many: boolean
}

export function NodeDetails({ node, execution, many }: Properties) {
  const cached = node.cacheStatus()
  const attempts = useAttempts(node, many)
  return (
    <div class="node-details">
      {node.problem && <p class="message quiet">{node.problem}</p>}
      {node.child && (
        <p>
          Launched <a href={href.execution(node.child, node.child.name)}>{node.child.name}</a>
        </p>
      )}
      {cached && cached !== 'CACHE_DISABLED' && <p class="quiet">{phaseText(cached)}</p>}
      {node.error && !attempts.some((attempt) => attempt.error && node.error?.message.includes(attempt.error.message)) && (
        <div class="failure-text">
          <ErrorText error={node.error} />
        </div>
      )}
      {attempts.length > 0 && (
        <ol class="attempts">
          {attempts.map((attempt) => (
            <AttemptLine key={attempt.attempt} attempt={attempt} />
          ))}
        </ol>
      )}
      <NodeData node={node} execution={execution} />
    </div>
  )
}

/** Those that came with the node, or what is read while it is open. */
function useAttempts(node: Node, many: boolean): Attempt[] {
  const newest = useRef(node)
  newest.current = node
  const read = useLive(
    `${node.id} ${many}`,
    async (signal) => (many ? await newest.current.readAttempts(signal) : undefined),
    () => (many && newest.current.endedAt === undefined ? 2_000 : undefined),
  )
  useRefreshAtEnd(node, read)
  return read.data ?? node.attempts
}

/** Reads once more when the node ends while it is open. */
function useRefreshAtEnd(node: Node, { refresh }: { refresh: () => void }): void {
  const ended = node.endedAt !== undefined
  const seen = useRef(ended)
  useEffect(() => {
    if (seen.current !== ended) refresh()
    seen.current = ended
  }, [ended])
}

function AttemptLine({ attempt }: { attempt: Attempt }) {
  return (
    <li>
      <p>
        <span>Attempt {attempt.attempt + 1}</span>
        <Phase phase={attempt.phase} />
        {attempt.durationMs !== undefined && <span class="number quiet">{duration(attempt.durationMs)}</span>}
        {attempt.taskType && <span class="quiet">{attempt.taskType}</span>}
        {attempt.logs.map((log) => (
          <LogLink key={log.uri} name={log.name} uri={log.uri} />
        ))}
      </p>
      {attempt.reason && <p class="quiet message">{attempt.reason}</p>}
      {attempt.error && (
        <div class="failure-text">
          <ErrorText error={attempt.error} />
        </div>
      )}
    </li>
  )
}

/** A link for what a browser can open; other addresses as text. */
function LogLink({ name, uri }: { name: string; uri: string }) {
  const text = name || 'Log'
  if (!/^https?:\/\//i.test(uri)) return <span class="message quiet">{`${text}: ${uri}`}</span>
  return (
    <a href={uri} target="_blank" rel="noreferrer">
      {text}
    </a>
  )
}

function NodeData({ node, execution }: { node: Node; execution: Place & { name: string } }) {
  const { remote } = useConnection()
  const ended = node.endedAt !== undefined
  const live = useLive(node.id, async (signal) => {
    const id = { nodeId: node.id, executionId: execution }
    const data = await remote.client.getNodeExecutionData({ id }, { signal })
    return { inputs: plainMap(data.fullInputs), outputs: plainMap(data.fullOutputs) }
  })
  useRefreshAtEnd(node, live)
  if (live.error !== undefined)
    return (
      <div class="quiet">
        Its data can’t be read: <Message error={live.error} />
      </div>
    )
  const { inputs, outputs } = live.data ?? {}
  return (
    <div class="pair">
      <Panel title="Inputs" copy={inputs}>
        {inputs ? <Values values={inputs} empty="None." /> : <p class="quiet">Loading…</p>}
      </Panel>
      <Panel title="Outputs" copy={outputs}>
        {outputs ? <Values values={outputs} empty={ended ? 'None.' : 'None yet.'} /> : <p class="quiet">Loading…</p>}
      </Panel>
    </div>
  )
}
