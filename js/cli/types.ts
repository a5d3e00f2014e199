// `flyte-remote types`: the types of an entity's inputs and outputs as a TypeScript module.

import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { FlyteRemote } from 'flyte-remote'
import { typesModule } from './typescript.js'
import { UsageError } from './usage.js'

export const TYPES_USAGE = `usage: flyte-remote types project/domain/name[@version] [options]

Prints the types of a launch plan's inputs and outputs as a TypeScript module; without a version, of its newest.

  --kind KIND     launchPlan, workflow or task (default launchPlan)
  --endpoint URL  the Flyte server (default: the environment variable FLYTE_ENDPOINT, else http://localhost:30080)
  --header H      a request header, 'authorization: Bearer …'; may be repeated
  --out FILE      write to FILE instead
`

const KINDS = {
  launchPlan: ['fetchLaunchPlan', 'launch plan'],
  workflow: ['fetchWorkflow', 'workflow'],
  task: ['fetchTask', 'task'],
} as const

export async function types(args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      kind: { type: 'string', default: 'launchPlan' },
      endpoint: { type: 'string', default: process.env.FLYTE_ENDPOINT || 'http://localhost:30080' },
      header: { type: 'string', multiple: true, default: [] },
      out: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) return void process.stdout.write(TYPES_USAGE)
  const reference = referenceOf(positionals)
  const known = Object.hasOwn(KINDS, values.kind) ? KINDS[values.kind as keyof typeof KINDS] : undefined
  if (!known) throw new UsageError(`--kind takes launchPlan, workflow or task, got ${values.kind}`)
  const [fetch, noun] = known
  const remote = FlyteRemote.forEndpoint(values.endpoint, { metadata: headersOf(values.header) })
  const entity = await remote[fetch](reference)
  const { project, domain, name, version } = entity.id
  const text = typesModule({
    title: `Inputs and outputs of the ${noun} ${name}, version ${version}, in ${project}/${domain}.`,
    inputs: entity.describeInputs(),
    outputs: entity.describeOutputs(),
  })
  if (values.out === undefined) process.stdout.write(text)
  else writeFileSync(values.out, text)
}

function referenceOf([said, ...more]: string[]) {
  const [, project, domain, name, version] = /^([^/]+)\/([^/]+)\/([^@]+)(?:@(.+))?$/.exec(said ?? '') ?? []
  if (!project || !domain || !name || more.length) {
    throw new UsageError(`types takes one project/domain/name[@version], got ${[said, ...more].join(' ') || 'nothing'}`)
  }
  return { project, domain, name, version }
}

function headersOf(lines: string[]): Record<string, string> {
  const pairs = lines.map((line) => {
    const [, name, value] = /^([^:\s]+):\s*(.*)$/.exec(line) ?? []
    if (!name) throw new UsageError(`--header takes 'name: value', got ${line}`)
    return [name.toLowerCase(), value]
  })
  return Object.fromEntries(pairs)
}
