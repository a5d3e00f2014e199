// The executions of a project's domain: newest first, fresh while any of them runs.

import type { FlyteWorkflowExecution } from 'flyte-remote'
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { announce } from '../announce.js'
import { useConnection } from '../connection.js'
import { duration, fully, when } from '../format.js'
import { useLive, useNow, useSettled, useTitle } from '../live.js'
import { Empty, Failure, Loading, Stale } from '../notices.js'
import { isTerminal, Phase, phaseText } from '../phase.js'
import { href, keep, type Place, recall, replaceAddress } from '../route.js'
import { filterValue, NothingAt, PlaceHead } from './place.js'

const STEP = 50
const ACTIVE = 'ACTIVE'
const PHASES = ['SUCCEEDED', 'FAILED', 'ABORTED', 'TIMED_OUT', 'RUNNING', 'QUEUED']

interface Row {
  name: string
  phase: string
  entity: string
  version: string
  isTask: boolean
  begun: Date | undefined
  durationMs: number | undefined
}

interface Filter {
  phase: string
  name: string
  plan: string
}

function rowOf(execution: FlyteWorkflowExecution): Row {
  const { launchPlan } = execution
  return {
    name: execution.name,
    phase: execution.phase,
    entity: launchPlan.name,
    version: launchPlan.version,
    isTask: launchPlan.resourceType === 'TASK',
    begun: execution.startedAt ?? execution.createdAt,
    durationMs: isTerminal(execution.phase) ? execution.durationMs : undefined,
  }
}

/** Flyte's filter text. */
function filters({ phase, name, plan }: Filter): string {
  const terms = []
  if (phase === ACTIVE) terms.push('value_in(phase,UNDEFINED;QUEUED;RUNNING;SUCCEEDING;FAILING;ABORTING)')
  else if (phase) terms.push(`eq(phase,${filterValue(phase)})`)
  if (filterValue(name)) terms.push(`contains(execution_name,${filterValue(name)})`)
  if (filterValue(plan)) terms.push(`contains(launch_plan.name,${filterValue(plan)})`)
  return terms.join('+')
}

export function ExecutionsPage({ place, query }: { place: Place; query: URLSearchParams }) {
  const { remote } = useConnection()
  useTitle(`${place.project} ${place.domain}`)
  const [filter, setFilter] = useState<Filter>({
    phase: query.get('phase') ?? '',
    name: query.get('name') ?? '',
    plan: query.get('plan') ?? '',
  })
  const kept = useRef(recall<Kept>(KEPT))
  const [shown, setShown] = useState(kept.current?.shown ?? STEP)
  const text = useSettled(filters(filter))
  const asked = useRef(text)
  useEffect(() => {
    if (asked.current !== text) setShown(STEP)
    asked.current = text
    replaceAddress(href.executions(place), { ...filter })
  }, [text])

  const count = useRef(shown)
  count.current = shown
  const list = useLive(
    text,
    async (signal) => {
      const wanted = count.current
      const rows: Row[] = []
      // One more than shown tells whether there are more.
      const page = { ...place, limit: wanted + 1, pageSize: wanted + 1, signal, filters: text || undefined }
      for await (const execution of remote.recentExecutions(page)) rows.push(rowOf(execution))
      return { rows: rows.slice(0, wanted), more: rows.length > wanted }
    },
    ({ rows }) => (rows.some((row) => !isTerminal(row.phase)) ? 2_000 : 15_000),
  )
  useEffect(() => {
    if (shown !== STEP) list.refresh()
  }, [shown])
  const rows = list.data?.rows
  useKeptScroll(rows !== undefined, shown, kept.current)
  const running = rows?.some((row) => !isTerminal(row.phase)) ?? false
  useAnnouncedChanges(rows)

  return (
    <>
      <PlaceHead place={place} page="executions" />
      <search class="toolbar" aria-label="Filter executions">
        <label>
          <span>Phase</span>
          <select value={filter.phase} onChange={(event) => setFilter({ ...filter, phase: event.currentTarget.value })}>
            <option value="">All</option>
            <option value={ACTIVE}>Not finished</option>
            {PHASES.map((phase) => (
              <option key={phase} value={phase}>
                {phaseText(phase)}
              </option>
            ))}
          </select>
        </label>
        <label>
          <span>Name</span>
          <input
            type="search"
            spellcheck={false}
            value={filter.name}
            onInput={(event) => setFilter({ ...filter, name: event.currentTarget.value })}
          />
        </label>
        <label>
          <span>Launch plan</span>
          <input
            type="search"
            spellcheck={false}
            value={filter.plan}
            onInput={(event) => setFilter({ ...filter, plan: event.currentTarget.value })}
          />
        </label>
        <LiveMark known={list.data !== undefined} running={running} stale={list.error !== undefined} />
      </search>
      {!rows &&
        (list.error === undefined ? (
          <Loading what="executions" />
        ) : (
          <Failure what="The executions" error={list.error} retry={list.refresh} />
        ))}
      {rows?.length === 0 &&
        (text ? (
          <Empty title="No execution matches the filter." />
        ) : (
          <NothingAt place={place} title="Nothing has been executed here yet.">
            <a href={href.plans(place)}>Launch something</a>
          </NothingAt>
        ))}
      {!!rows?.length && <ExecutionTable place={place} rows={rows} ticking={running && list.error === undefined} />}
      {list.data?.more && (
        <p class="actions">
          <button type="button" onClick={() => setShown(shown + STEP)}>
            Load more
          </button>
          <span class="quiet">The newest {rows?.length} are shown.</span>
        </p>
      )}
      {list.data && <Stale error={list.error} retry={list.refresh} />}
    </>
  )
}

/** How far somebody has come in the list. */
interface Kept {
  shown: number
  top: number
}
const KEPT = 'executions'

/** Who comes back from an execution finds the list as it was left. */
function useKeptScroll(ready: boolean, shown: number, kept: Kept | undefined): void {
  useLayoutEffect(() => {
    if (ready && kept) scrollTo(0, kept.top)
  }, [ready])
  useEffect(() => {
    if (!ready) return
    let timer: ReturnType<typeof setTimeout> | undefined
    const save = () => {
      clearTimeout(timer)
      keep<Kept>(KEPT, { shown, top: scrollY })
    }
    // Not at each step of scrolling: browsers refuse more than some hundred changes of the history.
    const scrolled = () => {
      clearTimeout(timer)
      timer = setTimeout(save, 150)
    }
    save()
    addEventListener('scroll', scrolled)
    addEventListener('click', save, true)
    return () => {
      clearTimeout(timer)
      removeEventListener('scroll', scrolled)
      removeEventListener('click', save, true)
    }
  }, [ready, shown])
}

/** Whether the page follows something that runs, and whether it still can. */
function LiveMark({ known, running, stale }: { known: boolean; running: boolean; stale: boolean }) {
  if (!known) return <span class="live">{'\u00a0'}</span>
  if (stale) return <span class="live off">Not up to date</span>
  return <span class={`live${running ? ' on' : ''}`}>{running ? 'Live' : 'Up to date'}</span>
}

function ExecutionTable({ place, rows, ticking }: { place: Place; rows: Row[]; ticking: boolean }) {
  const now = useNow(ticking)
  return (
    <table class="rows links executions">
      <thead>
        <tr>
          <th scope="col" class="col-phase">
            Phase
          </th>
          <th scope="col">Execution</th>
          <th scope="col" class="wide">
            Launch plan
          </th>
          <th scope="col" class="col-time narrow-hidden">
            Started
          </th>
          <th scope="col" class="col-duration end">
            Duration
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.name}>
            <td>
              <Phase phase={row.phase} />
            </td>
            <th scope="row">
              <a class="row-link" href={href.execution(place, row.name)}>
                {row.name}
              </a>
              <span class="quiet sub narrow-only">{row.entity}</span>
            </th>
            <td class="wide clip" title={`${row.entity} ${row.version}`}>
              {row.isTask && <span class="tag">task</span>}
              {row.entity} <span class="quiet">{row.version}</span>
            </td>
            <td class="narrow-hidden number">
              {row.begun && (
                <time dateTime={row.begun.toISOString()} title={fully(row.begun)}>
                  {when(row.begun, now)}
                </time>
              )}
            </td>
            <td class="end number">{elapsed(row, now)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function elapsed(row: Row, now: number): string {
  if (isTerminal(row.phase)) return row.durationMs === undefined ? '–' : duration(row.durationMs)
  return row.begun ? duration(Math.max(0, now - row.begun.getTime())) : '–'
}

/** Tells of executions that changed their phase, or are new, since the last look. */
function useAnnouncedChanges(rows: Row[] | undefined): void {
  const before = useRef(new Map<string, string>())
  useEffect(() => {
    for (const row of rows ?? []) {
      const phase = before.current.get(row.name)
      if (phase && phase !== row.phase) announce(`${row.name} ${phaseText(row.phase)}.`)
    }
    before.current = new Map(rows?.map((row) => [row.name, row.phase]))
  }, [rows])
}
