// `flyte-remote types` from the tarball: the module it writes compiles, and lets nothing wrong through.

import assert from 'node:assert/strict'
import { execFile, execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { FlyteRemote } from 'flyte-remote'
import { startSandbox } from 'flyte-remote/sandbox'

const root = fileURLToPath(new URL('../..', import.meta.url))
const project = mkdtempSync(join(tmpdir(), 'flyte-remote-types-'))
const command = join(project, 'node_modules/.bin/flyte-remote')

const npm = (args, cwd = project) => execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
const write = (name, text) => writeFileSync(join(project, name), text)

const PLACE = { project: 'flytesnacks', domain: 'development' }
const id = (resourceType, name) => ({ resourceType, ...PLACE, name, version: 'v1' })
const tagged = (type, tag) => ({ ...type, structure: { tag } })
const simple = (kind) => ({ simple: kind })

const TREE = {
  simple: 'STRUCT',
  metadata: {
    title: 'Tree',
    type: 'object',
    required: ['size', 'on'],
    additionalProperties: false,
    properties: {
      size: { type: 'integer' },
      on: { type: 'string', format: 'date-time' },
      colour: { enum: ['red', "dark'red"], default: 'red' },
      branches: { type: 'array', items: { $ref: '#/$defs/Branch' }, default: [] },
    },
    $defs: {
      Branch: {
        title: 'Branch',
        type: 'object',
        required: ['leaves'],
        properties: { leaves: { type: 'number' }, next: { anyOf: [{ $ref: '#/$defs/Branch' }, { type: 'null' }], default: null } },
      },
    },
  },
}

const variables = (types) => ({
  variables: Object.fromEntries(Object.entries(types).map(([name, type]) => [name, { type, description: `About ${name} */` }])),
})

const INPUTS = {
  day: simple('DATETIME'),
  either: { unionType: { variants: [tagged(simple('INTEGER'), 'int'), tagged(simple('STRING'), 'str')] } },
  file: { blob: { format: 'csv' } },
  fixed: simple('STRING'),
  limit: simple('INTEGER'),
  maybe: { unionType: { variants: [tagged(simple('FLOAT'), 'float'), tagged(simple('NONE'), 'none')] } },
  'odd-name': simple('BOOLEAN'),
  pauses: { mapValueType: simple('DURATION') },
  trees: { collectionType: TREE },
}
const OUTPUTS = {
  count: simple('INTEGER'),
  at: simple('DATETIME'),
  table: { structuredDatasetType: {} },
  tree: TREE,
  free: simple('STRUCT'),
}

const template = {
  id: id('TASK', 'typed.task'),
  type: 'x',
  metadata: {},
  interface: { inputs: variables(INPUTS), outputs: variables(OUTPUTS) },
}
const container = { image: 'x', command: ['true'] }
const promise = (name) => ({ var: name, binding: { promise: { nodeId: 'start-node', var: name } } })
const workflow = {
  id: id('WORKFLOW', 'typed.workflow'),
  metadata: {},
  interface: template.interface,
  nodes: [{ id: 'n0', metadata: {}, taskNode: { referenceId: template.id }, inputs: Object.keys(INPUTS).map(promise) }],
  outputs: Object.keys(OUTPUTS).map((name) => ({ var: name, binding: { promise: { nodeId: 'n0', var: name } } })),
}
const parameter = (name, behaviour) => ({ var: { type: INPUTS[name] }, ...behaviour })
const required = Object.keys(INPUTS).filter((name) => !['fixed', 'limit'].includes(name))
const launchPlan = {
  id: id('LAUNCH_PLAN', 'typed.plan'),
  spec: {
    workflowId: workflow.id,
    defaultInputs: {
      parameters: {
        ...Object.fromEntries(required.map((name) => [name, parameter(name, { required: true })])),
        limit: parameter('limit', { default: { scalar: { primitive: { integer: '10' } } } }),
      },
    },
    fixedInputs: { literals: { fixed: { scalar: { primitive: { stringValue: 'x' } } } } },
  },
}

let sandbox

before(async () => {
  const packed = JSON.parse(npm(['pack', '--ignore-scripts', '--json', '--pack-destination', project], root))
  const { filename } = Array.isArray(packed) ? packed[0] : Object.values(packed)[0]
  write('package.json', JSON.stringify({ name: 'empty', private: true, type: 'module' }))
  npm(['install', '--offline', '--no-audit', '--no-fund', `./${filename}`])
  sandbox = await startSandbox({ port: 0, grpcPort: false })
  const remote = FlyteRemote.forEndpoint(sandbox.url, PLACE)
  const empty = { ...template, id: id('TASK', 'typed.empty'), interface: {} }
  await remote.registerSpecs({
    tasks: [{ template: { ...template, container } }, { template: { ...empty, container } }],
    workflows: [{ template: workflow }],
    launchPlans: [launchPlan],
  })
})

after(async () => {
  await sandbox?.close()
  rmSync(project, { recursive: true, force: true })
})

/** Runs the command; resolves to its output, or to how it failed. */
async function types(...args) {
  const endpoint = sandbox.url
  try {
    const env = { ...process.env, FLYTE_ENDPOINT: endpoint }
    return { code: 0, ...(await promisify(execFile)(command, ['types', ...args], { cwd: project, env, encoding: 'utf8' })) }
  } catch ({ code, stdout, stderr }) {
    return { code, stdout, stderr }
  }
}

const FLAGS = ['--noEmit', '--strict', '--exactOptionalPropertyTypes', '--target', 'es2022', '--lib', 'es2022,dom']

/** What the compiler says of a file. */
function compile(file, module = 'nodenext', resolution = module) {
  const args = [join(root, 'node_modules/typescript/bin/tsc'), ...FLAGS, '--types', '', '--module', module]
  try {
    return execFileSync(process.execPath, [...args, '--moduleResolution', resolution, file], { cwd: project, encoding: 'utf8' })
  } catch (error) {
    return error.stdout
  }
}

describe('the module', () => {
  it('has the inputs and outputs of a launch plan, and their structs', async () => {
    const { stdout, stderr } = await types('flytesnacks/development/typed.plan')
    assert.equal(stderr, '')
    assert.equal(
      stdout,
      `// Inputs and outputs of the launch plan typed.plan, version v1, in flytesnacks/development.
// Written by \`flyte-remote types\`.

import type { FlyteFile, StructuredDataset, UnionVariant } from 'flyte-remote'

export interface Inputs {
  /** About day *\\/. \`datetime\` */
  day: Date | string
  /** About either *\\/. \`int | str\` */
  either: bigint | number | string | UnionVariant
  /** About file *\\/. \`file[csv]\` */
  file: FlyteFile | Blob | Uint8Array | string
  /** About limit *\\/. \`int\`, default: 10 */
  limit?: bigint | number | undefined
  /** About maybe *\\/. \`float | none\` */
  maybe: number | null
  /** About odd-name *\\/. \`bool\` */
  'odd-name': boolean
  /** About pauses *\\/. \`dict[str, duration]\` */
  pauses: Record<string, number | string>
  /** About trees *\\/. \`list[Tree]\` */
  trees: readonly Tree[]
}

export interface Outputs {
  /** About at *\\/. \`datetime\` */
  at: Date
  /** About count *\\/. \`int\` */
  count: bigint | number
  /** About free *\\/. \`struct\` */
  free: Record<string, unknown>
  /** About table *\\/. \`structured_dataset\` */
  table: StructuredDataset
  /** About tree *\\/. \`Tree\` */
  tree: TreeOutput
}

export interface Tree {
  /** Default: [] */
  branches?: readonly Branch[] | undefined
  /** Default: "red" */
  colour?: 'red' | 'dark\\'red' | undefined
  on: Date | string
  size: bigint | number
}

export interface Branch {
  leaves: number
  /** Default: null */
  next?: Branch | null | undefined
}

export interface TreeOutput {
  branches: BranchOutput[]
  colour: 'red' | 'dark\\'red'
  on: string
  size: bigint | number
}

export interface BranchOutput {
  leaves: number
  next: BranchOutput | null
}
`,
    )
  })

  it('makes execute and its outputs typed, and a wrong input an error of the compiler', async () => {
    for (const [kind, name] of [
      ['launchPlan', 'typed.plan'],
      ['workflow', 'typed.workflow'],
      ['task', 'typed.task'],
    ]) {
      const { code } = await types(`flytesnacks/development/${name}@v1`, '--kind', kind, '--out', `${kind}.ts`)
      assert.equal(code, 0)
      assert.match(readFileSync(join(project, `${kind}.ts`), 'utf8'), /export interface Inputs/)
    }
    write(
      'use.ts',
      `
      import {
        FlyteRemote, literal, parseIdentifier, type ExecutableReference, type FlyteFile, type FlyteWorkflowExecution,
      } from 'flyte-remote'
      import type { Inputs, Outputs } from './launchPlan.js'
      import type * as Workflow from './workflow.js'
      import type * as Task from './task.js'

      const remote = FlyteRemote.forEndpoint('http://127.0.0.1:1', { project: 'p', domain: 'd' })
      const inputs: Inputs = {
        day: new Date(), either: 'x', file: 's3://a/b', maybe: null, 'odd-name': true, pauses: { a: 1, b: 'PT1S' },
        trees: [{ size: 1n, on: '2026-01-31T00:00:00Z', branches: [{ leaves: 1, next: { leaves: 2 } }] }],
      }

      export async function right() {
        const plan = await remote.fetchLaunchPlan<Inputs, Outputs>('typed.plan')
        const run = await remote.execute(plan, { inputs: { ...inputs, limit: 10, either: literal.variant('int', 1) }, wait: true })
        const outputs = await (await remote.wait(run)).outputs()
        const count: number | bigint = outputs.get('count')
        const at: Date = outputs.toObject().at
        const size: number | bigint = outputs.get('tree').branches.length + Number(outputs.get('tree').size)
        const again: Outputs = (await (await run.relaunch()).outputs()).toObject()
        await remote.execute(plan, { inputs: { ...inputs, file: new Blob(['x']) }, dryRun: true })
        await remote.execute<Inputs>({ kind: 'launchPlan', name: 'typed.plan' }, { inputs })
        await remote.execute(remote.fetchTaskLazy<Task.Inputs, Task.Outputs>('typed.task'), { inputs: { ...inputs, limit: 1, fixed: '' } })
        await remote.execute(await remote.fetchWorkflow<Workflow.Inputs>('w'), { inputs: { ...inputs, limit: 1, fixed: '' } })
        const kept = await remote.fetchExecution<Outputs>('x')
        const table: string = (await kept.outputs()).get('table').uri
        await remote.activateLaunchPlan(plan)
        return { count, at, size, again, table }
      }

      export async function untyped(file: FlyteFile) {
        const plan = await remote.fetchLaunchPlan('typed.plan')
        const run = await remote.execute(plan)
        await remote.execute(plan, { inputs: { whatever: [file] } })
        await remote.execute({ kind: 'task', name: 'x' }, { inputs: { n: 1 } })
        const values = await run.outputs()
        const some: string = values.toObject().anything
        return [some, values.get('x') instanceof Date]
      }

      export async function named(dryRun: boolean, runs: readonly FlyteWorkflowExecution[]) {
        const reference: ExecutableReference = { kind: 'launchPlan', name: 'typed.plan' }
        const plan = await remote.fetchLaunchPlan<Inputs, Outputs>(reference)
        await remote.fetchTask(parseIdentifier('tsk:p:d:typed.task:v1'))
        const run = await remote.fetchExecution<Outputs>(parseIdentifier('https://flyte.example.com/console/projects/p/domains/d/executions/x'))
        await remote.archive(parseIdentifier('ex:p:d:x'))
        await remote.execute('lp:p:d:typed.plan:v1', { inputs: { n: 1 } })
        await remote.execute(plan.id, { inputs: { n: 1 } })
        const either = await remote.execute(plan, { inputs, dryRun })
        const launched: FlyteWorkflowExecution<Outputs> = await remote.execute(plan, { inputs, dryRun: false })
        await remote.waitAll(runs)
        return [run, launched, 'outputs' in either ? either.outputs : either.spec]
      }

      export async function wrong() {
        const plan = await remote.fetchLaunchPlan<Inputs, Outputs>('typed.plan')
        // @ts-expect-error a text is no number
        await remote.execute(plan, { inputs: { ...inputs, limit: '10' } })
        // @ts-expect-error there is no such input
        await remote.execute(plan, { inputs: { ...inputs, limits: 10 } })
        // @ts-expect-error the fixed one can't be given
        await remote.execute(plan, { inputs: { ...inputs, fixed: 'y' } })
        // @ts-expect-error required ones are missing
        await remote.execute(plan, { inputs: { limit: 10 } })
        // @ts-expect-error all are missing
        await remote.execute(plan, {})
        // @ts-expect-error all are missing
        await remote.execute(plan)
        // @ts-expect-error deep inside
        await remote.execute(plan, { inputs: { ...inputs, trees: [{ size: 1, on: 'x', branches: [{ leaves: 'two' }] }] } })
        // @ts-expect-error of a dry run too
        await remote.execute(plan, { inputs: { limit: 10 }, dryRun: true })
        // @ts-expect-error of one that may be dry too
        await remote.execute(plan, { inputs: { limit: 10 }, dryRun: !!plan })
        // @ts-expect-error of something named too
        await remote.execute<Inputs>({ kind: 'launchPlan', name: 'typed.plan' }, { inputs: { limit: 10 } })
        const outputs = await (await remote.execute(plan, { inputs })).outputs()
        // @ts-expect-error there is no such output
        outputs.get('cuont')
        // @ts-expect-error a datetime is no text
        const at: string = outputs.get('at')
        // @ts-expect-error inputs are an object
        await remote.execute(await remote.fetchLaunchPlan('x'), { inputs: 5 })
        return at
      }
    `,
    )
    assert.equal(compile('use.ts'), '')
    assert.equal(compile('use.ts', 'esnext', 'bundler'), '')
    write('wrong.ts', `import type { Inputs } from './launchPlan.js'\nexport const inputs: Inputs = { limit: '10' }\n`)
    assert.match(compile('wrong.ts'), /wrong\.ts\(2,\d+\): error TS2322: Type 'string' is not assignable/)
  })

  it('of an entity without inputs takes none', async () => {
    const { stdout } = await types('flytesnacks/development/typed.empty', '--kind', 'task')
    assert.match(stdout, /^export type Inputs = Record<string, never>$/m)
    write('empty.ts', stdout)
    write(
      'none.ts',
      `
      import { FlyteRemote } from 'flyte-remote'
      import type { Inputs } from './empty.js'
      const remote = FlyteRemote.forEndpoint('http://127.0.0.1:1')
      export const use = async () => {
        const task = await remote.fetchTask<Inputs>('x')
        await remote.execute(task)
        // @ts-expect-error there are no inputs
        await remote.execute(task, { inputs: { a: 1 } })
      }
    `,
    )
    assert.equal(compile('none.ts'), '')
  })
})

describe('a mistake', () => {
  it('is one clear line, and an exit code', async () => {
    const args = (...more) => ['flytesnacks/development/typed.plan', ...more]
    for (const [given, code, said] of [
      [[], 2, /^flyte-remote: types takes one project\/domain\/name\[@version\], got nothing; see flyte-remote types --help\n$/],
      [['typed.plan'], 2, /got typed\.plan; see/],
      [args('--kind', 'plan'), 2, /^flyte-remote: --kind takes launchPlan, workflow or task, got plan; see/],
      [args('--knd', 'task'), 2, /Unknown option '--knd'/],
      [args('--header', 'bearer'), 2, /--header takes 'name: value', got bearer/],
      [['flytesnacks/development/nobody'], 1, /nobody: there is no launch plan of this name/],
      [args('--endpoint', 'ftp://x'), 1, /endpoint/],
      [args('--out', 'no/such/folder/x.ts'), 1, /no such file or directory/],
    ]) {
      const result = await types(...given)
      assert.equal(result.code, code, given.join(' '))
      assert.match(result.stderr, said)
      assert.match(result.stderr, /^flyte-remote: [^\n]*\n$/, given.join(' '))
      assert.equal(result.stdout, '')
    }
  })

  it('is none where help is asked for', async () => {
    const { stdout } = await types('--help')
    assert.match(stdout, /^usage: flyte-remote types/)
  })
})
