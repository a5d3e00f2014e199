// Where the time of an execution went: a tree of spans, and flytekit's texts of it.

import type { core, SpanRow } from '#bindings'

type Kind = SpanRow['kind']

/** Microseconds since 1970 as flytekit has them: through a float, whose rounding shows in its texts. */
function micros(time: string | undefined): number {
  if (!time) return 0
  const [whole = '', fraction = ''] = time.replace('Z', '').split('.')
  const seconds = Date.parse(`${whole}Z`) / 1000 + Number(fraction.padEnd(9, '0')) / 1e9
  const start = Math.trunc(seconds)
  const rest = (seconds - start) * 1e6
  const down = Math.floor(rest)
  // Halves go to the even neighbour.
  return start * 1e6 + (rest - down === 0.5 ? down + (down % 2) : Math.round(rest))
}

/** `11-14 22:13:20.000000` */
function clock(time: string | undefined, utc: boolean): string {
  const at = micros(time)
  const ms = Math.floor(at / 1e6) * 1000
  const local = new Date(utc ? ms : ms - new Date(ms).getTimezoneOffset() * 60_000).toISOString()
  return `${local.slice(5, 10)} ${local.slice(11, 19)}.${String(at - ms * 1000).padStart(6, '0')}`
}

/** Two decimals as Python rounds: a half that is exactly one goes to the even neighbour. */
const hundredths = (seconds: number): string => {
  const size = Math.abs(seconds)
  return `${seconds < 0 ? '-' : ''}${((size * 8) % 4 === 1 ? size - 0.001 : size).toFixed(2)}`
}

/** A float as PyYAML writes it: `0.623457`, `8.0`, `1.0e-06`. */
function float(value: number): string {
  if (value && Math.abs(value) < 1e-4) {
    return value
      .toExponential()
      .replace(/^(-?\d)e/, '$1.0e')
      .replace(/-(\d)$/, '-0$1')
  }
  return Number.isInteger(value) ? `${value}.0` : String(value)
}

/** To a width of 25 characters, which Python counts as code points. */
const padded = (text: string) => text.padEnd(25 + text.length - [...text].length)

/** What YAML would take for a number, a date, a truth or nothing. */
const NO_TEXT =
  /^([+-]?(0b[01_]+|0x[\da-f_]+|0[0-7_]*|[1-9][\d_]*(:[0-5]?\d)*|\d[\d_]*\.[\d_]*(e[+-]\d+)?|\.\d[\d_]*|\.inf)|\.nan|\d{4}-\d\d-\d\d|yes|no|on|off|true|false|null|~|=|<<)$/i
/** What YAML reads as a text without quotes. */
const PLAIN = /^(?!---|\.\.\.|[?:-]? |[?:-]$|[#,[\]{}&*!|>'"%@`])[!-~]+( +(?!#)[!-~]+)*$/

/** A text as a key of a YAML mapping. */
function key(name: string | number): string {
  const text = String(name)
  const plain = typeof name === 'number' || (PLAIN.test(text) && !/:( |$)/.test(text) && !NO_TEXT.test(text))
  const shown = plain ? text : /^[ -~]*$/.test(text) ? `'${text.replaceAll("'", "''")}'` : `"${[...text].map(escaped).join('')}"`
  return text && text.length < 123 ? shown : `? ${shown}`
}

function escaped(character: string): string {
  if (/[ -~]/.test(character)) return /["\\]/.test(character) ? `\\${character}` : character
  const digits = (character.codePointAt(0) as number).toString(16).toUpperCase()
  if (digits.length > 4) return `\\U${digits.padStart(8, '0')}`
  return digits.length > 2 ? `\\u${digits.padStart(4, '0')}` : `\\x${digits.padStart(2, '0')}`
}

/** How long a span took, in seconds: whole microseconds, which milliseconds don't quite hold. */
const seconds = (span: FlyteExecutionSpan): number => Math.round(span.durationMs * 1000) / 1e6

type Groups = 'nodes' | 'task_attempts' | 'workflows'
type Sums = { breakdown: Map<string, number> } & Record<Groups, Map<string | number, Sums>>

const GROUPS: Partial<Record<Kind, Groups>> = { node: 'nodes', task: 'task_attempts', workflow: 'workflows' }

/** Seconds by operation, of a span and of those in it. What an operation consists of would count twice. */
function sums(span: FlyteExecutionSpan): Sums {
  const own: Sums = { breakdown: new Map(), nodes: new Map(), task_attempts: new Map(), workflows: new Map() }
  const add = (operation: string, time: number) => own.breakdown.set(operation, (own.breakdown.get(operation) ?? 0) + time)
  for (const inside of span.spans) {
    if (inside.kind === 'operation') {
      add(inside.name, seconds(inside))
      continue
    }
    const theirs = sums(inside)
    for (const [operation, time] of theirs.breakdown) add(operation, time)
    const group = GROUPS[inside.kind]
    if (group) own[group].set(inside.kind === 'task' ? Number(inside.name) : inside.name, theirs)
  }
  return own
}

const sorted = <K, V>(map: Map<K, V>): [K, V][] => [...map].sort(([a], [b]) => (a < b ? -1 : 1))

function yaml(own: Sums, pad: string): string {
  let text = `${pad}breakdown:${own.breakdown.size ? '' : ' {}'}\n`
  for (const [operation, time] of sorted(own.breakdown)) text += pair(operation, ` ${float(time)}`, `${pad}  `)
  for (const group of Object.values(GROUPS).sort()) {
    if (own[group].size) text += `${pad}${group}:\n`
    for (const [name, theirs] of sorted(own[group])) text += entry(name, theirs, `${pad}  `)
  }
  return text
}

function entry(name: string | number, own: Sums, pad: string): string {
  const inside = yaml(own, `${pad}  `)
  return key(name).startsWith('? ') ? pair(name, inside.slice(pad.length + 1, -1), pad) : `${pad}${key(name)}:\n${inside}`
}

/** A key with what stands behind its colon; a long one has a line of its own. */
function pair(name: string | number, value: string, pad: string): string {
  const shown = key(name)
  return `${pad}${shown}${shown.startsWith('? ') ? `\n${pad}` : ''}:${value}\n`
}

const date = (time: string | undefined) => (time ? new Date(time) : undefined)

/** A stretch of time of an execution, and the stretches it consists of. */
export class FlyteExecutionSpan {
  /** What it is about; empty when the server does not say. */
  readonly kind: Kind
  /** Name of the execution, id of the node, number of the attempt, or what the operation is called, e.g. `NODE_SETUP`. */
  readonly name: string
  /** `node/n0`; for an operation, whose it is. */
  readonly entity: string
  readonly startedAt: Date | undefined
  readonly endedAt: Date | undefined
  /** How long it took, in milliseconds. */
  readonly durationMs: number
  /** The spans in it. */
  readonly spans: readonly FlyteExecutionSpan[]
  readonly #json: core.Span

  /** From a span as the raw client's `getExecutionMetrics` answers it. `around` is whose operation it is. */
  constructor(json: core.Span, around = '') {
    const { workflowId, nodeId, taskId, operationId, startTime, endTime, spans = [] } = json
    this.#json = json
    this.kind = workflowId ? 'workflow' : nodeId ? 'node' : taskId ? 'task' : operationId === undefined ? '' : 'operation'
    this.name = workflowId?.name ?? nodeId?.nodeId ?? (taskId && String(taskId.retryAttempt ?? 0)) ?? operationId ?? ''
    const operation = this.kind === 'operation'
    this.entity = operation ? around : this.kind && `${this.kind}/${this.name}`
    this.startedAt = date(startTime)
    this.endedAt = date(endTime)
    this.durationMs = (micros(endTime) - micros(startTime)) / 1000
    this.spans = spans.map((span) => new FlyteExecutionSpan(span, operation ? `${around}/${this.name}` : this.entity))
  }

  /** This and all spans in it as rows of a timeline, each before those in it. */
  rows(depth = 0): SpanRow[] {
    const { kind, name, entity, startedAt, endedAt, durationMs } = this
    return [{ depth, kind, name, entity, startedAt, endedAt, durationMs }, ...this.spans.flatMap((span) => span.rows(depth + 1))]
  }

  /** A table of all operations with their times, in the local time zone unless `utc` is true. */
  explain(options: { utc?: boolean | undefined } = {}): string {
    const times = ['operation', 'start_timestamp', 'end_timestamp'].map(padded).join('')
    return [`${times} duration    entity`, '-'.repeat(140), ...this.#lines(!!options.utc, -1), ''].join('\n')
  }

  #lines(utc: boolean, indent: number): string[] {
    const { startTime, endTime } = this.#json
    const own = [this.name, clock(startTime, utc), clock(endTime, utc)].map(padded).join('')
    const line = `${own} ${hundredths(seconds(this)).padStart(7)}s    ${'  '.repeat(Math.max(indent, 0))}${this.entity}`
    return [...(this.kind === 'operation' ? [line] : []), ...this.spans.flatMap((span) => span.#lines(utc, indent + 1))]
  }

  /** The seconds that each entity spent in each operation, as YAML. */
  dump(): string {
    return `${entry(this.kind === 'operation' ? '' : this.kind === 'task' ? Number(this.name) : this.name, sums(this), '')}\n`
  }

  /** The whole `flyteidl.core.Span` as ProtoJSON. */
  toJSON(): core.Span {
    return this.#json
  }
}
