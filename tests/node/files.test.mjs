// Files that are uploaded by their path: what is held open, and what happens when they change.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { appendFileSync, mkdtempSync, readdirSync, readlinkSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, beforeEach, describe, it } from 'node:test'
import { CancelledError, FlyteRemote, UploadError } from 'flyte-remote'
import { createSandboxFetch } from 'flyte-remote/sandbox'
import { PLACE } from './fixtures.mjs'

const folder = mkdtempSync(join(tmpdir(), 'flyte-remote-files-'))
const path = join(folder, 'data.bin')
const SIZE = 9_000_000
let sandbox

before(async () => {
  sandbox = await createSandboxFetch()
})
after(() => rmSync(folder, { recursive: true, force: true }))
beforeEach(() => writeFileSync(path, Buffer.alloc(SIZE, 7)))

/** A remote that does something to the file between its digest and its upload, and counts what the store is sent. */
function remoteThat(change) {
  const sent = { bytes: 0 }
  const fetch = async (url, init) => {
    if (url.includes('CreateUploadLocation')) change?.()
    if (init.method === 'PUT') {
      const body = new Uint8Array(await new Response(init.body).arrayBuffer())
      sent.bytes = body.length
      return sandbox(url, { ...init, body })
    }
    return sandbox(url, init)
  }
  return { sent, remote: FlyteRemote.forEndpoint(sandbox.url, { ...PLACE, fetch }) }
}

/** How many descriptors of the file this process has. */
const held = () =>
  readdirSync('/proc/self/fd').filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`) === path
    } catch {
      return false
    }
  }).length

describe('a file that is uploaded by its path', () => {
  it('is read in pieces, and its progress ends at its size', async () => {
    const { remote, sent } = remoteThat()
    const told = []
    const { size } = await remote.uploadFile(path, { onProgress: (progress) => told.push(progress.sent) })
    assert.deepEqual([size, sent.bytes, told.at(-1)], [SIZE, SIZE, SIZE])
    assert.ok(told.length > 10)
  })

  it('is not held open by a call that was aborted, whenever that was', { skip: process.platform !== 'linux' }, async () => {
    const { remote } = remoteThat()
    for (let delay = 0; delay < 12; delay += 1) {
      const controller = new AbortController()
      const pending = remote.uploadFile(path, { signal: controller.signal }).then(
        () => {},
        (error) => assert.ok(error instanceof CancelledError, error),
      )
      if (delay) await new Promise((resolve) => setTimeout(resolve, delay - 1))
      controller.abort()
      await pending
    }
    await new Promise((resolve) => setTimeout(resolve, 50))
    assert.equal(held(), 0)
  })

  it('that grows meanwhile is sent as it was', async () => {
    const { remote, sent } = remoteThat(() => appendFileSync(path, 'more'))
    await remote.uploadFile(path)
    assert.equal(sent.bytes, SIZE)
  })

  it('that shrinks meanwhile is an error that says so', async () => {
    const { remote } = remoteThat(() => truncateSync(path, 1000))
    await assert.rejects(remote.uploadFile(path), (error) => error instanceof UploadError && /became shorter/.test(error.message))
  })

  it('is no pipe, which would block', { skip: process.platform === 'win32', timeout: 5000 }, async () => {
    const pipe = join(folder, 'pipe')
    execFileSync('mkfifo', [pipe])
    const { remote } = remoteThat()
    await assert.rejects(remote.uploadFile(pipe), (error) => error instanceof UploadError && /not a regular file/.test(error.message))
  })
})
