// The sandbox from the tarball: its command, its module for ESM and CommonJS, its types.

import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, it } from 'node:test'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const project = mkdtempSync(join(tmpdir(), 'flyte-remote-package-'))

const npm = (args, cwd = project) => execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
const write = (name, text) => writeFileSync(join(project, name), text)
const node = (...args) => execFileSync(process.execPath, args, { cwd: project, encoding: 'utf8' })

before(() => {
  const packed = JSON.parse(npm(['pack', '--ignore-scripts', '--json', '--pack-destination', project], root))
  const { filename } = Array.isArray(packed) ? packed[0] : Object.values(packed)[0]
  write('package.json', JSON.stringify({ name: 'empty', private: true, type: 'module' }))
  npm(['install', '--offline', '--no-audit', '--no-fund', `./${filename}`])
})

after(() => rmSync(project, { recursive: true, force: true }))

const USE = `
  startSandbox().then(async (sandbox) => {
    const remote = FlyteRemote.forEndpoint(sandbox.url)
    console.log((await remote.client.listProjects({})).projects[0].id)
    await sandbox.close()
  })
`

it('is imported and required', () => {
  write('use.mjs', `import { FlyteRemote } from 'flyte-remote'\nimport { startSandbox } from 'flyte-remote/sandbox'\n${USE}`)
  write('use.cjs', `const { FlyteRemote } = require('flyte-remote')\nconst { startSandbox } = require('flyte-remote/sandbox')\n${USE}`)
  assert.deepEqual([node('use.mjs').trim(), node('use.cjs').trim()], ['flytesnacks', 'flytesnacks'])
})

it('is a command, which loads its sample', async () => {
  const command = join(project, 'node_modules/.bin/flyte-remote')
  const child = spawn(command, ['sandbox', '--port', '0', '--grpc-port', '0'], { cwd: project })
  const exit = once(child, 'exit')
  try {
    let output = ''
    for await (const piece of child.stdout) {
      output += piece
      if (output.includes('Ctrl-C')) break
    }
    const [, url] = /(http:\/\/127\.0\.0\.1:\d+)/.exec(output)
    write(
      'look.mjs',
      `
      import { FlyteRemote } from 'flyte-remote'
      const remote = FlyteRemote.forEndpoint(process.argv[2], { project: 'flytesnacks', domain: 'development' })
      const run = await remote.fetchExecution({ name: 'hello-world' })
      await run.wait({ intervalMs: 50, timeoutMs: 20000 })
      console.log((await run.outputs()).toObject().greeting)
    `,
    )
    assert.equal(node('look.mjs', url).trim(), 'Hello, world!')
    assert.equal((await fetch(`${url}/console/`)).status, 200)
  } finally {
    child.kill('SIGTERM')
  }
  assert.deepEqual(await exit, [0, null])
})

it('has strict types', () => {
  write(
    'use.ts',
    `
    import { createSandboxFetch, startSandbox, type RunningSandbox, type SandboxFetch } from 'flyte-remote/sandbox'
    const running: Promise<RunningSandbox> = startSandbox({ port: 0, seed: 5n, data: 'x' })
    const fetch: Promise<SandboxFetch> = createSandboxFetch({ runContainer: ({ argv }) => ({ files: { 'outputs/a': argv[0] ?? '' } }) })
    // @ts-expect-error there is no such option
    startSandbox({ prot: 1 })
    console.log(running, fetch)
  `,
  )
  for (const [module, resolution] of [
    ['nodenext', 'nodenext'],
    ['esnext', 'bundler'],
  ]) {
    const flags = ['--noEmit', '--strict', '--target', 'es2022', '--lib', 'es2022,dom', '--types', '']
    node(join(root, 'node_modules/typescript/bin/tsc'), ...flags, '--module', module, '--moduleResolution', resolution, 'use.ts')
  }
})
