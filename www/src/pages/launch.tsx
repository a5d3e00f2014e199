// The launch form of a launch plan: pick a version, give the inputs, go.

import { AlreadyExistsError, type admin, type ExecutionReference, type FlyteLaunchPlan, type FlyteValues } from 'flyte-remote'
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { announce } from '../announce.js'
import { useConnection } from '../connection.js'
import { type Draft, draftOf, type Field, fieldsOf, inputAt, type Problem, problemAt, read } from '../fields.js'
import { when } from '../format.js'
import { useLive, useTitle } from '../live.js'
import { Failure, Loading, Message } from '../notices.js'
import { href, keep, type Place, recall } from '../route.js'
import { FieldControl } from './field-control.js'
import { NothingAt } from './place.js'

interface Properties {
  place: Place
  name: string
  version: string | undefined
  /** The execution whose inputs are taken over. */
  from: string | undefined
}

interface Version {
  version: string
  note: string
}

const VERSIONS = 100

export function LaunchPage({ place, name, version, from }: Properties) {
  const { remote } = useConnection()
  useTitle(`Launch ${name}`)
  const versions = useLive('versions', async (signal) => {
    const sortBy = { key: 'created_at', direction: 'DESCENDING' as const }
    const request = { id: { ...place, name }, limit: VERSIONS, sortBy }
    return ((await remote.client.listLaunchPlans(request, { signal })).launchPlans ?? []).map(versionOf)
  })
  const chosen = version ?? versions.data?.[0]?.version
  return (
    <>
      <div class="head">
        <h1 tabIndex={-1}>{name}</h1>
      </div>
      {versions.error !== undefined && <Failure what="The launch plan" error={versions.error} retry={versions.refresh} />}
      {versions.error === undefined && !versions.data && <Loading what="the launch plan" />}
      {versions.data?.length === 0 && (
        <NothingAt place={place} title="There is no such launch plan here.">
          <a href={href.plans(place)}>All launch plans</a>
        </NothingAt>
      )}
      {versions.data && chosen && (
        <>
          <VersionPicker
            versions={versions.data}
            chosen={chosen}
            onChoose={(other) => location.replace(href.launch(place, name, other, from))}
          />
          <LaunchForm key={chosen} place={place} name={name} version={chosen} from={from} />
        </>
      )}
    </>
  )
}

interface PickerProperties {
  versions: Version[]
  chosen: string
  onChoose: (version: string) => void
}

function VersionPicker({ versions, chosen, onChoose }: PickerProperties) {
  const known = versions.some((one) => one.version === chosen) ? versions : [{ version: chosen, note: '' }, ...versions]
  return (
    <div class="launch">
      <div class="field version">
        <label for="version">Version</label>
        <select id="version" value={chosen} onChange={(event) => onChoose(event.currentTarget.value)}>
          {known.map((one) => (
            <option key={one.version} value={one.version}>
              {one.note ? `${one.version} (${one.note})` : one.version}
            </option>
          ))}
        </select>
      </div>
    </div>
  )
}

function versionOf(launchPlan: admin.LaunchPlan): Version {
  const { createdAt, state } = launchPlan.closure ?? {}
  const notes = [createdAt ? when(new Date(createdAt)) : '', state === 'ACTIVE' ? 'active' : '']
  return { version: launchPlan.id?.version ?? '', note: notes.filter(Boolean).join(', ') }
}

function LaunchForm({ place, name, version, from }: Properties & { version: string }) {
  const { remote } = useConnection()
  const inputsOf = async (execution: ExecutionReference, signal: AbortSignal) => {
    return (await remote.fetchExecution(execution, { signal })).inputs({ signal })
  }
  const live = useLive(version, async (signal) => {
    const plan = await remote.fetchLaunchPlan({ ...place, name, version }, { signal })
    return { plan, fields: fieldsOf(plan.describeInputs()), given: from ? await inputsOf({ ...place, name: from }, signal) : undefined }
  })
  if (live.data) return <Inputs {...live.data} place={place} from={from} />
  if (live.error === undefined) return <Loading what="the inputs" />
  return <Failure what="The launch plan" error={live.error} retry={live.refresh} />
}

interface InputsProperties {
  plan: FlyteLaunchPlan
  fields: Field[]
  given: FlyteValues | undefined
  place: Place
  from: string | undefined
}

/** What an input was given in another execution, or else its default. */
function valueFor(field: Field, given: FlyteValues | undefined): unknown {
  if (!given?.has(field.name)) return field.default
  try {
    return given.getAs(field.name, field.literalType, { variants: true })
  } catch {
    // It was of another type then.
    return field.default
  }
}

/** A map and not an object: an input may be called `constructor`. */
type ByName<T> = ReadonlyMap<string, T>

/** What somebody has written into the form. */
interface Written {
  drafts: ByName<Draft>
  empties: ByName<boolean>
  name: string
}

/** Key of the problem that belongs to the execution's name, which no input can have. */
const NAME = ' name'

function Inputs({ plan, fields, given, place, from }: InputsProperties) {
  const { remote } = useConnection()
  const form = useRef<HTMLFormElement>(null)
  const open = fields.filter((field) => !field.isFixed)
  const fixed = fields.filter((field) => field.isFixed)
  // With the types: another server, or one started anew, may have others in the same version.
  const kept = JSON.stringify([plan.id, open.map(({ name, type }) => [name, type])])
  const [written] = useState(() => recall<Written>(kept))
  const [drafts, setDrafts] = useState<ByName<Draft>>(
    () => written?.drafts ?? new Map(open.map((field) => [field.name, draftOf(field.shape, valueFor(field, given))])),
  )
  const [empties, setEmpties] = useState<ByName<boolean>>(written?.empties ?? new Map())
  const [name, setName] = useState(written?.name ?? '')
  const [problems, setProblems] = useState<ByName<Problem>>(new Map())
  const [error, setError] = useState<unknown>()
  const [busy, setBusy] = useState(false)

  useEffect(() => {
    const timer = setTimeout(() => keep<Written>(kept, { drafts, empties, name }), 200)
    return () => clearTimeout(timer)
  }, [drafts, empties, name])

  // Whatever was refused, the first field to mend gets the focus.
  useLayoutEffect(() => {
    const count = problems.size
    if (!count) return
    announce(count === 1 ? 'One field needs a change.' : `${count} fields need a change.`)
    form.current?.querySelector<HTMLElement>('[aria-invalid=true]')?.focus()
  }, [problems])

  const edit = (field: Field, draft: Draft) => {
    setDrafts(new Map(drafts).set(field.name, draft))
    setEmpties(new Map(empties).set(field.name, false))
  }

  const submit = async (event: Event) => {
    event.preventDefault()
    if (busy) return
    const found = new Map<string, Problem>()
    const inputs: [string, unknown][] = []
    for (const field of open) {
      const reading = read(field, drafts.get(field.name) ?? '', empties.get(field.name))
      if ('problem' in reading) found.set(field.name, reading.problem)
      else if ('value' in reading) inputs.push([field.name, reading.value])
    }
    setError(undefined)
    setProblems(found)
    if (found.size) return
    setBusy(true)
    try {
      const execution = await remote.execute(plan, { ...place, inputs: Object.fromEntries(inputs), name: name.trim() || undefined })
      announce(`Launched ${execution.name}.`)
      // Who comes back has what he wrote, but for the name, which is taken now.
      keep<Written>(kept, { drafts, empties, name: '' })
      location.hash = href.execution({ project: execution.project, domain: execution.domain }, execution.name)
    } catch (refused) {
      const { placed, rest } = sortedByField(refused, open)
      setProblems(placed)
      setError(rest ? refused : undefined)
      setBusy(false)
    }
  }

  return (
    <form class="launch" ref={form} onSubmit={submit} noValidate aria-label={`Launch ${plan.name}`}>
      {from && <p class="quiet lead">With the inputs of {from}.</p>}
      {!fields.length && <p class="quiet lead">It has no inputs.</p>}
      {open.map((field) => (
        <FieldControl
          key={field.name}
          field={field}
          draft={drafts.get(field.name) ?? ''}
          problem={problems.get(field.name)}
          asEmpty={empties.get(field.name) ?? false}
          onDraft={(draft) => edit(field, draft)}
          onEmpty={() => {
            setEmpties(new Map(empties).set(field.name, true))
            setProblems(new Map([...problems].filter(([other]) => other !== field.name)))
          }}
        />
      ))}
      {fixed.map((field) => (
        <FieldControl key={field.name} field={field} draft={draftOf(field.shape, field.fixed)} asEmpty={false} />
      ))}
      <NameField name={name} problem={problems.get(NAME)} onName={setName} />
      {error !== undefined && (
        <div class="notice failure" role="alert">
          <p class="notice-title">It was not launched</p>
          <Message error={error} />
        </div>
      )}
      <p class="actions">
        <button type="submit" class="primary" aria-disabled={busy}>
          {busy ? 'Launching…' : 'Launch'}
        </button>
        <a class="button" href={href.plans(place)}>
          Cancel
        </a>
      </p>
    </form>
  )
}

function NameField({ name, problem, onName }: { name: string; problem: Problem | undefined; onName: (name: string) => void }) {
  return (
    <div class="field">
      <label for="execution-name">Execution name</label>
      <div>
        <input
          id="execution-name"
          autocomplete="off"
          spellcheck={false}
          maxLength={63}
          placeholder="made up when left empty"
          value={name}
          aria-invalid={problem ? true : undefined}
          aria-describedby="execution-name-note"
          onInput={(event) => onName(event.currentTarget.value)}
        />
        <p id="execution-name-note" class={problem ? 'problem' : 'hint'}>
          {problem?.message ?? 'Lower-case letters, digits and dashes, a letter first.'}
        </p>
      </div>
    </div>
  )
}

/** Sorts what the package found wrong by field; `rest` tells that some of it belongs to none. */
function sortedByField(error: unknown, fields: Field[]): { placed: ByName<Problem>; rest: boolean } {
  const { problems, path, message } = error as { problems?: { path: string; message: string }[]; path?: string; message?: string }
  const about = path ?? (error instanceof AlreadyExistsError ? 'name' : undefined)
  const all = problems?.length ? problems : about ? [{ path: about, message: message ?? '' }] : []
  const names = fields.map((field) => field.name)
  const byField = new Map<string, { path: string; message: string }[]>()
  let rest = all.length === 0
  for (const problem of all) {
    const field = problem.path === 'name' ? NAME : inputAt(problem.path, names)
    if (field === undefined) rest = true
    else byField.set(field, [...(byField.get(field) ?? []), problem])
  }
  const placed = new Map<string, Problem>()
  for (const field of fields) {
    const found = byField.get(field.name)
    if (found) placed.set(field.name, problemAt(field, found))
  }
  const ofName = byField.get(NAME)
  if (ofName) placed.set(NAME, { message: ofName.map(({ message }) => message).join(' ') })
  return { placed, rest }
}
