// One input of the launch form: label, controls, hint or problem.

import { useRef } from 'preact/hooks'
import {
  type Chosen,
  choicesOf,
  type Draft,
  durationOf,
  emptyOf,
  exampleOf,
  type Field,
  type Problem,
  type Shape,
  sentence,
} from '../fields.js'
import { duration } from '../format.js'

interface Properties {
  field: Field
  draft: Draft
  problem?: Problem | undefined
  /** The user means the empty text or list. */
  asEmpty: boolean
  /** Missing where the value is fixed. */
  onDraft?: (draft: Draft) => void
  onEmpty?: () => void
}

export function FieldControl({ field, draft, problem, asEmpty, onDraft, onEmpty }: Properties) {
  const id = `input-${field.name}`
  const note = `${id}-note`
  const isGroup = onDraft !== undefined && field.shape.kind !== 'one'
  const isRequired = field.required && !(field.shape.kind !== 'list' && field.shape.nullable)
  const label = (
    <>
      {field.name}
      {isRequired && (
        <span class="required" aria-hidden="true">
          {' *'}
        </span>
      )}
      <span class="type">{field.isFixed ? 'fixed by the launch plan' : field.type}</span>
    </>
  )
  const attributes = {
    id,
    // What has a name is a property of the form: a plain `id` or `action` would hide the form's own.
    name: `inputs.${field.name}`,
    'aria-describedby': note,
    'aria-invalid': problem ? true : undefined,
    'aria-required': isRequired || undefined,
  }
  const controls = { field, draft, problem, asEmpty, onDraft, attributes }
  const body = (
    <div>
      <Controls {...controls} shape={field.shape} />
      <div id={note} class={problem?.message ? 'problem' : 'hint'}>
        {problem?.message || hintFor(field, draft)}
        {problem?.mayBeEmpty && (
          <>
            {' '}
            <button type="button" class="link" onClick={onEmpty}>
              Send the empty {problem.mayBeEmpty}
            </button>
          </>
        )}
      </div>
    </div>
  )
  if (!isGroup) {
    return (
      <div class="field">
        <label for={id}>{label}</label>
        {body}
      </div>
    )
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: a legend can't be a cell of the grid.
    <div class="field" role="group" aria-labelledby={`${id}-label`}>
      <span class="label" id={`${id}-label`}>
        {label}
      </span>
      {body}
    </div>
  )
}

interface ControlsProperties {
  field: Field
  shape: Shape
  draft: Draft
  problem: Problem | undefined
  asEmpty: boolean
  onDraft: ((draft: Draft) => void) | undefined
  attributes: Record<string, unknown>
}

function Controls(properties: ControlsProperties) {
  const { shape, draft, onDraft, attributes } = properties
  if (!onDraft) return <textarea {...attributes} class="code" readOnly rows={1} value={shown(draft)} />
  if (shape.kind === 'list') return <Rows {...properties} shape={shape} onDraft={onDraft} />
  if (shape.kind === 'choice') return <Choice {...properties} shape={shape} onDraft={onDraft} />
  return <Control {...properties} shape={shape} text={draft as string} onText={onDraft} />
}

/** A draft that nobody can change. */
function shown(draft: Draft): string {
  if (Array.isArray(draft)) return draft.map(shown).join(', ')
  return typeof draft === 'string' ? draft : shown(draft.draft)
}

interface RowsProperties extends ControlsProperties {
  shape: Shape & { kind: 'list' }
  onDraft: (draft: Draft) => void
}

/** A row for each element, which can be added and removed. */
function Rows({ field, shape, draft, problem, asEmpty, onDraft, attributes }: RowsProperties) {
  const rows = draft as Draft[]
  const group = useRef<HTMLDivElement>(null)
  // After the rows are there.
  const focusOn = (what: string) => requestAnimationFrame(() => group.current?.querySelector<HTMLElement>(what)?.focus())
  const add = () => {
    onDraft([...rows, emptyOf(shape.element)])
    focusOn(`[data-row="${rows.length}"]`)
  }
  const remove = (index: number) => {
    onDraft(rows.filter((_, other) => other !== index))
    focusOn(index > 0 ? `[data-row="${index - 1}"]` : '.add')
  }
  return (
    <div class="items" ref={group}>
      {asEmpty && !rows.length && <p class="quiet">The empty list.</p>}
      {rows.map((row, index) => (
        <div class="item" key={index}>
          <Control
            field={field}
            shape={shape.element as Shape & { kind: 'one' }}
            text={row as string}
            asEmpty={row === ''}
            onText={(text) => onDraft(rows.map((other, place) => (place === index ? text : other)))}
            attributes={{
              ...attributes,
              id: `${attributes.id}-${index}`,
              'aria-label': `${field.name} ${index + 1}`,
              'aria-invalid': problem?.rows?.[index] ? true : undefined,
              'aria-describedby': problem?.rows?.[index] ? `${attributes.id}-${index}-note` : attributes['aria-describedby'],
              'aria-required': undefined,
              'data-row': index,
            }}
          />
          <button type="button" class="remove" aria-label={`Remove ${field.name} ${index + 1}`} onClick={() => remove(index)}>
            <span aria-hidden="true">×</span>
          </button>
          {problem?.rows?.[index] && (
            <div id={`${attributes.id}-${index}-note`} class="problem">
              {problem.rows[index]}
            </div>
          )}
        </div>
      ))}
      <button
        type="button"
        class="add"
        aria-describedby={attributes['aria-describedby'] as string}
        aria-invalid={problem && !rows.length ? true : undefined}
        onClick={add}
      >
        Add {rows.length ? 'another' : 'one'}
        <span class="visually-hidden"> to {field.name}</span>
      </button>
    </div>
  )
}

interface ChoiceProperties extends ControlsProperties {
  shape: Shape & { kind: 'choice' }
  onDraft: (draft: Draft) => void
}

/** One of several types, and the controls of that. */
function Choice({ shape, draft, onDraft, ...properties }: ChoiceProperties) {
  const { number, draft: inner } = draft as Chosen
  const variant = shape.variants[number]
  const { attributes, field } = properties
  const choose = (chosen: number) => {
    // What was written stays where both are texts.
    const next = shape.variants[chosen]?.shape
    const kept = next?.kind === 'one' && typeof inner === 'string' ? inner : emptyOf(next)
    onDraft({ number: chosen, draft: kept })
  }
  return (
    <div class="choice">
      <select
        name={`${attributes.name}-type`}
        aria-label={`Type of ${field.name}`}
        value={String(number)}
        onChange={(event) => choose(Number(event.currentTarget.value))}
      >
        {shape.nullable && <option value="-1">none</option>}
        {shape.variants.map(({ label }, place) => (
          <option key={label} value={String(place)}>
            {label}
          </option>
        ))}
      </select>
      {variant && (
        <Controls
          {...properties}
          attributes={{ ...attributes, 'aria-label': field.name }}
          shape={variant.shape}
          draft={inner}
          onDraft={(changed) => onDraft({ number, draft: changed })}
        />
      )}
    </div>
  )
}

interface ControlProperties {
  field: Field
  shape: Shape & { kind: 'one' }
  text: string
  asEmpty: boolean
  onText: (text: string) => void
  attributes: Record<string, unknown>
}

function Control({ field, shape, text, asEmpty, onText, attributes }: ControlProperties) {
  const typed = (event: { currentTarget: { value: string } }) => onText(event.currentTarget.value)
  const plain = { ...attributes, value: text, onInput: typed, autocomplete: 'off', spellcheck: false }
  switch (shape.control) {
    case 'boolean':
    case 'enum': {
      const choices = shape.control === 'enum' ? choicesOf(shape.type) : ['true', 'false']
      return (
        <select {...attributes} class="narrow" value={text} onChange={typed}>
          {(text === '' || shape.nullable || !field.hasDefault) && <option value="">{shape.nullable ? 'none' : ''}</option>}
          {choices.map((choice) => (
            <option key={choice} value={choice}>
              {choice}
            </option>
          ))}
        </select>
      )
    }
    case 'integer':
      return <input {...plain} class="narrow number" inputMode="numeric" />
    case 'float':
      return <input {...plain} class="narrow number" inputMode="decimal" />
    case 'datetime':
      return <input {...plain} class="narrow" type="datetime-local" step={text.includes('.') ? 0.001 : 1} />
    case 'duration':
      return <input {...plain} class="narrow" placeholder="1h 30m" />
    case 'json': {
      const lines = Math.min(Math.max(text.split('\n').length, 2), 12)
      return <textarea {...plain} class="code" rows={lines} placeholder={exampleOf(schemaFor(field, shape))} />
    }
    case 'string':
      if (text.includes('\n')) return <textarea {...plain} rows={Math.min(text.split('\n').length + 1, 12)} />
      return <input {...plain} placeholder={asEmpty ? 'the empty text' : undefined} />
    case 'bytes':
      return <textarea {...plain} class="code" rows={2} placeholder="aGV5" />
    default:
      return <input {...plain} placeholder="s3://bucket/key" />
  }
}

/** The schema of a control: of the field, or of a variant of it. */
function schemaFor({ schema, shape: whole }: Field, shape: Shape): Field['schema'] {
  if (whole.kind !== 'choice') return schema
  const chosen = whole.variants.find((variant) => variant.shape === shape)
  const variant = schema.anyOf?.find(({ title }) => title === chosen?.tag) ?? {}
  return { ...variant, ...(schema.$defs && { $defs: schema.$defs }) }
}

function hintFor(field: Field, draft: Draft): string {
  const { shape } = field
  const parts = [sentence(field.description)]
  if (shape.kind === 'one') parts.push(hintForText(shape, draft as string))
  if (shape.kind === 'list' && shape.element.kind === 'one') parts.push(hintForText(shape.element, ''))
  const nullable = shape.kind === 'one' && shape.nullable
  if (nullable && !field.isFixed) parts.push('Empty for none.')
  else if (!field.required && !field.isFixed && draft === '' && !(shape.kind === 'one' && shape.control === 'string'))
    parts.push('Left out: the default is taken.')
  return parts.filter(Boolean).join(' ')
}

function hintForText({ control }: Shape & { kind: 'one' }, text: string): string {
  if (control === 'datetime') {
    const date = new Date(text)
    if (Number.isNaN(date.getTime())) return 'Local time.'
    const utc = date
      .toISOString()
      .replace('T', ' ')
      .replace(/(\.000)?Z$/, '')
    return `Local time; ${utc} UTC.`
  }
  if (control === 'duration' && text) {
    const ms = durationOf(text)
    if (ms !== undefined) return `That is ${duration(Math.abs(ms))}.`
  }
  if (control === 'bytes') return 'Base64.'
  return control === 'json' ? 'JSON.' : ''
}
