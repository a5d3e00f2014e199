// TypeScript types of inputs and outputs, from the schemas by which they describe themselves.

import type { InputDescription, JsonSchema, OutputDescription } from '#bindings'

/** What a module is made from. */
export interface Described {
  /** For the first line. */
  title: string
  inputs: readonly InputDescription[]
  outputs: readonly OutputDescription[]
}

/** A module with `Inputs`, `Outputs` and the structs in them. Inputs that a launch plan has fixed are left out. */
export function typesModule({ title, inputs, outputs }: Described): string {
  const module = new Module()
  const given = module.interface(
    'Inputs',
    inputs.filter((input) => !('fixed' in input)).map((input) => module.input(input)),
  )
  const gotten = module.interface(
    'Outputs',
    outputs.map((output) => module.output(output)),
  )
  const head = `// ${oneLine(title)}\n// Written by \`flyte-remote types\`.\n`
  const imports = [...module.imports].sort().join(', ')
  return [head, imports && `import type { ${imports} } from 'flyte-remote'\n`, given, gotten, ...module.structs.values()]
    .filter(Boolean)
    .join('\n')
}

type Definitions = Record<string, JsonSchema>

interface Property {
  name: string
  type: string
  optional: boolean
  comment: string
}

/** Names that a struct can't have: what is written beside it, TypeScript's own types, and words that are no names. */
const TAKEN =
  `Inputs Outputs Date Map Record Uint8Array BigInt64Array Float64Array FlyteFile FlyteDirectory StructuredDataset UnionVariant Blob
any bigint boolean never null number object string symbol undefined unknown void
await break case catch class const continue debugger default delete do else enum export extends false finally for function if implements
import in instanceof interface let new package private protected public return static super switch this throw true try typeof var while with
yield`.split(/\s/)

const HANDLES: Record<string, string> = {
  file: 'FlyteFile',
  directory: 'FlyteDirectory',
  structured_dataset: 'StructuredDataset',
  schema: 'StructuredDataset',
}

class Module {
  readonly imports = new Set<string>()
  /** Text by name. */
  readonly structs = new Map<string, string>()
  /** Name by schema and the definitions around it. */
  readonly #known = new Map<string, string>()

  input(input: InputDescription): Property {
    const { name, schema, type, description, required } = input
    const comment = [sentence(description), `\`${type}\`${'default' in input ? `, default: ${shown(input.default)}` : ''}`]
    const rendered = new Types(this, true, schema.$defs ?? {}).of(schema)
    return { name, type: rendered, optional: !required, comment: comment.filter(Boolean).join(' ') }
  }

  output({ name, schema, type, description }: OutputDescription): Property {
    const rendered = new Types(this, false, schema.$defs ?? {}).of(schema)
    return { name, type: rendered, optional: false, comment: [sentence(description), `\`${type}\``].filter(Boolean).join(' ') }
  }

  interface(name: string, properties: Property[]): string {
    if (!properties.length) return `export type ${name} = Record<string, never>\n`
    return `export interface ${name} {\n${properties.map(line).join('')}}\n`
  }

  /** The name of the interface of a struct. The same struct as input and output is one where it reads the same. */
  struct(schema: JsonSchema, types: Types): string {
    const key = JSON.stringify([types.isInput, schema, types.definitions])
    const known = this.#known.get(key)
    if (known) return known
    const base = identifier(schema.title ?? 'Struct') + (types.isInput ? '' : 'Output')
    const name = this.#unused(base)
    // A struct may lead to itself.
    this.#known.set(key, name)
    this.structs.set(name, '')
    const text = this.interface(name, types.properties(schema))
    const same = [...this.structs].find(([other, written]) => other !== name && written === renamed(text, name, other))
    if (same) this.structs.delete(name)
    else this.structs.set(name, text)
    if (same) this.#known.set(key, same[0])
    return same ? same[0] : name
  }

  #unused(base: string): string {
    let name = base
    for (let number = 2; this.structs.has(name) || TAKEN.includes(name); number++) name = `${base}${number}`
    return name
  }
}

/** The types within one input or output. */
class Types {
  constructor(
    readonly module: Module,
    readonly isInput: boolean,
    readonly definitions: Definitions,
  ) {}

  /** Names of definitions that are being written and have no name there by which to refer to them. */
  readonly #open = new Set<string>()

  of(schema: JsonSchema): string {
    if (schema.$ref) return this.#definition(schema.$ref.slice('#/$defs/'.length))
    if (schema.enum) return schema.enum.map(literalOf).join(' | ') || 'never'
    if (schema.anyOf) return this.#union(schema)
    switch (schema.type) {
      case 'null':
      case 'boolean':
      case 'number':
        return schema.type
      case 'integer':
        return 'bigint | number'
      case 'string':
        return this.#string(schema)
      case 'array':
        return this.#list(schema)
      case 'object':
        return this.#object(schema)
      default:
        return 'unknown'
    }
  }

  #definition(name: string): string {
    const definition = this.definitions[name]
    if (!definition || this.#open.has(name)) return 'unknown'
    // A struct may lead to itself, by its name.
    if (definition.properties) return this.of(definition.title ? definition : { ...definition, title: name })
    this.#open.add(name)
    const type = this.of(definition)
    this.#open.delete(name)
    return type
  }

  properties({ properties = {}, required = [] }: JsonSchema): Property[] {
    return Object.entries(properties).map(([name, schema]) => ({
      name,
      type: this.of(schema),
      // Python writes the fields that have a default.
      optional: !required.includes(name) && (this.isInput || !('default' in schema)),
      comment: 'default' in schema && this.isInput ? `Default: ${shown(schema.default)}` : '',
    }))
  }

  #union({ anyOf = [], 'x-flyte-type': flyte }: JsonSchema): string {
    const types = new Set(anyOf.map((variant) => this.of(variant)))
    const variants = anyOf.filter(({ type }) => type !== 'null')
    if (this.isInput && flyte && variants.length > 1) types.add(this.#imported('UnionVariant'))
    return [...new Set([...types].flatMap(alternatives))].join(' | ') || 'never'
  }

  #string({ format, contentEncoding, 'x-flyte-type': flyte }: JsonSchema): string {
    if (contentEncoding) return this.isInput || flyte === 'bytes' ? 'Uint8Array' : '{ tag: string; value: Uint8Array }'
    if (format === 'uri') {
      const handle = this.#imported(HANDLES[flyte?.split('[')[0] ?? ''] ?? 'FlyteFile')
      if (!this.isInput) return handle
      return handle === 'FlyteDirectory' ? 'FlyteDirectory | string' : `${handle} | Blob | Uint8Array | string`
    }
    if (format === 'duration') return this.isInput ? 'number | string' : 'number'
    if (format?.startsWith('date')) return this.isInput ? 'Date | string' : flyte ? 'Date' : 'string'
    return 'string'
  }

  #list({ items = {}, 'x-flyte-type': flyte }: JsonSchema): string {
    const element = this.of(items)
    const isWhole = alternatives(element).length === 1 && !element.startsWith('readonly ')
    const list = `${this.isInput ? 'readonly ' : ''}${isWhole ? element : `(${element})`}[]`
    const packed = { integer: 'BigInt64Array', number: 'Float64Array' }[String(items.type)]
    return this.isInput && flyte && packed ? `${list} | ${packed}` : list
  }

  #object(schema: JsonSchema): string {
    const { title, properties, additionalProperties: rest, propertyNames: keys } = schema
    if (properties && title) return this.module.struct(schema, this)
    if (properties) return `{ ${this.properties(schema).map(entry).join('; ')} }`
    const type = typeof rest === 'object' ? this.of(rest) : 'unknown'
    // Keys that are no texts come as they are, in a Map.
    if (!keys?.type || keys.type === 'string') return `Record<string, ${type}>`
    return `Map<${this.of(keys)}, ${type}>${this.isInput ? ` | Record<${keys.type === 'boolean' ? 'string' : 'number'}, ${type}>` : ''}`
  }

  #imported(name: string): string {
    this.module.imports.add(name)
    return name
  }
}

const WORD = /^[A-Za-z_$][\w$]*$/

const quoted = (text: string) => `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`

const literalOf = (value: unknown) => (typeof value === 'string' ? quoted(value) : String(value))

const entry = ({ name, type, optional }: Property) =>
  `${WORD.test(name) ? name : quoted(name)}${optional ? '?' : ''}: ${type}${optional ? ' | undefined' : ''}`

const line = (property: Property) => `${property.comment && `  /** ${oneLine(property.comment)} */\n`}  ${entry(property)}\n`

/** What may stand in a comment. */
const oneLine = (text: string) => text.replace(/\s+/g, ' ').replaceAll('*/', '*\\/')

const sentence = (text: string) => text.trim() && `${text.trim().replace(/\.$/, '')}.`

const identifier = (title: string) => title.replace(/\W+/g, '_').replace(/^(\d)/, '_$1')

const renamed = (text: string, from: string, to: string) => text.replace(new RegExp(`\\b${from}\\b`, 'g'), to)

/** The members of a union, without looking into brackets or quotes. */
function alternatives(type: string): string[] {
  const parts = ['']
  let depth = 0
  for (const [token] of type.matchAll(/'(?:\\.|[^'\\])*'|./gsu)) {
    if ('([{<'.includes(token)) depth++
    if (')]}>'.includes(token)) depth--
    if (token === '|' && depth === 0) parts.push('')
    else parts[parts.length - 1] += token
  }
  return parts.map((part) => part.trim())
}

/** A default, for a comment. */
function shown(value: unknown): string {
  const plain = (_: string, item: unknown) => (typeof item === 'bigint' ? String(item) : item)
  const text = value && typeof value === 'object' && 'uri' in value ? String(value.uri) : JSON.stringify(value, plain)
  return text.length > 60 ? `${text.slice(0, 60)}…` : text
}
