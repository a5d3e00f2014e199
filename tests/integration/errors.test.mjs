// Errors as they cross the wire: long texts, odd characters, details.

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { client, endpoint, fresh, project, refused, task, taskId } from './support.mjs'

const runFile = promisify(execFile)

/** The error of registering something differently, in a Node that takes long headers. */
async function withLongHeaders(kind, length) {
  const script = fileURLToPath(new URL('long-error.mjs', import.meta.url))
  const { stdout } = await runFile(process.execPath, ['--max-http-header-size=1048576', script, endpoint, project, kind, String(length)])
  return JSON.parse(stdout)
}

/** Registers a task twice, the second time with other arguments of this length altogether. */
async function differently(length) {
  const name = fresh('long')
  const args = (letter) => Array.from({ length: Math.ceil(length / 100) }, (_, at) => `${letter}${at}-`.padEnd(96, letter))
  await client.createTask(task(name, { container: { args: args('a') } }))
  return client.createTask(task(name, { container: { args: args('b') } }))
}

describe('a text', () => {
  it('of some kilobytes arrives whole', async () => {
    const error = await refused(differently(2_000), 'INVALID_ARGUMENT', /different structure/)
    assert.match(error.message, /b19-/)
  })

  it('beyond 16 kB needs a Node that takes such headers, and says so', async () => {
    await refused(differently(12_000), 'RESOURCE_EXHAUSTED', /--max-http-header-size/)
  })

  it('beyond 32 kB is cut by the server', async () => {
    const { code, said } = await withLongHeaders('task', 40_000)
    assert.deepEqual([code, Buffer.byteLength(said)], ['INVALID_ARGUMENT', 32_000])
  })

  it('keeps its details below 32 kB, and loses them beyond', async () => {
    const short = await withLongHeaders('workflow', 10_000)
    assert.equal(short.details[0]['@type'], 'type.googleapis.com/flyteidl.admin.CreateWorkflowFailureReason')
    const long = await withLongHeaders('workflow', 40_000)
    assert.equal(long.code, 'INVALID_ARGUMENT')
    assert.deepEqual(long.details, [])
  })

  for (const name of ['größe', '100%', '日本語', 'a\u00a0b', '"quoted"', '%41', 'ends with space ']) {
    it(`with ${name} arrives as it was sent`, async () => {
      const error = await refused(client.getTask({ id: taskId(name) }), 'NOT_FOUND')
      assert.ok(error.message.includes(JSON.stringify(name).slice(1, -1)), error.message)
    })
  }

  it('of several lines keeps them', async () => {
    const error = await refused(differently(300), 'INVALID_ARGUMENT')
    assert.ok(error.message.split('\n').length > 1)
  })
})

describe('an error', () => {
  it('tells the method, the code and whether to try again', async () => {
    const error = await refused(client.getTask({ id: taskId('nothing') }), 'NOT_FOUND')
    assert.deepEqual(
      [error.name, error.grpcCode, error.retryable, error.method],
      ['NotFoundError', 5, false, '/flyteidl.service.AdminService/GetTask'],
    )
    assert.ok(error instanceof Error)
  })

  it('without details has an empty list of them', async () => {
    assert.deepEqual((await refused(client.getTask({ id: taskId('nothing') }), 'NOT_FOUND')).details, [])
  })
})
