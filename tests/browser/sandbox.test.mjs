// The sandbox in a page: no server but the one that hands out the files.

import assert from 'node:assert/strict'
import { after, before, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { startSandbox } from 'flyte-remote/sandbox'
import { startChromium } from './chromium.mjs'

const dist = fileURLToPath(new URL('../../dist', import.meta.url))
let files
let browser
let page

before(async () => {
  // Its console folder can be any folder: here the package itself.
  files = await startSandbox({ www: dist, grpcPort: false })
  browser = await startChromium()
  page = await browser.context.newPage()
  await page.goto(`${files.url}/console/www/index.html`)
})

after(async () => {
  await browser?.close()
  await files?.close()
})

it('a workflow runs in a page, its containers played by the page', async () => {
  const result = await page.evaluate(async () => {
    const { init, FlyteRemote } = await import('/console/browser.mjs')
    const { createSandboxFetch } = await import('/console/sandbox-browser.mjs')
    await init()
    const fetch = await createSandboxFetch({
      runContainer: ({ argv, files }) => {
        const { x } = JSON.parse(new TextDecoder().decode(files['inputs/inputs.json']))
        return argv[0] === 'square' ? { files: { 'outputs/y': String(x * x) } } : { exitCode: 1, stderr: 'what?' }
      },
    })
    const remote = FlyteRemote.forEndpoint(fetch.url, { fetch, project: 'flytesnacks', domain: 'development' })
    const variables = (name) => ({ variables: { [name]: { type: { simple: 'INTEGER' } } } })
    const id = { resourceType: 'TASK', project: 'flytesnacks', domain: 'development', name: 'square', version: 'v1' }
    const container = {
      image: 'none',
      command: ['square'],
      dataConfig: { enabled: true, inputPath: '/in', outputPath: '/out', format: 'JSON' },
    }
    const metadata = { runtime: { version: '1' } }
    const template = { id, type: 'raw-container', metadata, interface: { inputs: variables('x'), outputs: variables('y') }, container }
    await remote.registerSpecs({ tasks: [{ template }] })
    const run = await remote.execute({ kind: 'task', name: 'square', version: 'v1' }, { inputs: { x: 12 } })
    await run.wait({ intervalMs: 10, timeoutMs: 10_000 })
    const { uri } = await remote.uploadFile(new Blob(['hello']))
    return { phase: run.phase, outputs: (await run.outputs()).toObject(), uri }
  })
  assert.equal(result.phase, 'SUCCEEDED')
  assert.deepEqual(result.outputs, { y: 144 })
  assert.match(result.uri, /^s3:\/\/flyte-sandbox\//)
})

it('a page that wants a server is told where to get one', async () => {
  const message = await page.evaluate(async () => {
    const { startSandbox } = await import('/console/sandbox-browser.mjs')
    return startSandbox().catch((error) => error.message)
  })
  assert.match(message, /startSandbox needs Node/)
})
