// One execution: how far it is, its nodes, inputs, outputs and errors.

import type { ExecutionError, FlyteWorkflowExecution } from 'flyte-remote'
import { useEffect, useRef, useState } from 'preact/hooks'
import { announce } from '../announce.js'
import { useConnection } from '../connection.js'
import { duration, fully, when } from '../format.js'
import { plainMap } from '../literal.js'
import { useLive, useNow, useTitle } from '../live.js'
import { Empty, Failure, Loading, Message, Stale } from '../notices.js'
import { isTerminal, Phase, phaseText } from '../phase.js'
import { href, type Place } from '../route.js'
import { Panel, Values } from '../values.js'
import { ErrorText } from './error-text.js'
import { MANY, type Node, Nodes, nodesOf } from './nodes.js'
import { TerminateDialog } from './terminate.js'

interface Snapshot {
  phase: string
  createdAt: Date | undefined
  startedAt: Date | undefined
  durationMs: number | undefined
  error: ExecutionError | undefined
  abort: { cause: string; principal: string } | undefined
  launchPlan: FlyteWorkflowExecution['launchPlan']
  principal: string
  nodes: Node[]
  handle: FlyteWorkflowExecution
}

function snapshotOf(handle: FlyteWorkflowExecution): Snapshot {
  const { phase, createdAt, startedAt, durationMs, isDone, abort, launchPlan, principal } = handle
  const error = isDone ? handle.error : undefined
  return { phase, createdAt, startedAt, durationMs, error, abort, launchPlan, principal, nodes: nodesOf(handle), handle }
}

export function ExecutionPage({ place, name }: { place: Place; name: string }) {
  const { remote } = useConnection()
  useTitle(name)
  const handle = useRef<FlyteWorkflowExecution>(undefined)
  const live = useLive(
    name,
    async (signal) => {
      const known = handle.current
      const execution = known ?? (await remote.fetchExecution({ ...place, name }, { signal }))
      handle.current = execution
      // The attempts of a node cost a call: of many nodes only those that are open are asked for theirs.
      const few = () => execution.nodeExecutions.length <= MANY
      await execution.sync({ depth: 1, taskExecutions: known !== undefined && few(), signal })
      if (!known && few()) await execution.sync({ depth: 1, taskExecutions: true, signal })
      return snapshotOf(execution)
    },
    ({ phase }) => (isTerminal(phase) ? undefined : 1_000),
  )
  const execution = live.data
  useAnnouncedPhases(execution)
  const [terminating, setTerminating] = useState(false)

  if (!execution) {
    return (
      <>
        <div class="head">
          <h1 tabIndex={-1}>{name}</h1>
        </div>
        {live.error === undefined ? (
          <Loading what="the execution" />
        ) : (
          <Failure what="The execution" error={live.error} retry={live.refresh} />
        )}
      </>
    )
  }
  const over = isTerminal(execution.phase)
  // While the server is silent nobody knows whether it still runs.
  const ticking = !over && live.error === undefined
  const { launchPlan } = execution
  return (
    <>
      <div class="head">
        <h1 tabIndex={-1}>{name}</h1>
        <Phase phase={execution.phase} />
        <div class="head-actions">
          {launchPlan.resourceType !== 'TASK' && (
            <a
              class="button"
              href={href.launch({ project: launchPlan.project, domain: launchPlan.domain }, launchPlan.name, launchPlan.version, name)}
            >
              Launch again…
            </a>
          )}
          <button type="button" class="danger" aria-disabled={over} onClick={() => setTerminating(!over)}>
            Terminate…
          </button>
        </div>
      </div>
      <Facts execution={execution} ticking={ticking} />
      <div class="columns">
        <div>
          {execution.error && <ErrorPanel error={execution.error} />}
          {execution.abort && <AbortPanel abort={execution.abort} />}
          <Nodes
            nodes={execution.nodes}
            over={over}
            ticking={ticking}
            execution={{ ...place, name }}
            begun={execution.startedAt ?? execution.createdAt}
          />
        </div>
        <div>
          <Data execution={execution} which="inputs" />
          <Data execution={execution} which="outputs" />
        </div>
      </div>
      {terminating && (
        <TerminateDialog
          name={name}
          onClose={() => setTerminating(false)}
          terminate={async (cause) => {
            await execution.handle.terminate(cause)
            setTerminating(false)
            live.refresh()
          }}
        />
      )}
      <Stale error={live.error} retry={live.refresh} />
    </>
  )
}

function Facts({ execution, ticking }: { execution: Snapshot; ticking: boolean }) {
  const over = isTerminal(execution.phase)
  const now = useNow(ticking, 200)
  const { launchPlan, startedAt, createdAt } = execution
  const begun = startedAt ?? createdAt
  const ran = over ? execution.durationMs : startedAt ? Math.max(0, now - startedAt.getTime()) : undefined
  return (
    <dl class="facts">
      <div>
        <dt>{launchPlan.resourceType === 'TASK' ? 'Task' : 'Launch plan'}</dt>
        <dd>{launchPlan.name}</dd>
      </div>
      <div>
        <dt>Version</dt>
        <dd>{launchPlan.version}</dd>
      </div>
      <div class="fixed-time">
        <dt>{startedAt ? 'Started' : 'Created'}</dt>
        <dd>
          {begun ? (
            <time dateTime={begun.toISOString()} title={fully(begun)}>
              {when(begun)}
            </time>
          ) : (
            '–'
          )}
        </dd>
      </div>
      <div class="fixed-duration">
        <dt>Duration</dt>
        <dd class="number">{ran === undefined ? '–' : duration(ran)}</dd>
      </div>
      {execution.principal && (
        <div>
          <dt>By</dt>
          <dd>{execution.principal}</dd>
        </div>
      )}
    </dl>
  )
}

function ErrorPanel({ error }: { error: ExecutionError }) {
  return (
    <section class="panel failure">
      <header>
        <h2>Error</h2>
      </header>
      <ErrorText error={error} />
    </section>
  )
}

function AbortPanel({ abort }: { abort: { cause: string; principal: string } }) {
  return (
    <section class="panel">
      <header>
        <h2>Terminated{abort.principal && ` by ${abort.principal}`}</h2>
      </header>
      <p class="message">{abort.cause || <span class="quiet">No cause was given.</span>}</p>
    </section>
  )
}

/** Inputs, or outputs once there are any. */
function Data({ execution, which }: { execution: Snapshot; which: 'inputs' | 'outputs' }) {
  const title = which === 'inputs' ? 'Inputs' : 'Outputs'
  const there = which === 'inputs' || execution.phase === 'SUCCEEDED'
  const live = useLive(`${which} ${there}`, async () => {
    if (!there) return undefined
    const values = which === 'inputs' ? await execution.handle.inputs() : await execution.handle.outputs()
    return plainMap({ literals: values.toLiterals() })
  })
  let content = <Loading what={which} />
  if (!there) content = <p class="quiet">{isTerminal(execution.phase) ? 'None: it did not succeed.' : 'None yet.'}</p>
  else if (live.data) content = <Values values={live.data} empty={`It has no ${which}.`} />
  else if (live.error !== undefined) {
    content = (
      <Empty title={`The ${which} can’t be read.`}>
        <Message error={live.error} />
        <button type="button" onClick={live.refresh}>
          Try again
        </button>
      </Empty>
    )
  }
  return (
    <Panel title={title} copy={live.data}>
      {content}
    </Panel>
  )
}

/** Says when the execution or one of its nodes gets to another phase. */
function useAnnouncedPhases(execution: Snapshot | undefined): void {
  const before = useRef<{ phase: string; nodes: Map<string, string> }>(undefined)
  useEffect(() => {
    if (!execution) return
    const known = before.current
    for (const node of known ? execution.nodes : []) {
      if (known?.nodes.get(node.id) !== node.phase && !['QUEUED', 'UNDEFINED'].includes(node.phase))
        announce(`Node ${node.id}: ${phaseText(node.phase)}.`)
    }
    if (known?.phase !== execution.phase) announce(`Execution ${phaseText(execution.phase)}.`)
    before.current = { phase: execution.phase, nodes: new Map(execution.nodes.map((node) => [node.id, node.phase])) }
  }, [execution])
}
