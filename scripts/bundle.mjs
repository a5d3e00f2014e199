// Bundles js/ and the glue of the wasm files into dist/, with one self-contained declaration file.

import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { bundled } from './javascript.mjs'
import { main, root } from './shell.mjs'

const bindings = join(root, 'target/bindings')
const declarations = join(root, 'target/declarations')

/** Entry point, and the files it becomes. */
const ENTRIES = [
  { entry: 'js/node.ts', platform: 'node', outputs: { esm: 'node.mjs', cjs: 'node.cjs' } },
  { entry: 'js/browser.ts', platform: 'browser', outputs: { esm: 'browser.mjs' } },
  { entry: 'js/sandbox/index.ts', platform: 'node', outputs: { esm: 'sandbox.mjs', cjs: 'sandbox.cjs' } },
  { entry: 'js/sandbox/browser.ts', platform: 'browser', outputs: { esm: 'sandbox-browser.mjs' } },
  { entry: 'js/sandbox/cli.ts', platform: 'node', outputs: { esm: 'cli.mjs' } },
]

async function bundle({ outputs, ...entry }) {
  const codes = await bundled(entry, Object.keys(outputs))
  for (const [i, file] of Object.values(outputs).entries()) writeFileSync(join(root, 'dist', file), codes[i])
}

/** What the glue of each file exports for its loader. */
const LOADING = `
export function __wbg_set_wasm(exports: unknown): void
export function imports(): WebAssembly.Imports
export const QUIET: Set<string>
export const STACK: string
export const COUNT: number
`

/** What the glue exports for js/ alone. */
const INTERNAL = `export function setEnvironment(environment: unknown): void
export function methodNames(): string
export function protoToText(typeName: string, wire: Uint8Array): string
export function protoFromObject(typeName: string, value: unknown): Uint8Array
export function protoToRows(
  typeName: string,
  wire: Uint8Array,
  columns?: string[],
): [string, [string, string | string[]][], [number, string, Uint32Array, Float64Array][]]
export function literalFromValue(type: Uint8Array, value: unknown, protobufStructs: boolean): Uint8Array
export function literalToValue(
  literal: Uint8Array,
  type: Uint8Array | undefined,
  variants: boolean,
  stored: ((uri: string) => Uint8Array | undefined) | undefined,
  form: unknown,
): unknown
export function entityInterface(entity: unknown): { inputs: unknown[]; outputs: unknown[] }
export function entityInterface(
  entity: unknown,
  describedOutputs: boolean,
): [text: string, defaults: Record<string, FlyteValue>, fixed: Record<string, FlyteValue>]
export function literalParse(type: Uint8Array, text: string, name: string): unknown
export function literalTypeText(type: Uint8Array): string
export function literalTypesCompare(from: Uint8Array, to: Uint8Array): number
export function literalTypeOf(literal: Uint8Array): Uint8Array
export function literalGuessType(value: unknown): Uint8Array
export function literalRepr(literal: Uint8Array): unknown
export function literalResolver(literals: Uint8Array, types: Record<string, Uint8Array>): FlyteValues
export interface FlyteValues {
  readValue(
    name: string,
    type: Uint8Array | undefined,
    variants: boolean,
    stored: ((uri: string) => Uint8Array | undefined) | undefined,
    form: unknown,
  ): FlyteValue
}
export interface FlyteRemote {
  __list(what: number, options: unknown, execution?: unknown): unknown
  __rerun(execution: unknown, options: unknown, recover: boolean): Promise<FlyteWorkflowExecution>
  __set(execution: unknown, signalId: string, value: unknown, options: unknown): Promise<void>
}
export interface FlyteClient {
  callJson(name: string, request: unknown, options: unknown): Promise<string>
}
`

/** wasm-bindgen describes the glue's public part; the loader also uses this. */
function writeBindingTypes() {
  for (const [name, file] of [
    ['flyte_remote', 'bindings.d.ts'],
    ['flyte_sandbox', 'sandbox-bindings.d.ts'],
  ]) {
    if (!existsSync(join(bindings, `${name}.d.ts`))) continue
    writeFileSync(join(bindings, file), publicTypes(name) + LOADING + (name === 'flyte_remote' ? withParameters(INTERNAL) : ''))
  }
}

/** Classes with type parameters, which wasm-bindgen has no notation for, and which all parts of a class must have. */
const GENERIC = {
  FlyteTask: '<Inputs = any, Outputs = any>',
  FlyteWorkflow: '<Inputs = any, Outputs = any>',
  FlyteLaunchPlan: '<Inputs = any, Outputs = any>',
  FlyteWorkflowExecution: '<Outputs = any>',
  FlyteValues: '<Values = any>',
}

const withParameters = (text) => text.replace(/^export (?:class|interface) (\w+)(?![\w<])/gm, (head, type) => head + (GENERIC[type] ?? ''))

function publicTypes(name) {
  const text = withParameters(readFileSync(join(bindings, `${name}.d.ts`), 'utf8'))
  return name === 'flyte_remote'
    ? `${text}\n${readFileSync(join(bindings, 'client.d.ts'), 'utf8')}\n${readFileSync(join(bindings, 'idl.d.ts'), 'utf8')}`
    : text
}

/** For programs whose `lib` does not have them yet. */
const SYMBOLS = `declare global {
  interface SymbolConstructor {
    readonly dispose: unique symbol
    readonly asyncDispose: unique symbol
  }
}
`

/** Bytes in memory of their own; up to TypeScript 5.6 the type has no parameter that says so. */
const BYTES = `type OwnBytes = ReturnType<Uint8ArrayConstructor['of']>
`

/** Names of the DOM that Node's types lack, by what both have. */
const PLATFORM = `type WasmModule = typeof globalThis extends { WebAssembly: { Module: { prototype: infer Module } } } ? Module : never
`
const onAnyPlatform = (text) =>
  text.replaceAll('BufferSource', 'ArrayBuffer | ArrayBufferView').replaceAll('| WebAssembly.Module', '| WasmModule')

function writeTypes() {
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  execFileSync(
    process.execPath,
    [tsc, '--noEmit', 'false', '--declaration', '--emitDeclarationOnly', '--stripInternal', '--outDir', declarations, '--rootDir', 'js'],
    {
      cwd: root,
      stdio: 'inherit',
    },
  )
  const files = ['errors', 'handles', 'literal', 'filter', 'identifier', 'lazy', 'metrics', 'rows', 'proto', 'browser']
  const own = files.map((name) => readFileSync(join(declarations, `${name}.d.ts`), 'utf8'))
  const declared = [publicTypes('flyte_remote'), ...own].join('\n').replace(/^(import|export \*) .*$\n?/gm, '')
  const text = SYMBOLS + BYTES + PLATFORM + onAnyPlatform(declared).replaceAll('Uint8Array<ArrayBuffer>', 'OwnBytes')
  for (const name of ['index.d.ts', 'index.d.cts']) writeFileSync(join(root, 'dist', name), text)
  if (existsSync(join(declarations, 'sandbox/index.d.ts'))) {
    const sandbox = SYMBOLS + PLATFORM + onAnyPlatform(readFileSync(join(declarations, 'sandbox/index.d.ts'), 'utf8'))
    for (const name of ['sandbox.d.ts', 'sandbox.d.cts']) writeFileSync(join(root, 'dist', name), sandbox)
  }
}

await main(async () => {
  mkdirSync(join(root, 'dist'), { recursive: true })
  writeBindingTypes()
  for (const entry of ENTRIES) if (existsSync(join(root, entry.entry))) await bundle(entry)
  writeTypes()
})
