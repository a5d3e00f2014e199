// The web console as a person uses it, in Chromium, against the sandbox: built files and built package only.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { FlyteRemote } from 'flyte-remote'
import { startSandbox } from 'flyte-remote/sandbox'
import { heading, startBrowser, www } from './console-page.mjs'
import { odd, place, specs } from './console-specs.mjs'
import { lowContrasts } from './contrast.mjs'

let sandbox
let remote
let browser

before(async () => {
  sandbox = await startSandbox({ port: 0, grpcPort: false, www })
  remote = FlyteRemote.forEndpoint(sandbox.url, place)
  await remote.registerSpecs(specs, { defaultLaunchPlans: false })
  const runs = [execute('console.broken', 'breaks'), execute('console.shout', 'works', { times: 2, weights: {} })]
  for (const run of runs) await (await run).wait({ timeoutMs: 30_000 })
  browser = await startBrowser()
})

/** Launches version v1 of a launch plan. */
function execute(plan, name, inputs = {}) {
  return remote.execute({ kind: 'launchPlan', name: plan, version: 'v1' }, { name, inputs })
}

after(async () => {
  await browser?.close()
  await sandbox?.close()
})

/** A test with a page of its own, which fails when the page complains on the browser's console. */
function onPage(name, body) {
  test(name, { timeout: 90_000 }, async () => {
    const page = await browser.context.newPage()
    const complaints = []
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) complaints.push(message.text())
    })
    page.on('pageerror', (error) => complaints.push(String(error)))
    page.setDefaultTimeout(15_000)
    try {
      await body(page)
      assert.deepEqual(complaints, [], 'the page complained on the console')
    } finally {
      await page.close()
    }
  })
}

const at = (path) => `${sandbox.url}/console#/projects/${place.project}/domains/${place.domain}/${path}`
const phase = (page, text) => page.locator('.head .phase', { hasText: text }).waitFor({ timeout: 30_000 })

/** The values of a panel, by name. */
async function values(page, title) {
  const panel = page.locator('.columns > div > .panel', { has: page.getByRole('heading', { name: title, exact: true }) })
  await panel.locator('dt').first().waitFor()
  const names = await panel.locator('dt').allInnerTexts()
  const texts = await panel.locator('dd').allInnerTexts()
  return Object.fromEntries(names.map((name, index) => [name, texts[index]]))
}

onPage('a workflow is launched through the form, watched to its success, and its outputs are read', async (page) => {
  await page.goto(`${sandbox.url}/console`)
  await page.getByRole('link', { name: /development/ }).click()
  await heading(page, 'Executions')
  await page.getByRole('navigation').getByRole('link', { name: 'Launch plans' }).click()
  await page.getByRole('link', { name: 'console.shout' }).click()
  await heading(page, 'console.shout')

  assert.equal(await page.getByLabel('word').inputValue(), 'hey')
  assert.equal(await page.getByLabel('patience').inputValue(), '1h 30m')
  assert.match(await page.getByLabel('day').inputValue(), /^2026-01-31T13:30/, 'in the time zone of the browser')
  assert.equal(await page.getByLabel('bucket').getAttribute('readonly'), '')
  await page.getByLabel('times').fill('3')
  await page.getByLabel('weights').fill('{"x": 1, "y": 2.5}')
  await page.getByLabel('mood').selectOption('merry')
  await page.getByLabel('Execution name').fill('from-the-form')
  await page.getByRole('button', { name: 'Launch', exact: true }).click()

  await heading(page, 'from-the-form')
  await phase(page, 'Running')
  await phase(page, 'Succeeded')
  assert.deepEqual(await values(page, 'Outputs'), { length: '9', text: 'heyheyhey' })
  assert.deepEqual(await values(page, 'Inputs'), {
    bucket: 's3://reports',
    day: '2026-01-31 12:30:00 UTC',
    loud: 'true',
    mood: 'merry',
    patience: '1h 30m',
    ratio: '0.5',
    tags: '["a", "b"]',
    times: '3',
    weights: '{ "x": 1, "y": 2.5 }',
    word: 'hey',
  })

  await page.getByRole('button', { name: 'measure' }).click()
  const details = page.locator('.node-details')
  await details.getByText('Attempt 1').waitFor()
  await details.getByText('heyheyhey').waitFor()
  const told = await (await remote.fetchExecution('from-the-form')).outputs()
  assert.deepEqual(told.toObject(), { length: 9, text: 'heyheyhey' })
})

onPage('everything can be done from the keyboard', async (page) => {
  const { keyboard } = page
  const focused = () => page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent ?? '')
  const tabTo = async (name) => {
    for (let presses = 0; presses < 40; presses++) {
      await keyboard.press('Tab')
      if ((await focused()).includes(name)) return assert.ok(await hasRing(page), `${name} has no visible focus`)
    }
    assert.fail(`${name} can’t be reached with Tab`)
  }
  const fieldOf = (label) => page.evaluate((text) => document.activeElement?.labels?.[0]?.textContent?.startsWith(text), label)
  const tabToField = async (label) => {
    for (let presses = 0; presses < 40; presses++) {
      await keyboard.press('Tab')
      if (await fieldOf(label)) return
    }
    assert.fail(`the field ${label} can’t be reached with Tab`)
  }

  await page.goto(`${sandbox.url}/console`)
  await page.getByRole('link', { name: /development/ }).waitFor()
  await keyboard.press('Tab')
  assert.equal(await focused(), 'Skip to content')
  await keyboard.press('Enter')
  assert.equal(await page.evaluate(() => document.activeElement?.id), 'main')
  await tabTo('development')
  await keyboard.press('Enter')
  await heading(page, 'Executions')
  assert.equal(await focused(), 'Executions', 'after a change of page its heading has the focus')
  await tabTo('Launch plans')
  await keyboard.press('Enter')
  await heading(page, 'Launch plans')
  await page.getByRole('link', { name: 'console.shout' }).waitFor()
  await tabTo('console.shout')
  await keyboard.press('Enter')
  await page.getByLabel('times').waitFor()
  await tabToField('times')
  await keyboard.type('2')
  await tabToField('weights')
  await keyboard.type('{}')
  await tabToField('Execution name')
  await keyboard.type('from-the-keyboard')
  await keyboard.press('Enter')

  await heading(page, 'from-the-keyboard')
  assert.equal(await focused(), 'from-the-keyboard')
  await phase(page, 'Succeeded')
  await page.getByRole('status').filter({ hasText: 'Execution Succeeded.' }).waitFor({ state: 'attached' })
  assert.equal((await values(page, 'Outputs')).text, 'heyhey')
  await tabTo('repeat')
  await keyboard.press('Enter')
  await page.locator('.node-details').getByText('Attempt 1').waitFor()

  await page.getByRole('button', { name: /^Connection/ }).focus()
  await keyboard.press('Enter')
  await page.getByRole('dialog', { name: 'Connection' }).waitFor()
  assert.ok(await fieldOf('Endpoint'), 'the dialog takes the focus')
  await keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  assert.match(await focused(), /^Connection/, 'and gives it back')
})

/** Whether the focused element, or what it draws over its row, has an outline. */
function hasRing(page) {
  return page.evaluate(() =>
    [undefined, '::after'].some((part) => {
      const style = getComputedStyle(document.activeElement, part)
      return style.outlineStyle !== 'none' && Number.parseFloat(style.outlineWidth) >= 2
    }),
  )
}

onPage('mistakes are told at their fields, by the form and by the package, and nothing is launched', async (page) => {
  await page.goto(at('launch_plan/console.shout'))
  const launch = page.getByRole('button', { name: 'Launch', exact: true })
  const problem = async (label) => {
    const field = page.getByLabel(label)
    assert.equal(await field.getAttribute('aria-invalid'), 'true')
    return page.locator(`[id="${await field.getAttribute('aria-describedby')}"]`).innerText()
  }

  await page.getByLabel('times').fill('3.5')
  await page.getByLabel('patience').fill('a while')
  await page.getByLabel('weights').fill('{"x": 1, ')
  await launch.click()
  assert.match(await problem('times'), /whole number/)
  assert.match(await problem('weights'), /as JSON; at character 9: expected a string/)
  assert.match(await problem('patience'), /duration.*1h 30m/)
  assert.equal(await page.evaluate(() => document.activeElement?.name), 'inputs.times', 'the first of them has the focus')

  await page.getByLabel('times').fill('99999999999999999999')
  await page.getByLabel('patience').fill('90s')
  await page.getByLabel('weights').fill('{"x": "heavy"}')
  await launch.click()
  await page.locator('[name="inputs.times"][aria-invalid]').waitFor()
  assert.match(await problem('times'), /64 bits/)
  assert.match(await problem('weights'), /x.*expected float/i)
  await page.getByLabel('weights').fill('')
  await launch.click()
  await page.getByText('Required: dict[str, float].').waitFor()
  assert.equal(await page.getByLabel('patience').getAttribute('aria-invalid'), null)

  await page.getByLabel('times').fill('1')
  await page.getByLabel('weights').fill('{}')
  for (const [name, said] of [
    ['Not A Name', /starts with a letter/],
    ['works', /exists/],
  ]) {
    await page.getByLabel('Execution name').fill(name)
    await launch.click()
    await page.locator('#execution-name-note', { hasText: said }).waitFor()
    assert.match(await problem('Execution name'), said)
  }
  const names = []
  for await (const execution of remote.recentExecutions()) names.push(execution.name)
  assert.equal(names.filter((name) => /not|works/i.test(name)).join(), 'works')
})

onPage('every type has its place in the form, nested ones too', async (page) => {
  await page.goto(at('launch_plan/console.nested'))
  const launch = page.getByRole('button', { name: 'Launch', exact: true })
  const group = (name) => page.getByRole('group', { name })
  const add = (name) => group(name).getByRole('button', { name: /^Add/ })
  const row = (name, number) => group(name).locator(`[aria-label="${name} ${number}"]`)
  const { keyboard } = page

  await launch.click()
  await group('counts').getByText('Required: list[int].').waitFor()
  assert.match(await page.evaluate(() => document.activeElement.textContent), /^Add one to counts/, 'the first to mend has the focus')
  await keyboard.press('Enter')
  await row('counts', 1).waitFor()
  await page.waitForFunction(() => document.activeElement.ariaLabel === 'counts 1')
  await keyboard.type('9007199254740993')
  await add('counts').click()
  await row('counts', 2).fill('x')
  await add('counts').click()
  await add('days').click()
  await row('days', 1).fill('2026-01-31T13:30')
  await page.getByLabel('Type of either').selectOption('str')
  await page.getByLabel('either', { exact: true }).fill('3')
  await page.getByLabel('file').fill('data.csv')
  await page.getByLabel('grid').fill('[[1], [2, "3"]]')
  await group('moods').getByRole('button', { name: 'Add one' }).click()
  await row('moods', 1).selectOption('merry')
  await page.getByLabel('pauses').fill('{"short": "1m 30s", "long": "P1D"}')
  await page.locator('[name="inputs.row"]').fill('{"id": 1.5, "next": null}')
  await page.locator('[name="inputs.rows"]').fill('[{"id": 7, "next": {"at": "2026-01-31T00:00:00Z"}}]')
  await page.getByLabel('secret').fill('aGV5')
  await page.getByLabel('table').fill('s3://data/table')
  await launch.click()

  const said = async (field) => page.locator(`[id="${await field.getAttribute('aria-describedby')}"]`).innerText()
  assert.match(await said(row('counts', 2)), /^Expected int, got text "x"/)
  assert.match(await said(row('counts', 3)), /Fill it in, or remove it/)
  assert.equal(await row('counts', 1).getAttribute('aria-invalid'), null)
  assert.match(await said(page.getByLabel('file')), /no URI; upload it first/)
  assert.match(await said(page.getByLabel('grid')), /\[1\]\[1\]: expected int/i)
  assert.match(await said(page.locator('[name="inputs.row"]')), /^Id: expected int/)
  assert.deepEqual(await lowContrasts(page), [])

  await row('counts', 2).fill('-2')
  await page.getByRole('button', { name: 'Remove counts 3' }).click()
  await page.waitForFunction(() => document.activeElement.ariaLabel === 'counts 2')
  await page.getByLabel('file').fill('s3://data/data.csv')
  await page.getByLabel('grid').fill('[[1], [2, 3]]')
  await page.locator('[name="inputs.row"]').fill('{"id": 1, "next": null}')
  await page.getByLabel('Execution name').fill('of-all-types')
  await launch.click()

  await heading(page, 'of-all-types')
  const given = (await (await remote.fetchExecution('of-all-types')).inputs()).toObject()
  assert.deepEqual(given.counts, [9007199254740993n, -2])
  assert.deepEqual(given.days, [new Date('2026-01-31T12:30:00Z')])
  assert.equal(given.either, '3')
  assert.equal(given.file.uri, 's3://data/data.csv')
  assert.deepEqual(given.grid, [[1], [2, 3]])
  assert.equal(given.maybe, null)
  assert.deepEqual(given.moods, ['merry'])
  assert.deepEqual(given.pauses, { long: 86_400_000, short: 90_000 })
  assert.deepEqual(given.row, { id: 1, next: null, score: 0.5 })
  assert.deepEqual(given.rows, [{ id: 7, next: { at: '2026-01-31T00:00:00Z' }, score: 0.5 }])
  assert.deepEqual(given.secret.value, new Uint8Array([0x68, 0x65, 0x79]))
  assert.equal(given.table.uri, 's3://data/table')

  await page.goto(at('launch_plan/console.nested?from=of-all-types'))
  await row('counts', 1).waitFor()
  assert.equal(await row('counts', 1).inputValue(), '9007199254740993')
  assert.equal(await page.getByLabel('Type of either').inputValue(), '1')
  assert.equal(await page.getByLabel('pauses').inputValue(), '{ "long": "1d", "short": "1m 30s" }')
  assert.equal(await page.getByLabel('secret').inputValue(), 'aGV5')
})

onPage('what was written into the form is there again on the way back, and not on another visit', async (page) => {
  const times = page.getByLabel('times')
  const launchPlans = async () => {
    await page.goto(at('launch_plans'))
    await page.getByRole('link', { name: 'console.shout' }).click()
    await times.waitFor()
  }
  await launchPlans()
  await times.fill('4')
  await page.getByLabel('weights').fill('{"x": 1}')
  await page.getByLabel('word').fill('')
  await page.getByLabel('Execution name').fill('there-and-back')
  await page.getByRole('button', { name: 'Launch', exact: true }).click()
  await heading(page, 'there-and-back')
  for (const again of [() => page.goBack(), () => page.reload()]) {
    await again()
    await times.waitFor()
    const fields = ['times', 'weights', 'word', 'Execution name']
    const texts = await Promise.all(fields.map((label) => page.getByLabel(label).inputValue()))
    assert.deepEqual(texts, ['4', '{"x": 1}', '', ''], 'all but the name, which is taken now')
  }
  await launchPlans()
  assert.equal(await times.inputValue(), '')
})

onPage('inputs may have the names of what objects and forms have', async (page) => {
  const names = Object.keys(odd)
  await page.goto(at('launch_plan/console.odd'))
  const launch = page.getByRole('button', { name: 'Launch', exact: true })
  const invalid = page.locator('[aria-invalid=true]')
  await launch.waitFor()
  assert.equal(await invalid.count(), 0)
  await launch.click()
  assert.equal(await page.getByText('Required: str.').count(), names.length)
  assert.equal(await invalid.count(), names.length)
  for (const name of names) {
    const field = page.locator(`[name="inputs.${name}"]`)
    assert.equal(await field.getAttribute('placeholder'), null, name)
    await field.fill(`of ${name}`)
  }
  await page.getByLabel('Execution name').fill('of-odd-names')
  await launch.click()
  await heading(page, 'of-odd-names')
  const given = await (await remote.fetchExecution('of-odd-names')).inputs()
  for (const name of names) assert.equal(given.getAs(name, odd[name].type), `of ${name}`)
})

onPage('a failed execution shows why, with the error of its node', async (page) => {
  const execution = await remote.fetchExecution('breaks')
  await page.goto(execution.executionUrl)
  await heading(page, 'breaks')
  await phase(page, 'Failed')
  const said = execution.error.message.trim()
  assert.ok(said.length > 0)
  assert.equal((await page.locator('.panel.failure pre').innerText()).trim(), said)
  await page.locator('.node-details').getByText('the disk is full').first().waitFor()
})

onPage('a running execution is terminated with a cause', async (page) => {
  await execute('console.slow', 'takes-long')
  await page.goto(at('executions'))
  const row = page.getByRole('row', { name: /takes-long/ })
  await row.getByText('Running').waitFor()
  await row.click()
  await heading(page, 'takes-long')
  await phase(page, 'Running')
  await page.getByRole('button', { name: 'Terminate…' }).click()
  await page.getByLabel('Cause').fill('wrong inputs')
  await page.getByRole('dialog').getByRole('button', { name: 'Terminate' }).click()
  await phase(page, 'Aborted')
  await page.getByText('wrong inputs').waitFor()
  const execution = await remote.fetchExecution('takes-long')
  assert.equal(execution.abort?.cause, 'wrong inputs')
})

onPage('lists are filtered and continued on demand', async (page) => {
  for (let count = 0; count < 60; count++) await execute('console.broken', `many-${String(count).padStart(2, '0')}`)
  await page.goto(at('executions'))
  const rows = page.locator('tbody tr')
  await page.getByLabel('Name').fill('many-')
  await page.waitForFunction(() => document.querySelectorAll('tbody tr').length === 50)
  assert.match(await rows.first().innerText(), /many-59/, 'the newest first')
  await page.getByRole('button', { name: 'Load more' }).click()
  await page.waitForFunction(() => document.querySelectorAll('tbody tr').length === 60)
  assert.equal(await page.getByRole('button', { name: 'Load more' }).count(), 0)
  await page.getByLabel('Name').fill('many-07')
  await page.waitForFunction(() => document.querySelectorAll('tbody tr').length === 1)
  await page.getByLabel('Phase').selectOption('SUCCEEDED')
  await page.getByText('No execution matches the filter.').waitFor()
  assert.match(page.url(), /phase=SUCCEEDED/)
  await page.reload()
  await page.getByText('No execution matches the filter.').waitFor()
})

onPage('nothing on the page moves while it polls', async (page) => {
  await page.addInitScript(() => {
    globalThis.shift = 0
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) if (!entry.hadRecentInput) globalThis.shift += entry.value
    }).observe({ type: 'layout-shift' })
  })
  await execute('console.shout', 'still', { times: 1, weights: {} })
  await page.goto(at('executions/still'))
  await page.getByRole('button', { name: 'repeat' }).waitFor()
  await values(page, 'Inputs')
  await page.evaluate(async () => {
    // What is still being painted belongs to loading, not to polling.
    for (let frames = 0; frames < 3; frames++) await new Promise(requestAnimationFrame)
    globalThis.shift = 0
  })
  await phase(page, 'Succeeded')
  await values(page, 'Outputs')
  assert.ok((await page.evaluate(() => globalThis.shift)) < 0.01)
})

for (const colorScheme of ['light', 'dark']) {
  onPage(`all texts have a contrast of at least 4.5 in the ${colorScheme} scheme`, async (page) => {
    await page.emulateMedia({ colorScheme })
    const ground = await seen(page, `${sandbox.url}/console`, page.getByRole('link', { name: /development/ }))
    assert.equal(ground < 128, colorScheme === 'dark')
    await seen(page, at('executions'), page.locator('td .phase').first())
    await seen(page, at('launch_plans'), page.getByRole('link', { name: 'console.shout' }))
    await seen(page, at('executions/breaks'), page.locator('.node-details pre').first())
    await seen(page, at('executions/works'), page.getByText('heyhey').first())
    await seen(page, at('launch_plan/console.shout'), page.getByLabel('times'))
    await page.getByRole('button', { name: 'Launch', exact: true }).click()
    await page.locator('.problem').first().waitFor()
    assert.deepEqual(await lowContrasts(page), [])
    await page.getByRole('button', { name: /^Connection/ }).click()
    assert.deepEqual(await lowContrasts(page, 'dialog'), [])
  })
}

/** Opens a page and checks its texts; returns how bright its ground is, 0 to 255. */
async function seen(page, url, landmark) {
  await page.goto(url)
  await landmark.waitFor()
  assert.deepEqual(await lowContrasts(page), [], url)
  return page.evaluate(() => Number(/\d+/.exec(getComputedStyle(document.documentElement).backgroundColor)[0]))
}

onPage('an address above the lists leads to them, and one of nothing says what is missing', async (page) => {
  const { project, domain } = place
  const go = (path) => page.goto(`${sandbox.url}/console#/projects/${path}`)
  await go(`${project}/domains/${domain}`)
  await heading(page, 'Executions')
  await page.locator('tbody tr').first().waitFor()
  assert.equal(new URL(page.url()).hash, `#/projects/${project}/domains/${domain}/executions`)
  for (const list of ['executions', 'launch_plans', 'launch_plan/console.shout']) {
    await go(`nowhere/domains/${domain}/${list}`)
    await page.getByText('This server lists no project “nowhere”.').waitFor()
    await go(`${project}/domains/nowhere/${list}`)
    await page.getByText(`The project ${project} has no domain “nowhere”.`).waitFor()
  }
  await go(`${project}/domains/staging`)
  await page.getByText('Nothing has been executed here yet.').waitFor()
})

onPage('the texts of the time axis keep apart from each other and from the next column', async (page) => {
  await page.addInitScript(() => {
    globalThis.overlaps = []
    globalThis.looked = 0
    const look = () => {
      const texts = [...document.querySelectorAll('.nodes .track text')]
      const last = texts.length && document.createRange()
      if (last) last.selectNodeContents(document.querySelector('.nodes thead .col-duration'))
      const boxes = [...texts, ...(last ? [last] : [])].map((what) => what.getBoundingClientRect())
      globalThis.looked = Math.max(globalThis.looked, texts.length)
      for (let at = 1; at < boxes.length; at++)
        if (boxes[at].left < boxes[at - 1].right) globalThis.overlaps.push(`${texts[at - 1].textContent} at ${boxes[at - 1].right}`)
      requestAnimationFrame(look)
    }
    requestAnimationFrame(look)
  })
  const overlaps = () => page.evaluate(() => globalThis.overlaps)
  for (const width of [1280, 600]) {
    await page.setViewportSize({ width, height: 800 })
    await (await execute('console.broken', `short-${width}`)).wait({ timeoutMs: 30_000 })
    await page.goto(at(`executions/short-${width}`))
    await page.getByText('Attempt 1').waitFor()
    assert.deepEqual(await overlaps(), [], `one shorter than the axis, ${width} px wide`)
    await execute('console.shout', `axis-${width}`, { times: 1, weights: {} })
    await page.goto(at(`executions/axis-${width}`))
    await page.reload()
    await phase(page, 'Succeeded')
    assert.ok((await page.evaluate(() => globalThis.looked)) > 1, 'there were texts')
    assert.deepEqual(await overlaps(), [], `${width} px wide`)
  }
})

onPage('on a narrow screen nothing is wider than the screen', async (page) => {
  await page.setViewportSize({ width: 360, height: 700 })
  for (const path of [
    'executions',
    'launch_plans',
    'executions/works',
    'executions/breaks',
    'launch_plan/console.shout',
    'launch_plan/console.nested',
    'nothing',
  ]) {
    await page.goto(at(path))
    await page.locator('tbody tr, form, .notice-title').first().waitFor()
    const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
    assert.equal(over, 0, path)
  }
})
