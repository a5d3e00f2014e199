// The tarball: what is in it, and that an empty project can use it.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const project = mkdtempSync(join(tmpdir(), 'flyte-remote-package-'))
let packed

const npm = (args, cwd = project) => execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
const write = (name, text) => writeFileSync(join(project, name), text)
const node = (...args) => execFileSync(process.execPath, args, { cwd: project, encoding: 'utf8' })

/** A call that needs the wasm file but no server: the error comes from the validation in the core. */
const USE = `
  const remote = FlyteRemote.forEndpoint('http://127.0.0.1:1', { project: 'p', domain: 'd', retries: 0 })
  remote.fetchTask({ name: '' }).then(() => console.log('no error'), (error) => console.log(error instanceof FlyteError, error.name, error.path))
`

before(() => {
  const output = npm(['pack', '--ignore-scripts', '--json', '--pack-destination', project], root)
  packed = JSON.parse(output)
  packed = Array.isArray(packed) ? packed[0] : Object.values(packed)[0]
  write('package.json', JSON.stringify({ name: 'empty', private: true, type: 'module' }))
  npm(['install', '--offline', '--no-audit', '--no-fund', `./${packed.filename}`])
})

after(() => rmSync(project, { recursive: true, force: true }))

describe('the tarball', () => {
  it('holds the built package, its licence and its papers, and nothing else', () => {
    const names = packed.files.map((file) => file.path)
    const expected = /^(dist\/.+|package\.json|README\.md|LICENSE|CHANGELOG\.md|docs\/[a-z]+\.md)$/
    assert.deepEqual(
      names.filter((name) => !expected.test(name)),
      [],
    )
    for (const name of [
      'dist/flyte_remote.wasm',
      'dist/node.mjs',
      'dist/node.cjs',
      'dist/browser.mjs',
      'dist/index.d.ts',
      'LICENSE',
      'README.md',
    ]) {
      assert.ok(names.includes(name), `${name} is missing`)
    }
  })

  it('has one wasm file for the client and one for the sandbox, beside those of the built console', () => {
    const wasm = packed.files.map((file) => file.path).filter((name) => name.endsWith('.wasm') && !name.startsWith('dist/www/'))
    assert.deepEqual(wasm.sort(), ['dist/flyte_remote.wasm', 'dist/flyte_sandbox.wasm'])
  })

  it('brings no dependencies', () => {
    const listed = JSON.parse(npm(['ls', '--all', '--json']))
    assert.deepEqual(Object.keys(listed.dependencies), ['flyte-remote'])
    assert.equal(listed.dependencies['flyte-remote'].dependencies, undefined)
  })
})

describe('an empty project', () => {
  it('imports it', () => {
    write('esm.mjs', `import { FlyteError, FlyteRemote } from 'flyte-remote'\n${USE}`)
    assert.equal(node('esm.mjs').trim(), 'true FlyteValueError name')
  })

  it('requires it', () => {
    write('cjs.cjs', `const { FlyteError, FlyteRemote } = require('flyte-remote')\n${USE}`)
    assert.equal(node('cjs.cjs').trim(), 'true FlyteValueError name')
  })

  it('knows errors of another copy of the package', () => {
    write(
      'both.mjs',
      `
      import { createRequire } from 'node:module'
      import { FlyteRemote, FlyteValueError } from 'flyte-remote'
      const other = createRequire(import.meta.url)('flyte-remote')
      const error = await FlyteRemote.forEndpoint('http://127.0.0.1:1', { project: 'p', domain: 'd' }).fetchTask({ name: '' }).catch((e) => e)
      console.log(other.FlyteRemote !== FlyteRemote, error instanceof other.FlyteValueError, error instanceof other.FlyteUserError, error instanceof other.NotFoundError)
    `,
    )
    assert.equal(node('both.mjs').trim(), 'true true true false')
  })

  it('type-checks a program for Node, whose types lack the DOM, with the declarations themselves', () => {
    mkdirSync(join(project, 'ts-node'), { recursive: true })
    mkdirSync(join(project, 'node_modules/@types'), { recursive: true })
    for (const name of ['@types/node', 'undici-types']) {
      cpSync(join(root, 'node_modules', name), join(project, 'node_modules', name), { recursive: true })
    }
    write(
      'ts-node/use.ts',
      `
      import { readFileSync } from 'node:fs'
      import { FlyteRemote, init } from 'flyte-remote'
      import { createSandboxFetch } from 'flyte-remote/sandbox'
      await init(readFileSync('x'))
      const fetch = await createSandboxFetch()
      FlyteRemote.forEndpoint(fetch.url, { fetch })
      // @ts-expect-error a number is no source
      await init(3)
    `,
    )
    const flags = '--noEmit --strict --target es2022 --lib es2022 --types node --module nodenext --moduleResolution nodenext'.split(' ')
    node(join(root, 'node_modules/typescript/bin/tsc'), ...flags, 'ts-node/use.ts')
  })

  it('bundled for Node says what to do about the wasm file that stayed behind, and takes it by init', () => {
    mkdirSync(join(project, 'bundled'), { recursive: true })
    cpSync(join(project, 'node_modules/flyte-remote/dist/node.mjs'), join(project, 'bundled/node.mjs'))
    write(
      'bundled/use.mjs',
      `
      import { readFileSync } from 'node:fs'
      import { FlyteError, FlyteRemote, init } from './node.mjs'
      try {
        FlyteRemote.forEndpoint('http://127.0.0.1:1')
      } catch (error) {
        console.log(error instanceof FlyteError, error.code, error.cause.code, /external/.test(error.message))
      }
      await init(readFileSync('node_modules/flyte-remote/dist/flyte_remote.wasm'))
      ${USE}
    `,
    )
    assert.deepEqual(node('bundled/use.mjs').trim().split('\n'), ['true NOT_READY ENOENT true', 'true FlyteValueError name'])
  })

  it('type-checks a strict program', () => {
    mkdirSync(join(project, 'ts'), { recursive: true })
    write(
      'ts/use.ts',
      `
      import { FlyteRemote, NotFoundError, type WorkflowNode, type admin } from 'flyte-remote'
      const remote = FlyteRemote.forEndpoint('http://127.0.0.1:1', { project: 'p', domain: 'd' })
      const list: Promise<admin.TaskList> = remote.client.listTasks({ id: { project: 'p', domain: 'd' }, limit: 10 })
      list.catch((error: unknown) => (error instanceof NotFoundError ? error.grpcCode : undefined))
      const request = remote.execute({ kind: 'task', name: 'x' }, { dryRun: true })
      request.then((sent: admin.ExecutionCreateRequest) => sent.spec)
      remote.execute(remote.fetchTaskLazy('x')).then((run) => run.phase)
      const walk = (node: WorkflowNode): string[] => {
        if (node.kind === 'branch') return (node.cases ?? []).flatMap((one) => walk(one.node))
        if (node.kind === 'workflow') return (node.entity?.nodes ?? []).flatMap(walk)
        const bound = node.inputs.map(({ binding }) => (binding?.kind === 'promise' ? binding.attrPath.join('.') : ''))
        return node.kind === 'gate' && node.gate?.kind === 'sleep' ? [String(node.gate.durationMs)] : bound
      }
      remote.fetchWorkflow('x').then((workflow) => workflow.nodes.flatMap(walk))
      remote.fetchLaunchPlan('x').then((plan) => plan.schedule?.kind === 'rate' && plan.schedule.unit === 'HOUR')
      // @ts-expect-error limit is a number
      remote.client.listTasks({ limit: 'ten' })
      // @ts-expect-error there is no such field
      remote.client.getTask({ name: 'x' })
    `,
    )
    for (const [module, resolution] of [
      ['nodenext', 'nodenext'],
      ['esnext', 'bundler'],
    ]) {
      const flags = [
        '--noEmit',
        '--strict',
        '--target',
        'es2022',
        '--lib',
        'es2022,dom',
        '--types',
        '',
        '--module',
        module,
        '--moduleResolution',
        resolution,
      ]
      node(join(root, 'node_modules/typescript/bin/tsc'), ...flags, 'ts/use.ts')
    }
  })
})
