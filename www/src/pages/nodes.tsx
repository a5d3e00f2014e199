// The nodes of an execution on a common time axis, each with its attempts, logs and data.

import type { ExecutionError, FlyteNodeExecution, FlyteWorkflowExecution } from 'flyte-remote'
import { Fragment } from 'preact'
import { useLayoutEffect, useState } from 'preact/hooks'
import { duration } from '../format.js'
import { useNow } from '../live.js'
import { Phase, toneOf } from '../phase.js'
import type { Place } from '../route.js'
import { NodeDetails } from './node-details.js'

/** Rows drawn before somebody asks for all, and nodes whose attempts are read unasked. */
export const MANY = 200

export interface Attempt {
  attempt: number
  phase: string
  durationMs: number | undefined
  error: ExecutionError | undefined
  logs: { name: string; uri: string }[]
  reason: string
  taskType: string
}

export interface Node {
  id: string
  specId: string
  phase: string
  createdAt: number | undefined
  startedAt: number | undefined
  endedAt: number | undefined
  error: ExecutionError | undefined
  /** As `CatalogCacheStatus`, empty for none. */
  cacheStatus: () => string
  problem: string
  /** As far as they were read. */
  attempts: Attempt[]
  /** Reads them now. */
  readAttempts: (signal: AbortSignal) => Promise<Attempt[]>
  /** The execution that the node launched. */
  child: (Place & { name: string }) | undefined
}

const OVER = ['SUCCEEDED', 'RECOVERED', 'FAILED', 'ABORTED', 'SKIPPED', 'TIMED_OUT']

/** Nodes in the order of their creation, without those at the ends in which nothing runs. */
export function nodesOf(execution: FlyteWorkflowExecution): Node[] {
  return execution.nodeExecutions.map(nodeOf).filter((node) => node.specId !== 'start-node' && node.specId !== 'end-node')
}

const attemptsOf = (node: FlyteNodeExecution): Attempt[] =>
  node.taskExecutions.map((task) => ({
    attempt: task.attempt,
    phase: task.phase,
    durationMs: task.durationMs,
    error: task.error,
    logs: task.logs,
    reason: task.reason,
    taskType: task.taskType,
  }))

function nodeOf(node: FlyteNodeExecution): Node {
  const startedAt = node.startedAt?.getTime()
  const over = OVER.includes(node.phase)
  return {
    id: node.nodeId,
    specId: node.specNodeId,
    phase: node.phase,
    createdAt: node.createdAt?.getTime(),
    startedAt,
    endedAt: !over
      ? undefined
      : startedAt !== undefined && node.durationMs !== undefined
        ? startedAt + node.durationMs
        : node.updatedAt?.getTime(),
    error: node.error,
    cacheStatus: () => String(node.toJSON().closure?.taskNodeMetadata?.cacheStatus ?? ''),
    problem: node.problem ?? '',
    attempts: attemptsOf(node),
    readAttempts: async (signal) => {
      await node.sync({ taskExecutions: true, depth: 1, signal })
      return attemptsOf(node)
    },
    child: node.launched as Node['child'],
  }
}

interface Properties {
  nodes: Node[]
  over: boolean
  /** Durations of what runs go on. */
  ticking: boolean
  execution: Place & { name: string }
  begun: Date | undefined
}

export function Nodes({ nodes, over, ticking, execution, begun }: Properties) {
  const [all, setAll] = useState(false)
  // Drawing thousands of rows takes longer than the pause between two ticks.
  const now = useNow(ticking, all && nodes.length > MANY ? 2_000 : 200)
  // Of an execution that had failed already when the page was opened, what failed is open.
  const [open, setOpen] = useState(() => new Set(over ? nodes.filter((node) => node.phase === 'FAILED').map((node) => node.id) : []))
  const toggle = (id: string) => {
    const next = new Set(open)
    if (!next.delete(id)) next.add(id)
    setOpen(next)
  }
  const [width, track] = useWidth()
  const axis = axisOf(nodes, over, now, begun?.getTime(), width)
  const rows = all ? nodes : nodes.slice(0, MANY)
  return (
    <section class="panel nodes">
      <header>
        <h2>Nodes</h2>
        <Tally nodes={nodes} />
      </header>
      {!nodes.length && <p class="quiet">{over ? 'No node ran.' : 'None yet.'}</p>}
      {nodes.length > 0 && (
        <table>
          <thead>
            <tr>
              <th scope="col" class="col-node">
                Node
              </th>
              <th scope="col" class="col-phase">
                Phase
              </th>
              <th scope="col" class="narrow-hidden">
                <span class="visually-hidden">Timeline</span>
                <svg class="track" aria-hidden="true" ref={track}>
                  {axis.labels.map((ms) => (
                    <text key={ms} x={axis.at(axis.from + ms)} y="13" dx={ms === 0 ? 0 : LABEL_GAP}>
                      {tickText(ms)}
                    </text>
                  ))}
                </svg>
              </th>
              <th scope="col" class="col-duration end">
                Duration
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((node, index) => {
              const opened = open.has(node.id)
              const details = `node-${index}-details`
              return (
                <Fragment key={node.id}>
                  <tr class={opened ? 'opened' : undefined}>
                    <th scope="row">
                      <button
                        type="button"
                        class="disclose"
                        aria-expanded={opened}
                        aria-controls={opened ? details : undefined}
                        onClick={() => toggle(node.id)}
                      >
                        <svg viewBox="0 0 16 16" aria-hidden="true">
                          <path d="M6 4l4 4-4 4" />
                        </svg>
                        <span class="clip">{node.id}</span>
                        {node.attempts.length > 1 && <span class="tag">{node.attempts.length} attempts</span>}
                      </button>
                    </th>
                    <td>
                      <Phase phase={node.phase} />
                    </td>
                    <td class="narrow-hidden">
                      <Track node={node} axis={axis} now={now} />
                    </td>
                    <td class="end number">{ran(node, now)}</td>
                  </tr>
                  {opened && (
                    <tr class="details">
                      <td colSpan={4} id={details}>
                        <NodeDetails node={node} execution={execution} many={nodes.length > MANY} />
                      </td>
                    </tr>
                  )}
                </Fragment>
              )
            })}
          </tbody>
        </table>
      )}
      {nodes.length > rows.length && (
        <p class="actions">
          <button type="button" onClick={() => setAll(true)}>
            Show all {nodes.length} nodes
          </button>
        </p>
      )}
    </section>
  )
}

function Tally({ nodes }: { nodes: Node[] }) {
  if (!nodes.length) return null
  const done = nodes.filter((node) => OVER.includes(node.phase)).length
  return (
    <span class="quiet number">
      {done} of {nodes.length} finished
    </span>
  )
}

interface Axis {
  from: number
  ticks: number[]
  /** Ticks that have room for their text before the track ends. */
  labels: number[]
  /** Where an instant is, in percent of the track. */
  at(ms: number): string
  /** How long a time is, in percent of the track. */
  width(ms: number): string
}

const STEPS = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14400, 43200, 86400].map((s) => s * 1000)

/** In pixels: between a tick and its text, a letter of that, and a tick with its text, at least. */
const [LABEL_GAP, LETTER, LABEL] = [4, 7, 64]

/** `width` is that of the track in pixels. */
function axisOf(nodes: Node[], over: boolean, now: number, begun: number | undefined, width: number): Axis {
  const starts = nodes.flatMap((node) => node.createdAt ?? node.startedAt ?? [])
  const ends = nodes.flatMap((node) => node.endedAt ?? [])
  const from = Math.min(...starts, begun ?? Number.POSITIVE_INFINITY)
  const to = Math.max(...ends, ...starts, over ? 0 : now)
  const span = Math.max(Number.isFinite(from) ? to - from : 0, 500)
  const most = Math.min(Math.max(Math.floor(width / LABEL), 1), 5)
  const step = STEPS.find((size) => span / size <= most) ?? Math.ceil(span / most / 86_400_000) * 86_400_000
  const ticks = Array.from({ length: Math.floor(span / step) + 1 }, (_, index) => index * step)
  const labels = ticks.filter((ms) => (ms / span) * width + LABEL_GAP + tickText(ms).length * LETTER <= width)
  const percent = (share: number) => `${(100 * Math.min(Math.max(share, 0), 1)).toFixed(2)}%`
  return { from, ticks, labels, at: (ms) => percent((ms - from) / span), width: (ms) => percent(Math.max(ms / span, 0.004)) }
}

/** How many pixels wide an element is, and the ref to set on it. */
function useWidth(): [number, (element: Element | null) => void] {
  const [element, setElement] = useState<Element | null>(null)
  const [width, setWidth] = useState(0)
  useLayoutEffect(() => {
    if (!element) return
    const measure = () => setWidth(element.getBoundingClientRect().width)
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    measure()
    return () => observer.disconnect()
  }, [element])
  return [width, setElement]
}

/** `0`, `500 ms`, `2 s`, `1 m`. */
function tickText(ms: number): string {
  return ms === 0
    ? '0'
    : duration(ms)
        .replace('.0 ', ' ')
        .replace(/ 00 [smh]$/, '')
}

/** A drawing and not boxes: what moves in it moves nothing else, and needs no styles at run time. */
function Track({ node, axis, now }: { node: Node; axis: Axis; now: number }) {
  const created = node.createdAt ?? node.startedAt
  const end = node.endedAt ?? now
  const bar = (from: number, to: number, kind: string) => (
    <rect class={`bar ${kind}`} x={axis.at(from)} width={axis.width(to - from)} y="4" height="10" rx="2" />
  )
  const began = node.startedAt ?? end
  return (
    <svg class="track" aria-hidden="true">
      {axis.ticks.map((ms) => (
        <line key={ms} x1={axis.at(axis.from + ms)} x2={axis.at(axis.from + ms)} y1="-8" y2="26" />
      ))}
      {created !== undefined && began > created && bar(created, began, 'waiting')}
      {node.startedAt !== undefined && bar(node.startedAt, end, toneOf(node.phase))}
    </svg>
  )
}

function ran(node: Node, now: number): string {
  if (node.startedAt === undefined) return '–'
  return duration(Math.max(0, (node.endedAt ?? now) - node.startedAt))
}
