// `--data`: nothing that was answered is lost, whatever ends the process.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { FlyteRemote } from 'flyte-remote'
import { startSandbox } from 'flyte-remote/sandbox'

const cli = fileURLToPath(new URL('../../dist/cli.mjs', import.meta.url))
let data
let started = []

beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'flyte-remote-data-'))
  started = []
})

afterEach(() => {
  for (const child of started) if (child.exitCode === null) child.kill('SIGKILL')
  rmSync(data, { recursive: true, force: true })
})

/** The command line's sandbox, in a process of its own. */
async function start(...options) {
  const child = spawn(process.execPath, [cli, 'sandbox', '--port', '0', '--grpc-port', '0', '--data', data, '--no-sample', ...options])
  started.push(child)
  let output = ''
  let errors = ''
  child.stderr.on('data', (piece) => {
    errors += piece
  })
  const exit = once(child, 'exit')
  for await (const piece of child.stdout) {
    output += piece
    const [, url] = /(http:\/\/127\.0\.0\.1:\d+)/.exec(output) ?? []
    if (url && output.includes('Ctrl-C')) return { child, exit, remote: remoteOf(url) }
  }
  await exit
  throw new Error(errors)
}

const remoteOf = (url) => FlyteRemote.forEndpoint(url, { project: 'flytesnacks', domain: 'development', retries: 0 })

async function kill({ child, exit }, signal = 'SIGKILL') {
  process.kill(child.pid, signal)
  const [code, name] = await exit
  return name ?? code
}

const register = (remote, id) => remote.client.registerProject({ project: { id, name: id } })
const projects = async (remote) => (await remote.client.listProjects({})).projects.map((project) => project.id)

describe('a data folder', () => {
  it('keeps all that was answered before kill -9', async () => {
    const first = await start()
    const answered = ['flytesnacks']
    const rest = Promise.all(
      Array.from({ length: 60 }, (_, number) => register(first.remote, `p${number}`).then(() => answered.push(`p${number}`))),
    ).catch(() => {})
    while (answered.length < 20) await new Promise((resolve) => setTimeout(resolve, 1))
    assert.equal(await kill(first), 'SIGKILL')
    await rest
    const second = await start()
    const kept = new Set(await projects(second.remote))
    assert.deepEqual(
      answered.filter((id) => !kept.has(id)),
      [],
    )
    assert.equal(await kill(second, 'SIGTERM'), 0)
  })

  it('keeps uploads, and their signed URLs stay valid', async () => {
    const first = await start()
    const { uri } = await first.remote.uploadFile(new TextEncoder().encode('hello'), { filename: 'a.txt' })
    await kill(first)
    const second = await start()
    const { signedUrl } = await second.remote.client.createDownloadLocation({ nativeUrl: uri })
    assert.equal(await (await fetch(signedUrl)).text(), 'hello')
    await kill(second)
  })

  it('is in the same state after a replay: names go on where they were', async () => {
    const name = async (sandbox) => {
      const location = await remoteOf(sandbox.url).client.createUploadLocation({ project: 'a', domain: 'b', filenameRoot: 'r' })
      return location.nativeUrl
    }
    const other = mkdtempSync(join(tmpdir(), 'flyte-remote-data-'))
    const whole = await startSandbox({ data: other, seed: 5 })
    const expected = [await name(whole), await name(whole)]
    await whole.close()
    rmSync(other, { recursive: true })
    const names = []
    for (let part = 0; part < 2; part++) {
      const sandbox = await startSandbox({ data, seed: 5 })
      names.push(await name(sandbox))
      await sandbox.close()
    }
    assert.deepEqual(names, expected)
  })

  it('brings back executions as they were, to the last field', async () => {
    const id = { resourceType: 'TASK', project: 'flytesnacks', domain: 'development', name: 'task', version: 'v1' }
    const script = 'echo "$1" > "$2/y"; [ "$1" = good ]'
    const template = {
      id,
      type: 'raw-container',
      metadata: { runtime: { version: '1' }, retries: { retries: 1 } },
      interface: {
        inputs: { variables: { x: { type: { simple: 'STRING' } } } },
        outputs: { variables: { y: { type: { simple: 'STRING' } } } },
      },
      container: {
        image: 'none',
        command: ['/bin/sh', '-c', script, 'task', '{{.inputs.x}}', '/out'],
        dataConfig: { enabled: true, inputPath: '/in', outputPath: '/out' },
      },
    }
    const look = async (remote) => {
      const seen = []
      for (const name of ['good', 'bad']) {
        const id = { project: 'flytesnacks', domain: 'development', name }
        const { nodeExecutions } = await remote.client.listNodeExecutions({ workflowExecutionId: id, limit: 100 })
        seen.push(await remote.client.getExecution({ id }), await remote.client.getExecutionData({ id }), nodeExecutions)
        for (const node of nodeExecutions) seen.push(await remote.client.listTaskExecutions({ nodeExecutionId: node.id, limit: 100 }))
      }
      return seen
    }
    const first = await startSandbox({ data })
    const remote = remoteOf(first.url)
    await remote.registerSpecs({ tasks: [{ template }] })
    for (const name of ['good', 'bad']) {
      const run = await remote.execute({ kind: 'task', name: 'task', version: 'v1' }, { name, inputs: { x: name } })
      await run.wait({ intervalMs: 20, timeoutMs: 10_000 })
      assert.equal(run.phase, name === 'good' ? 'SUCCEEDED' : 'FAILED')
    }
    const before = await look(remote)
    assert.match(JSON.stringify(before), /"retryAttempt":1/)
    await first.close()
    const second = await startSandbox({ data })
    assert.deepEqual(await look(remoteOf(second.url)), before)
    await second.close()
  })

  it('keeps time: a node that slept when the process was killed wakes up in the next one', async () => {
    const first = await start()
    const id = (resourceType) => ({ resourceType, project: 'flytesnacks', domain: 'development', name: 'nap', version: 'v1' })
    const nap = { id: 'nap', metadata: { name: 'nap' }, gateNode: { sleep: { duration: '1.5s' } } }
    const template = { id: id('WORKFLOW'), metadata: {}, interface: { inputs: {}, outputs: {} }, nodes: [nap], outputs: [] }
    await first.remote.registerSpecs({ workflows: [{ template }] })
    const { name } = await first.remote.execute({ kind: 'workflow', name: 'nap', version: 'v1' }, {})
    await kill(first)
    const second = await start()
    const run = await second.remote.fetchExecution({ name })
    assert.equal(run.isDone, false)
    await run.wait({ intervalMs: 50, timeoutMs: 10_000 })
    assert.equal(run.phase, 'SUCCEEDED')
    assert.ok(run.durationMs >= 1500, `it slept ${run.durationMs} ms`)
    await kill(second)
  })

  it('survives a record that was cut off', async () => {
    const journal = join(data, 'journal')
    const first = await startSandbox({ data })
    await register(remoteOf(first.url), 'kept')
    const whole = statSync(journal).size
    await register(remoteOf(first.url), 'cut')
    await first.close()
    for (const length of [whole + 1, whole + 7, whole + 9, statSync(journal).size - 1]) {
      const copy = readFileSync(journal)
      truncateSync(journal, length)
      const again = await startSandbox({ data })
      assert.deepEqual(await projects(remoteOf(again.url)), ['flytesnacks', 'kept'])
      await register(remoteOf(again.url), 'new')
      await again.close()
      const third = await startSandbox({ data })
      assert.deepEqual(await projects(remoteOf(third.url)), ['flytesnacks', 'kept', 'new'])
      await third.close()
      writeFileSync(journal, copy)
    }
  })

  it('survives noise at the end, and refuses damage in the middle', async () => {
    const journal = join(data, 'journal')
    const first = await startSandbox({ data })
    await register(remoteOf(first.url), 'one')
    await register(remoteOf(first.url), 'two')
    await first.close()
    appendFileSync(journal, Buffer.from([0xff, 0xff, 0xff, 0x7f, 1, 2, 3, 4, 5]))
    const again = await startSandbox({ data })
    assert.equal((await projects(remoteOf(again.url))).length, 3)
    await again.close()
    const bytes = readFileSync(journal)
    bytes[bytes.indexOf('one')] ^= 1
    writeFileSync(journal, bytes)
    await assert.rejects(startSandbox({ data }), /journal is damaged at byte \d+/)
    writeFileSync(journal, Buffer.from('not a journal at all, but long enough to look like one'))
    await assert.rejects(
      startSandbox({ data }).then((sandbox) => sandbox.close()),
      /journal/,
    )
  })

  it('belongs to one process at a time, and is free again when that is gone', async () => {
    const first = await start()
    await assert.rejects(start(), new RegExp(`in use by the sandbox with process id ${first.child.pid}`))
    await assert.rejects(startSandbox({ data }), /in use/)
    await kill(first)
    const second = await start()
    await kill(second, 'SIGINT')
    const third = await startSandbox({ data })
    await assert.rejects(startSandbox({ data }), /in use/)
    await third.close()
  })
})

describe('the command line', () => {
  const run = async (...args) => {
    const child = spawn(process.execPath, [cli, ...args])
    let text = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece) => (text += piece))
    const [code] = await once(child, 'close')
    return { code, text }
  }

  it('explains itself and refuses what it does not know', async () => {
    assert.match((await run('--help')).text, /usage: flyte-remote sandbox/)
    assert.match((await run('--version')).text, /^\d+\.\d+\.\d+\S*\n$/)
    for (const args of [[], ['server'], ['sandbox', '--prot', '1'], ['sandbox', '--port', 'x'], ['sandbox', '--port', '70000']]) {
      const { code, text } = await run(...args)
      assert.equal(code, 2, args.join(' '))
      assert.match(text, /usage:/)
    }
  })
})
