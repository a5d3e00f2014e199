// The console and its servers: those that can't be reached or go away, and those with much to show.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { FlyteRemote } from 'flyte-remote'
import { startSandbox } from 'flyte-remote/sandbox'
import { heading, startBrowser, www } from './console-page.mjs'
import { place, specs } from './console-specs.mjs'

let sandbox
let browser

before(async () => {
  sandbox = await startSandbox({ port: 0, grpcPort: false, www })
  browser = await startBrowser()
})

after(async () => {
  await browser?.close()
  await sandbox?.close()
})

test('an endpoint that can’t be reached is explained, remembered, and can be changed back', { timeout: 90_000 }, async () => {
  const page = await browser.context.newPage()
  await page.goto(`${sandbox.url}/console`)
  await page.getByRole('button', { name: /^Connection/ }).click()
  await page.getByLabel('Endpoint').fill('localhost')
  await page.keyboard.press('Enter')
  await page.getByText('Write the whole address').waitFor()
  await page.getByLabel('Endpoint').fill('http://127.0.0.1:9')
  await page.keyboard.press('Enter')
  await page.getByText('127.0.0.1:9 can’t be reached').waitFor()
  await page.reload()
  await page.getByText('127.0.0.1:9 can’t be reached').waitFor()
  await page.getByRole('button', { name: 'Connection…' }).click()
  await page.getByLabel('Endpoint').fill('')
  await page.keyboard.press('Enter')
  await page.getByRole('link', { name: /development/ }).waitFor()
  await page.close()
})

test('a server that goes away is told of in short, and nothing says that the list is up to date', { timeout: 90_000 }, async () => {
  const own = await startSandbox({ port: 0, grpcPort: false, www })
  const page = await browser.context.newPage()
  await page.setViewportSize({ width: 390, height: 844 })
  await page.goto(`${own.url}/console#/projects/${place.project}/domains/${place.domain}/executions`)
  const mark = page.locator('.live')
  await mark.getByText('Up to date').waitFor()
  await own.close()
  await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')))
  const notice = page.getByRole('alert')
  await notice.waitFor()
  assert.equal(await mark.innerText(), 'Not up to date')
  assert.match(await notice.innerText(), /^Not up to date\. 127\.0\.0\.1:\d+ can’t be reached\.\s+Try again$/)
  assert.ok((await notice.boundingBox()).height < 844 / 8)

  await page.getByRole('link', { name: 'Projects' }).click()
  await page.getByText('can’t be reached').waitFor()
  const guesses = page.getByText(/CORS/)
  assert.equal(await guesses.isVisible(), false)
  await page.getByText('What it may be').click()
  assert.equal(await guesses.isVisible(), true)
  await page.close()
})

test('a list is found again as it was left, and shows what was only just created as not finished', { timeout: 90_000 }, async () => {
  const own = await startSandbox({ port: 0, grpcPort: false, www, engine: false })
  const there = FlyteRemote.forEndpoint(own.url, place)
  await there.registerSpecs(specs, { defaultLaunchPlans: false })
  const plan = await there.fetchLaunchPlan('console.broken')
  for (let i = 0; i < 80; i++) await there.execute(plan, { name: `left-${i}` })
  const page = await browser.context.newPage()
  const list = `${own.url}/console#/projects/${place.project}/domains/${place.domain}/executions`
  await page.goto(list)
  await page.getByRole('button', { name: 'Load more' }).click()
  const row = page.getByRole('link', { name: 'left-5', exact: true })
  await row.click()
  await heading(page, 'left-5')
  await page.goBack()
  await row.waitFor()
  assert.equal(await page.locator('tbody tr').count(), 80)
  const box = await row.boundingBox()
  assert.ok(box.y > 0 && box.y < 800, JSON.stringify(box))

  await page.goto(`${list}?phase=ACTIVE`)
  await page.reload()
  await page.getByRole('link', { name: 'left-79', exact: true }).waitFor()
  await page.close()
  await own.close()
})

test('of many nodes only those that are open are asked for their attempts', { timeout: 90_000 }, async () => {
  const own = await startSandbox({ port: 0, grpcPort: false, www, engine: false })
  const there = FlyteRemote.forEndpoint(own.url, place)
  await there.registerSpecs(specs, { defaultLaunchPlans: false })
  const run = await there.execute({ kind: 'launchPlan', name: 'console.broken', version: 'v1' }, { name: 'many' })
  const occurredAt = new Date().toISOString()
  const executionId = run.id
  await there.client.createWorkflowEvent({ event: { executionId, phase: 'RUNNING', occurredAt } })
  for (let i = 0; i < 300; i++) {
    const id = { executionId, nodeId: `n${i}` }
    await there.client.createNodeEvent({ event: { id, nodeName: id.nodeId, specNodeId: id.nodeId, phase: 'RUNNING', occurredAt } })
  }
  const taskId = { resourceType: 'TASK', ...place, name: 'console.break', version: 'v1' }
  const parentNodeExecutionId = { executionId, nodeId: 'n7' }
  const event = { taskId, parentNodeExecutionId, retryAttempt: 0, phase: 'RUNNING', occurredAt }
  await there.client.createTaskEvent({ event })
  const page = await browser.context.newPage()
  let asked = 0
  page.on('request', (request) => {
    if (request.url().endsWith('/ListTaskExecutions')) asked += 1
  })
  await page.goto(`${own.url}/console#/projects/${place.project}/domains/${place.domain}/executions/many`)
  await page.getByText('0 of 300 finished').waitFor()
  await page.waitForTimeout(1500)
  assert.equal(asked, 0)
  await page.getByRole('button', { name: 'n7', exact: true }).click()
  const attempt = page.locator('.attempts')
  await attempt.getByText('Running').waitFor()
  await there.client.createTaskEvent({
    event: { ...event, phase: 'FAILED', error: { code: 'X', message: 'the disk is full', kind: 'USER' } },
  })
  await attempt.getByText('the disk is full').waitFor()
  assert.ok(asked < 20, String(asked))
  await page.close()
  await own.close()
})
