// Container tasks are real processes: what they get, what they may leave behind (nothing), and when they end.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, afterEach, before, beforeEach, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { FlyteRemote } from 'flyte-remote'
import { createSandboxFetch, startSandbox } from 'flyte-remote/sandbox'

const STRING = { simple: 'STRING' }
const cli = fileURLToPath(new URL('../../dist/cli.mjs', import.meta.url))
let version = 0
let folder
let sandbox
let remote

before(() => {
  process.env.SECRET_OF_THE_USER = 'secret'
})

after(() => {
  delete process.env.SECRET_OF_THE_USER
})

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'flyte-remote-processes-'))
  sandbox = await startSandbox({ maxProcesses: 2 })
  remote = remoteOf(sandbox.url)
})

afterEach(async () => {
  await sandbox.close()
  rmSync(folder, { recursive: true, force: true })
})

const remoteOf = (url, options) => FlyteRemote.forEndpoint(url, { project: 'flytesnacks', domain: 'development', ...options })
const variables = (names) => ({ variables: Object.fromEntries(names.map((name) => [name, { type: STRING }])) })
const id = (resourceType, name) => ({ resourceType, project: 'flytesnacks', domain: 'development', name, version: `v${version}` })

/** Registers a task; `outputs` are files below `/var/outputs`. */
async function register(on, command, { outputs = [], inputs = [], metadata = {}, env = [] } = {}) {
  version += 1
  const template = {
    id: id('TASK', 'task'),
    type: 'raw-container',
    metadata: { runtime: { version: '1' }, ...metadata },
    interface: { inputs: variables(inputs), outputs: variables(outputs) },
    container: {
      image: 'none',
      command,
      env,
      dataConfig: { enabled: true, inputPath: '/var/inputs', outputPath: '/var/outputs', format: 'JSON' },
    },
  }
  await on.registerSpecs({ tasks: [{ template }] })
  return { kind: 'task', name: 'task', version: `v${version}` }
}

const shell = (script, ...args) => ['/bin/sh', '-c', script, 'task', ...args]

async function execute(command, { execution = {}, ...options } = {}) {
  return remote.execute(await register(remote, command, options), execution)
}

async function ended(run) {
  await run.wait({ intervalMs: 20, timeoutMs: 20_000 })
  return run
}

async function until(what, condition) {
  for (let turn = 0; turn < 500; turn++) {
    if (await condition()) return
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  assert.fail(`${what} did not happen`)
}

function isAlive(pid) {
  try {
    // A zombie has ended, it is only not yet counted.
    return !/^State:\tZ/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

const pidsIn = (file) => (existsSync(file) ? readFileSync(file, 'utf8').split(/\s+/).filter(Boolean).map(Number) : [])

/** A task that starts a second process and tells both ids. */
const twoSleepers = (file) => shell('sleep 300 & echo $! $$ > "$1.new"; mv "$1.new" "$1"; wait', file)

describe('a process', () => {
  it('gets its inputs and gives its outputs', async () => {
    const command = shell('printf "%s and %s" "$(cat "$1/x")" "$3" > "$2/out"', '/var/inputs', '/var/outputs', '{{.inputs.x}}')
    const run = await ended(await execute(command, { inputs: ['x'], outputs: ['out'], execution: { inputs: { x: 'one' } } }))
    assert.equal(run.phase, 'SUCCEEDED', run.error?.message)
    assert.deepEqual((await run.outputs()).toObject(), { out: 'one and one' })
  })

  it('gets a small environment: the task’s own, and not the user’s', async () => {
    const command = shell('{ echo "$PATH"; echo "$GREETING"; echo "$SECRET_OF_THE_USER"; echo "$HOME"; pwd; } > "$1/out"', '/var/outputs')
    const run = await ended(await execute(command, { outputs: ['out'], env: [{ key: 'GREETING', value: 'hello' }] }))
    const [path, greeting, secret, home, here] = (await run.outputs()).toObject().out.split('\n')
    assert.equal(path, process.env.PATH)
    assert.equal(greeting, 'hello')
    assert.equal(secret, '')
    assert.equal(home, here)
    assert.match(home, /flyte-sandbox-/)
  })

  it('is started without a shell', async () => {
    const trap = join(folder, 'trap')
    const command = ['/bin/echo', `$(touch ${trap})`, `; touch ${trap}`, '`id`']
    const run = await ended(await execute(command))
    assert.equal(run.phase, 'SUCCEEDED', run.error?.message)
    assert.equal(existsSync(trap), false)
  })

  it('that fails says why', async () => {
    const run = await ended(await execute(shell('echo "no such table" >&2; exit 3')))
    assert.equal(run.phase, 'FAILED')
    assert.match(run.error.message, /no such table/)
  })

  it('that is not there says which', async () => {
    const run = await ended(await execute(['/no/such/program']))
    assert.equal(run.phase, 'FAILED')
    assert.match(run.error.message, /\/no\/such\/program could not be started/)
  })
})

describe('the end of a process', () => {
  it('comes with the termination of its execution, for all it started', async () => {
    const file = join(folder, 'pids')
    const run = await execute(twoSleepers(file))
    await until('start', () => pidsIn(file).length === 2)
    assert.deepEqual(pidsIn(file).map(isAlive), [true, true])
    await run.terminate('enough')
    await until('end', () => !pidsIn(file).some(isAlive))
    await ended(run)
    assert.equal(run.phase, 'ABORTED')
  })

  it('comes by force when it ignores SIGTERM', async () => {
    const file = join(folder, 'pids')
    const run = await execute(shell('trap "" TERM; echo $$ > "$1.new"; mv "$1.new" "$1"; while :; do sleep 0.1; done', file))
    await until('start', () => pidsIn(file).length === 1)
    await run.terminate('enough')
    await until('end', () => !pidsIn(file).some(isAlive))
  })

  it('comes with its timeout', async () => {
    const file = join(folder, 'pids')
    const run = await ended(await execute(twoSleepers(file), { metadata: { timeout: '1s' } }))
    assert.equal(run.phase, 'FAILED')
    assert.equal(pidsIn(file).some(isAlive), false)
  })

  it('takes what it left in the background with it', async () => {
    const file = join(folder, 'pids')
    const run = await ended(await execute(shell('sleep 300 & echo $! > "$1"', file)))
    assert.equal(run.phase, 'SUCCEEDED')
    assert.equal(pidsIn(file).length, 1)
    await until('end', () => !pidsIn(file).some(isAlive))
  })

  it('comes with the close of the sandbox, which leaves no files', async () => {
    const mine = () => readdirSync(tmpdir()).filter((name) => name.startsWith(`flyte-sandbox-${process.pid}-`))
    const file = join(folder, 'pids')
    await execute(twoSleepers(file))
    await until('start', () => pidsIn(file).length === 2)
    assert.equal(mine().length, 1)
    await sandbox.close()
    assert.equal(pidsIn(file).some(isAlive), false)
    assert.deepEqual(mine(), [])
  })
})

it('no more processes run at a time than allowed', async () => {
  const log = join(folder, 'log')
  const script = 'echo + >> "$1"; sleep 0.2; echo - >> "$1"'
  const runs = []
  for (let number = 0; number < 6; number++) runs.push(await execute(shell(script, log)))
  for (const run of runs) assert.equal((await ended(run)).phase, 'SUCCEEDED')
  let now = 0
  let most = 0
  for (const mark of readFileSync(log, 'utf8').split('\n').filter(Boolean)) {
    now += mark === '+' ? 1 : -1
    most = Math.max(most, now)
  }
  assert.equal(most, 2)
})

describe('a sandbox that is killed', () => {
  const started = []
  afterEach(() => {
    for (const child of started.splice(0)) child.kill('SIGKILL')
  })

  /** The command line's sandbox; resolves when it is there. */
  async function start(...options) {
    const child = spawn(process.execPath, [cli, 'sandbox', '--port', '0', '--grpc-port', '0', '--no-sample', ...options])
    started.push(child)
    let output = ''
    for await (const piece of child.stdout) {
      output += piece
      const [, url] = /(http:\/\/127\.0\.0\.1:\d+)/.exec(output) ?? []
      if (url && output.includes('Ctrl-C')) return { child, remote: remoteOf(url) }
    }
    throw new Error('the sandbox did not start')
  }

  it('starts its processes again, once', async () => {
    const data = join(folder, 'data')
    const starts = join(folder, 'starts')
    const gate = join(folder, 'gate')
    const first = await start('--data', data)
    const script = 'echo $$ >> "$1"; while [ ! -e "$2" ]; do sleep 0.05; done; echo done > "$3/out"'
    const task = await register(first.remote, shell(script, starts, gate, '/var/outputs'), { outputs: ['out'] })
    const run = await first.remote.execute(task, {})
    await until('start', () => pidsIn(starts).length === 1)
    process.kill(first.child.pid, 'SIGKILL')
    await once(first.child, 'exit')

    const second = await start('--data', data)
    await until('second start', () => pidsIn(starts).length === 2)
    assert.equal(isAlive(pidsIn(starts)[0]), false)
    writeFileSync(gate, '')
    const again = await second.remote.fetchExecution({ name: run.name })
    await again.wait({ intervalMs: 20, timeoutMs: 10_000 })
    assert.deepEqual((await again.outputs()).toObject(), { out: 'done' })
    process.kill(second.child.pid, 'SIGTERM')
    await once(second.child, 'exit')
  })

  it('by Ctrl-C takes its processes with it', async () => {
    const file = join(folder, 'pids')
    const { child, remote } = await start()
    const task = await register(remote, twoSleepers(file))
    await remote.execute(task, {})
    await until('start', () => pidsIn(file).length === 2)
    process.kill(child.pid, 'SIGINT')
    await once(child, 'exit')
    assert.equal(pidsIn(file).some(isAlive), false)
  })
})

it('a sandbox in memory lets the caller run the containers', async () => {
  const seen = []
  const fetch = await createSandboxFetch({
    runContainer: ({ argv, env, files, filesOut }) => {
      seen.push({ argv, env, files: Object.keys(files).sort(), filesOut })
      return { files: { 'outputs/out': 'from the caller' } }
    },
  })
  const inMemory = remoteOf(fetch.url, { fetch })
  const task = await register(inMemory, ['any', '{{.inputs.x}}'], { inputs: ['x'], outputs: ['out'], env: [{ key: 'A', value: 'b' }] })
  const run = await inMemory.execute(task, { inputs: { x: 'y' } })
  await run.wait({ intervalMs: 5, timeoutMs: 5000 })
  assert.deepEqual((await run.outputs()).toObject(), { out: 'from the caller' })
  assert.deepEqual(seen[0].argv, ['any', 'y'])
  assert.equal(seen[0].env.A, 'b')
  fetch.close()
})

it('options that a sandbox does not have, or that would keep it from working, are refused', async () => {
  for (const [options, message] of [
    [{ maxProcesses: 0 }, 'options.maxProcesses: expected a whole number, 1 or more, got 0'],
    [{ port: '30080' }, 'options.port: expected a port number, got "30080"'],
    [{ port: 70_000 }, 'options.port: expected a port number, got 70000'],
    [{ grpcPort: true }, 'options.grpcPort: expected a port number or false, got true'],
    [{ seed: 1.5 }, 'options.seed: expected a whole number or a bigint, got 1.5'],
    [{ engine: 'no' }, 'options.engine: expected true or false, got "no"'],
    [{ folder: '/' }, 'options.folder: there is no such option; expected one of port, grpcPort, data, www, maxProcesses, seed, engine'],
  ]) {
    await assert.rejects(startSandbox(options), { name: 'TypeError', message })
  }
  await assert.rejects(createSandboxFetch({ port: 1 }), { name: 'TypeError', message: /^options\.port: there is no such option/ })
  await assert.rejects(createSandboxFetch({ runContainer: 'sh' }), { message: 'options.runContainer: expected a function, got "sh"' })
})
