// One input of the launch form: label, control, hint or problem.

import type { Field } from '../fields.js'
import { duration, parseDuration } from '../format.js'

export interface Problem {
  message: string
  /** The empty text is a value it can have. */
  mayBeEmpty?: boolean | undefined
}

interface Properties {
  field: Field
  text: string
  problem?: Problem | undefined
  /** The user means the empty text. */
  asEmpty: boolean
  /** Missing where the value is fixed. */
  onText?: (text: string) => void
  onEmpty?: () => void
}

export function FieldControl({ field, text, problem, asEmpty, onText, onEmpty }: Properties) {
  const id = `input-${field.name}`
  const note = `${id}-note`
  const attributes = {
    id,
    name: field.name,
    'aria-describedby': note,
    'aria-invalid': problem ? true : undefined,
    'aria-required': field.required || undefined,
  }
  return (
    <div class="field">
      <label for={id}>
        {field.name}
        {field.required && (
          <span class="required" aria-hidden="true">
            {' *'}
          </span>
        )}
        <span class="type">{field.fixed === undefined ? field.typeText : 'fixed by the launch plan'}</span>
      </label>
      <div>
        <Control field={field} text={text} asEmpty={asEmpty} onText={onText} attributes={attributes} />
        <div id={note} class={problem ? 'problem' : 'hint'}>
          {problem ? problem.message : hintFor(field, text)}
          {problem?.mayBeEmpty && (
            <>
              {' '}
              <button type="button" class="link" onClick={onEmpty}>
                Send the empty text
              </button>
            </>
          )}
        </div>
      </div>
    </div>
  )
}

interface ControlProperties {
  field: Field
  text: string
  asEmpty: boolean
  onText: ((text: string) => void) | undefined
  attributes: Record<string, unknown>
}

function Control({ field, text, asEmpty, onText, attributes }: ControlProperties) {
  const typed = (event: { currentTarget: { value: string } }) => onText?.(event.currentTarget.value)
  const plain = { ...attributes, value: text, onInput: typed, autocomplete: 'off', spellcheck: false }
  if (!onText) return <textarea {...attributes} class="code" readOnly rows={1} value={text} />
  switch (field.control) {
    case 'boolean':
    case 'enum': {
      const choices = field.control === 'enum' ? field.choices : ['true', 'false']
      return (
        <select {...attributes} class="narrow" value={text} onChange={typed}>
          {(text === '' || field.nullable || field.default === undefined) && <option value="">{field.nullable ? 'none' : ''}</option>}
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
    case 'json':
      return <textarea {...plain} class="code" rows={Math.min(Math.max(text.split('\n').length, 2), 12)} />
    case 'string':
      if (text.includes('\n')) return <textarea {...plain} rows={Math.min(text.split('\n').length + 1, 12)} />
      return <input {...plain} placeholder={asEmpty ? 'the empty text' : undefined} />
    default:
      return <input {...plain} placeholder="s3://bucket/key" />
  }
}

function hintFor(field: Field, text: string): string {
  const parts = [field.description]
  if (field.control === 'datetime') {
    const date = new Date(text)
    parts.push(
      Number.isNaN(date.getTime())
        ? 'Local time.'
        : `Local time; ${date
            .toISOString()
            .replace('T', ' ')
            .replace(/(\.000)?Z$/, '')} UTC.`,
    )
  }
  if (field.control === 'duration' && text) {
    const ms = parseDuration(text)
    if (ms !== undefined) parts.push(`That is ${duration(Math.abs(ms))}.`)
  }
  if (field.nullable) parts.push('Empty for none.')
  else if (!field.required && field.fixed === undefined && text === '' && field.control !== 'string')
    parts.push('Left out: the default is taken.')
  return parts.filter(Boolean).join(' ')
}
