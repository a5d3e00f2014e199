// The built package in a page: loading, errors before and while loading, a workflow end to end, CORS.

import assert from 'node:assert/strict'
import { createReadStream } from 'node:fs'
import { createServer } from 'node:http'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { sandboxWithWorkflows } from '../node/fixtures.mjs'
import { startChromium } from './chromium.mjs'

const TYPES = { html: 'text/html', mjs: 'text/javascript', wasm: 'application/wasm' }
const CSP = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; connect-src *"

/** Loads the package twice at once, and says what it then has. */
const WORKER = `
  import { init, FlyteRemote } from '/browser.mjs'
  await Promise.all([init(), init()])
  const { client, endpoint } = FlyteRemote.forEndpoint('http://127.0.0.1:39999', { retries: 0 })
  const error = await client.getVersion().catch((error) => error.name)
  postMessage([endpoint, error])
`

let browser
let site
let origin
let sandbox

/** Serves dist/ and an empty page, under the strictest CSP that the package needs. */
before(async () => {
  ;({ sandbox } = await sandboxWithWorkflows())
  site = createServer((request, response) => {
    const path = new URL(request.url, 'http://x').pathname
    response.setHeader('content-security-policy', CSP)
    if (path === '/worker') return response.setHeader('content-type', TYPES.mjs).end(WORKER)
    if (path === '/') return response.setHeader('content-type', TYPES.html).end('<!doctype html><title>page</title>')
    if (!/^\/[\w.]+$/.test(path)) return response.writeHead(404).end()
    const file = createReadStream(fileURLToPath(new URL(`../../dist${path}`, import.meta.url)))
    file.on('error', () => response.writeHead(404, { 'content-type': TYPES.html }).end('<h1>not found</h1>'))
    response.setHeader('content-type', TYPES[path.split('.').at(-1)] ?? 'application/octet-stream')
    file.pipe(response)
  })
  await new Promise((done) => site.listen(0, '127.0.0.1', done))
  origin = `http://127.0.0.1:${site.address().port}`
  browser = await startChromium()
})

after(async () => {
  await browser?.close()
  site?.close()
  await sandbox?.close()
})

/** Runs a function in a fresh page with the package's module as its first argument. */
async function inPage(body, argument) {
  const page = await browser.context.newPage()
  try {
    await page.goto(origin)
    const source = `(async (argument) => { const flyte = await import('/browser.mjs'); return await (${body})(flyte, argument) })`
    return await page.evaluate(`${source}(${JSON.stringify(argument ?? null)})`)
  } finally {
    await page.close()
  }
}

describe('loading', () => {
  it('says so when the package is used before init', async () => {
    const message = await inPage(async ({ FlyteRemote }) => {
      try {
        FlyteRemote.forEndpoint('http://x')
      } catch (error) {
        return `${error.code}: ${error.message}`
      }
    })
    assert.match(message, /^NOT_READY: .*await init\(\)/)
  })

  it('takes nothing, a URL, bytes, a response or a module', async () => {
    for (const source of [
      'undefined',
      "'/flyte_remote.wasm'",
      "await (await fetch('/flyte_remote.wasm')).arrayBuffer()",
      "await fetch('/flyte_remote.wasm')",
      "await WebAssembly.compileStreaming(fetch('/flyte_remote.wasm'))",
    ]) {
      const endpoint = await inPage(
        `async ({ init, FlyteRemote }) => { await init(${source}); await init(); return FlyteRemote.forEndpoint('http://x').endpoint }`,
      )
      assert.equal(endpoint, 'http://x')
    }
  })

  it('says what it got instead of its wasm file, and can be tried again', async () => {
    const [message, endpoint] = await inPage(async ({ init, FlyteRemote }) => {
      const message = await init('/nope.wasm').catch((error) => error.message)
      await init()
      return [message, FlyteRemote.forEndpoint('http://x').endpoint]
    })
    assert.match(message, /nope\.wasm.*404/)
    assert.equal(endpoint, 'http://x')
  })

  it("says that a wasm file is another's, and can be tried again", async () => {
    const [messages, endpoint] = await inPage(async ({ init, FlyteRemote }) => {
      const others = [new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]), '/flyte_sandbox.wasm']
      const messages = []
      for (const other of others) messages.push(await init(other).catch((error) => `${error.code}: ${error.message}`))
      await init()
      return [messages, FlyteRemote.forEndpoint('http://x').endpoint]
    })
    for (const message of messages) assert.match(message, /^NOT_READY: flyte-remote can't use this wasm file/)
    assert.equal(endpoint, 'http://x')
  })

  it('happens once in a module worker, however often it is asked for', async () => {
    const seen = await inPage(
      () =>
        new Promise((done, failed) => {
          const worker = new Worker('/worker', { type: 'module' })
          worker.onmessage = ({ data }) => done(data)
          worker.onerror = ({ message }) => failed(new Error(message))
        }),
    )
    assert.deepEqual(seen, ['http://127.0.0.1:39999', 'UnavailableError'])
  })
})

describe('in a page', () => {
  it('executes a workflow of another origin and reads its outputs', async () => {
    const result = await inPage(async ({ init, FlyteRemote }, endpoint) => {
      await init()
      const remote = FlyteRemote.forEndpoint(endpoint, { project: 'flytesnacks', domain: 'development' })
      const run = await remote.execute({ kind: 'workflow', name: 'double_wf' }, { inputs: { n: 4 } })
      await run.wait({ timeoutMs: 20_000 })
      const names = []
      for await (const execution of remote.recentExecutions({ limit: 5 })) names.push(execution.name)
      return [run.phase, (await run.outputs()).toObject(), names.includes(run.name)]
    }, sandbox.url)
    assert.deepEqual(result, ['SUCCEEDED', { m: 8 }, true])
  })

  it('gets errors without a body across origins', async () => {
    const result = await inPage(async ({ init, FlyteRemote, NotFoundError }, endpoint) => {
      await init()
      const remote = FlyteRemote.forEndpoint(endpoint, { project: 'flytesnacks', domain: 'development' })
      const error = await remote.fetchTask({ name: 'nope', version: 'v' }).catch((error) => error)
      return [error instanceof NotFoundError, error instanceof Error, error.code, error.stack]
    }, sandbox.url)
    const stack = result.pop()
    assert.deepEqual(result, [true, true, 'NOT_FOUND'])
    assert.match(stack, /^NotFoundError: .*nope.*\n +at .*fetchTask/)
    assert.doesNotMatch(stack, /wasm/)
  })

  it('uploads a File', async () => {
    const result = await inPage(async ({ init, FlyteRemote }, endpoint) => {
      await init()
      const remote = FlyteRemote.forEndpoint(endpoint, { project: 'flytesnacks', domain: 'development' })
      const seen = []
      const file = await remote.uploadFile(new File(['hello'], 'hello.txt', { type: 'text/plain' }), {
        onProgress: ({ sent, total }) => seen.push([sent, total]),
      })
      return [file.md5, file.size, file.uri.endsWith('/hello.txt'), seen.at(-1)]
    }, sandbox.url)
    assert.deepEqual(result, ['5d41402abc4b2a76b9719d911017c592', 5, true, [5, 5]])
  })

  it('lists the likely reasons when the browser hides them', async () => {
    const message = await inPage(async ({ init, FlyteRemote }) => {
      await init()
      const remote = FlyteRemote.forEndpoint('http://127.0.0.1:39999', { retries: 0 })
      return await remote.client.getVersion().catch((error) => `${error.name}: ${error.message}`)
    })
    assert.match(message, /^UnavailableError: .*CORS.*mixed content/s)
  })
})
