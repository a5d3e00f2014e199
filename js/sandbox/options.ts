// The options of a sandbox, checked before anything is started.

import type { SandboxFetchOptions, SandboxOptions } from './index.js'

type Check = [expected: string, fits: (value: unknown) => boolean]

const whole = (from: number, to: number) => (value: unknown) =>
  typeof value === 'number' && value >= from && value <= to && Number.isInteger(value)
const is = (type: string) => (value: unknown) => typeof value === type
const port = whole(0, 65_535)

const PORT: Check = ['a port number', port]
const EITHER: Record<string, Check> = {
  seed: ['a whole number or a bigint', (value) => is('bigint')(value) || Number.isSafeInteger(value)],
  engine: ['true or false', is('boolean')],
}
const SERVED: Record<string, Check> = {
  port: PORT,
  grpcPort: ['a port number or false', (value) => value === false || port(value)],
  data: ['a folder', (value) => is('string')(value) && value !== ''],
  www: ['a folder', (value) => is('string')(value) && value !== ''],
  maxProcesses: ['a whole number, 1 or more', whole(1, Number.MAX_SAFE_INTEGER)],
  ...EITHER,
}
const IN_MEMORY: Record<string, Check> = { runContainer: ['a function', is('function')], wasm: ['a wasm file', () => true], ...EITHER }

/** Refuses options of `startSandbox` that there are not, or that can't be used, with a TypeError. */
export const checkServed = (options: SandboxOptions): void => check(options, SERVED)

/** The same of `createSandboxFetch`. */
export const checkInMemory = (options: SandboxFetchOptions): void => check(options, IN_MEMORY)

function check(options: object, known: Record<string, Check>): void {
  for (const [name, value] of Object.entries(options)) {
    const [expected, fits] = (Object.hasOwn(known, name) && known[name]) || []
    if (!fits) throw new TypeError(`options.${name}: there is no such option; expected one of ${Object.keys(known).join(', ')}`)
    const shown = typeof value === 'string' ? JSON.stringify(value) : String(value)
    if (value !== undefined && !fits(value)) throw new TypeError(`options.${name}: expected ${expected}, got ${shown}`)
  }
}
