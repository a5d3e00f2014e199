#!/usr/bin/env node
// `flyte-remote`: the sandbox and the generator of types from the command line.

import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { startSandbox } from 'flyte-remote/sandbox'
import { types } from '../cli/types.js'
import { UsageError } from '../cli/usage.js'
import { loadSample } from './sample.js'

const USAGE = `usage: flyte-remote sandbox [options]

A Flyte control plane on this machine, for development and tests. Container tasks run as local processes, without isolation.

  --port N        gRPC-Web, signed URLs and the console (default 30080; 0 for any free port)
  --grpc-port N   native gRPC without TLS (default 30081; 0 for any free port)
  --data DIR      keep the state in DIR across restarts (default: memory only)
  --no-sample     start with an empty project flytesnacks
  --version       print the version of the package

       flyte-remote types project/domain/name[@version] [options]

Prints the types of inputs and outputs as a TypeScript module; see flyte-remote types --help.
`

async function main(args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      port: { type: 'string', default: '30080' },
      'grpc-port': { type: 'string', default: '30081' },
      data: { type: 'string' },
      'no-sample': { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
      version: { type: 'boolean', default: false },
    },
  })
  if (values.help) return void process.stdout.write(USAGE)
  if (values.version) return void console.log(JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version)
  if (positionals.length !== 1 || positionals[0] !== 'sandbox')
    throw new UsageError(`unknown command: ${positionals.join(' ') || '(none)'}`)
  const sandbox = await startSandbox({
    port: port('--port', values.port),
    grpcPort: port('--grpc-port', values['grpc-port']),
    data: values.data,
    www: consoleFolder(),
  })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => sandbox.close().then(() => process.exit(0)))
  }
  console.log(`Flyte sandbox   ${sandbox.url}${consoleFolder() ? '/console' : ''}`)
  console.log(`native gRPC     ${sandbox.grpcUrl} (insecure)`)
  console.log(`state           ${values.data ?? 'in memory, gone when this ends'}`)
  if (!values['no-sample']) {
    await loadSample(sandbox.url).catch((error: Error) => console.error(`flyte-remote: the sample was not loaded: ${error.message}`))
  }
  console.log('Press Ctrl-C to stop.')
}

function port(option: string, text: string): number {
  const number = Number(text)
  if (!/^\d+$/.test(text) || number > 65535) throw new UsageError(`${option} takes a port number, got ${text}`)
  return number
}

function consoleFolder(): string | undefined {
  const folder = fileURLToPath(new URL('./www', import.meta.url))
  return existsSync(folder) ? folder : undefined
}

const [command, ...rest] = process.argv.slice(2)
const running = command === 'types' ? types(rest) : main(process.argv.slice(2))

running.catch((error: Error & { code?: string }) => {
  const misused = error instanceof UsageError || error.code?.startsWith('ERR_PARSE_ARGS')
  if (command === 'types') {
    const hint = misused ? '; see flyte-remote types --help' : ''
    console.error(`flyte-remote: ${error.message.replace(/\s*\n\s*/g, ' ')}${hint}`)
  } else {
    console.error(`flyte-remote: ${error.message}${misused ? `\n\n${USAGE}` : ''}`)
  }
  process.exit(misused ? 2 : 1)
})
