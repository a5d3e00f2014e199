// The snippets of README.md and docs/: each compiles strictly, with and without the DOM's types, and runs on the sandbox.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { FlyteRemote } from 'flyte-remote'
import { startSandbox } from 'flyte-remote/sandbox'

const root = fileURLToPath(new URL('../..', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'flyte-remote-docs-'))
const PLACE = { project: 'shop', domain: 'production' }

/** What a snippet takes for granted, with its type. */
const CONTEXT = {
  remote: 'F.FlyteRemote',
  plan: 'F.FlyteLaunchPlan',
  execution: 'F.FlyteWorkflowExecution',
  run: 'F.FlyteWorkflowExecution',
}

/** What can't be so where it runs: an execution's name, a server, and a deck, which the sandbox's tasks do not write. */
const HERE = (text) =>
  text
    .replaceAll('https://flyte.example.com', globalThis.docs.url)
    .replace("'a7k2m…'", 'docs.run.name')
    .replace('await node.deckLink()', 'node.deckLink')

/** Snippets by document and number, in TypeScript or JavaScript. */
function snippets() {
  return ['README', 'control', 'executions', 'sandbox', 'values', 'workflows'].flatMap((name) => {
    const text = readFileSync(join(root, name === 'README' ? 'README.md' : `docs/${name}.md`), 'utf8')
    const blocks = [...text.matchAll(/```(js|ts|html)\n([\s\S]*?)```/g)]
    return blocks.map(([, language, code], at) => {
      const script = /<script type="module">([\s\S]*)<\/script>/.exec(code)?.[1].replace(/'https:.*browser\.mjs'/, "'flyte-remote'")
      const body = script ?? code
      const needs = Object.keys(CONTEXT).filter((one) => new RegExp(`(?<![.\\w'])${one}\\b[.,)]`).test(body) && !isDeclared(one, body))
      return { name: `${name}-${at}`, language, body, needs }
    })
  })
}

const isDeclared = (name, body) => new RegExp(`const (${name}|[{[][^\\n=]*\\b${name}\\b[^\\n=]*[}\\]]) =`).test(body)

const all = snippets()

before(() => {
  mkdirSync(join(folder, 'node_modules'))
  symlinkSync(root, join(folder, 'node_modules/flyte-remote'))
  symlinkSync(join(root, 'node_modules/@types'), join(folder, 'node_modules/@types'))
  writeFileSync(join(folder, 'package.json'), '{"type": "module"}')
})

after(() => rmSync(folder, { recursive: true, force: true }))

describe('each snippet compiles', () => {
  before(() => {
    writeFileSync(
      join(folder, 'etl-daily.ts'),
      'export interface Inputs { day: Date | string; limit?: number | undefined }\nexport interface Outputs { rows: bigint | number }\n',
    )
    for (const { name, body, needs } of all) {
      const given = needs.map((one) => `declare const ${one}: ${CONTEXT[one]}\n`).join('')
      writeFileSync(join(folder, `${name}.ts`), `import type * as F from 'flyte-remote'\n${given}${body}\nexport type { F }\n`)
    }
  })

  for (const [title, lib, types, but] of [
    ['without the types of the DOM', ['es2022'], ['node'], /html/],
    ['with the types of the DOM alone', ['es2022', 'dom', 'dom.iterable'], [], /none/],
    ['with both', ['es2022', 'dom', 'dom.iterable'], ['node'], /none/],
  ]) {
    it(title, () => {
      const files = all.filter(({ language }) => !but.test(language)).map(({ name }) => `${name}.ts`)
      const compilerOptions = { strict: true, module: 'nodenext', target: 'es2022', noEmit: true, lib, types }
      writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }))
      const tsc = join(root, 'node_modules/typescript/bin/tsc')
      try {
        execFileSync(process.execPath, [tsc, '-p', folder], { cwd: folder, encoding: 'utf8' })
      } catch (error) {
        assert.fail(error.stdout)
      }
    })
  }
})

const type = (simple) => ({ type: { simple } })
const id = (resourceType, name) => ({ resourceType, ...PLACE, name, version: 'v7' })
const promise = (nodeId, name) => ({ var: name, binding: { promise: { nodeId, var: name } } })
const DAILY = { day: type('DATETIME'), limit: type('INTEGER') }
const ROWS = { rows: type('INTEGER') }
const FROM_WORKFLOW = [promise('', 'day'), promise('', 'limit')]

function task(name, script) {
  return {
    template: {
      id: id('TASK', name),
      type: 'raw-container',
      metadata: { runtime: { type: 'OTHER', version: '1' } },
      interface: { inputs: { variables: DAILY }, outputs: { variables: ROWS } },
      container: { image: 'sh', command: ['/bin/sh', '-c', script], dataConfig: { enabled: true, inputPath: '/in', outputPath: '/out' } },
    },
  }
}

function workflow(name, nodes, from, inputs = DAILY) {
  const outputs = from ? { variables: ROWS } : { variables: {} }
  return {
    template: {
      id: id('WORKFLOW', name),
      metadata: {},
      metadataDefaults: {},
      interface: { inputs: { variables: inputs }, outputs },
      nodes: nodes.map((node) => ({ metadata: { name: node.id }, inputs: [], ...node })),
      outputs: from ? [promise(from, 'rows')] : [],
    },
  }
}

const taskNode = (task) => ({ id: 'n0', taskNode: { referenceId: task.template.id }, inputs: FROM_WORKFLOW })

/** All that the documents speak of, in the project `shop`. */
async function fill(remote) {
  await remote.registerProject({ id: 'shop', name: 'Shop' })
  const load = task('etl.load', 'cat /in/limit > /out/rows')
  const broken = task('etl.broken', 'exit 1')
  const daily = workflow('etl.daily', [taskNode(load)], 'n0')
  const nested = workflow('etl.nested', [{ id: 'n1', workflowNode: { subWorkflowRef: daily.template.id }, inputs: FROM_WORKFLOW }], 'n1')
  nested.subWorkflows = [daily.template]
  const failing = workflow('etl.failing', [taskNode(broken)], 'n0')
  const gates = [
    { id: 'n0', gateNode: { signal: { signalId: 'threshold', type: { simple: 'FLOAT' }, outputVariableName: 'o0' } } },
    { id: 'n1', gateNode: { approve: { signalId: 'deploy' } } },
  ]
  const gated = workflow('etl.gated', gates, undefined, {})
  const parameters = {
    day: { var: DAILY.day, required: true },
    limit: { var: DAILY.limit, default: { scalar: { primitive: { integer: '10' } } } },
  }
  const launchPlans = ['etl.daily', 'etl.nightly'].map((name) => ({
    id: { ...id('LAUNCH_PLAN', name), version: 'v3' },
    spec: { workflowId: daily.template.id, defaultInputs: { parameters }, fixedInputs: {} },
  }))
  await remote.registerSpecs({ tasks: [load, broken], workflows: [daily, nested, failing, gated], launchPlans })
}

describe('each snippet runs', () => {
  const cwd = process.cwd()
  let sandbox

  before(async () => {
    sandbox = await startSandbox()
    const remote = FlyteRemote.forEndpoint(sandbox.url, PLACE)
    await fill(remote)
    const inputs = { day: new Date(0), limit: 5 }
    const plan = await remote.fetchLaunchPlan('etl.daily')
    const run = await remote.execute({ kind: 'workflow', name: 'etl.nested' }, { inputs, wait: true })
    await remote.execute({ kind: 'workflow', name: 'etl.failing' }, { inputs, wait: true })
    const gated = await remote.execute({ kind: 'workflow', name: 'etl.gated' })
    for (;;) {
      const { items } = await gated.listSignals().page()
      if (items.length === 2) break
    }
    globalThis.docs = { url: sandbox.url, remote, plan, run, execution: run, gated }
    writeFileSync(join(folder, 'data.csv'), 'a,b\n')
    process.chdir(folder)
  })

  after(async () => {
    process.chdir(cwd)
    await sandbox.close()
  })

  for (const { name, language, body, needs } of all) {
    // A page needs a document, and types are gone when a program runs.
    if (language === 'html' || /import type/.test(body)) continue
    it(name, async () => {
      const given = needs.map((one) => {
        const is = one === 'execution' && /listSignals/.test(body) ? 'gated' : one
        return `const ${one} = docs.${is}\n`
      })
      const quiet = 'const console = { log() {}, warn() {}, error() {} }\n'
      const file = join(folder, `${name}.mjs`)
      writeFileSync(file, quiet + given.join('') + HERE(body).replaceAll(' as const', ''))
      await import(pathToFileURL(file).href)
    })
  }
})
