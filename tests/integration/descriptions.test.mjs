// Description entities: what authors write about the versions of their tasks and workflows.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { client, fresh, PLACE, planId, refused, task, taskId, workflow, workflowId } from './support.mjs'

const FULL = {
  shortDescription: 'doubles a number',
  longDescription: { value: '# Doubles\n\na number', format: 'DESCRIPTION_FORMAT_MARKDOWN', iconLink: 'https://example.com/icon.svg' },
  sourceCode: { link: 'https://example.com/repo' },
}
const described = (name, description, version) => client.createTask(task(name, { version, spec: { description } }))
const list = async (name, more) => {
  const sortBy = { key: 'version', direction: 'ASCENDING' }
  const { descriptionEntities = [] } = await client.listDescriptionEntities({
    id: { ...PLACE, name },
    resourceType: 'TASK',
    limit: 10,
    sortBy,
    ...more,
  })
  return descriptionEntities.map((entity) => `${entity.id.version}: ${entity.shortDescription}`)
}

describe('a description', () => {
  it('of a task comes back as it was registered', async () => {
    const name = fresh('task')
    await described(name, FULL)
    const found = await client.getDescriptionEntity({ id: taskId(name) })
    assert.deepEqual(found.id, taskId(name))
    assert.equal(found.shortDescription, FULL.shortDescription)
    assert.deepEqual(found.longDescription, FULL.longDescription)
    assert.deepEqual(found.sourceCode, FULL.sourceCode)
  })

  it('of a workflow too', async () => {
    const name = fresh('workflow')
    await client.createTask(task(`${name}-step`))
    await client.createWorkflow(workflow(name, { runs: taskId(`${name}-step`), spec: { description: { shortDescription: 'a workflow' } } }))
    const found = await client.getDescriptionEntity({ id: workflowId(name) })
    assert.deepEqual([found.id, found.shortDescription], [workflowId(name), 'a workflow'])
    assert.deepEqual([found.longDescription, found.sourceCode], [{}, {}])
    assert.equal((await client.getWorkflow({ id: workflowId(name) })).shortDescription, 'a workflow')
  })

  it('is not found where none was given', async () => {
    const name = fresh('silent')
    await client.createTask(task(name))
    await refused(client.getDescriptionEntity({ id: taskId(name) }), 'NOT_FOUND')
    await refused(client.getDescriptionEntity({ id: planId(name) }), 'NOT_FOUND')
  })

  it('needs a whole identifier', async () => {
    await refused(client.getDescriptionEntity({ id: taskId('') }), 'INVALID_ARGUMENT', /missing name/)
    await refused(client.getDescriptionEntity({}), 'INVALID_ARGUMENT', /resource_type/)
  })
})

describe('a list of descriptions', () => {
  it('is of the versions of one name', async () => {
    const name = fresh('versions')
    for (const version of ['v1', 'v2', 'v3']) await described(name, { shortDescription: `text of ${version}` }, version)
    assert.deepEqual(await list(name), ['v1: text of v1', 'v2: text of v2', 'v3: text of v3'])
    assert.deepEqual(await list(name, { limit: 2, token: '2' }), ['v3: text of v3'])
    assert.deepEqual(await list(name, { filters: 'eq(version,v2)' }), ['v2: text of v2'])
    assert.deepEqual(await list(name, { filters: 'contains(short_description,v3)' }), ['v3: text of v3'])
    assert.deepEqual(await list(name, { sortBy: { key: 'version', direction: 'DESCENDING' }, limit: 1 }), ['v3: text of v3'])
  })

  it('needs a name, and a key to sort by that there is', async () => {
    await refused(list(''), 'INVALID_ARGUMENT', /missing name/)
    await refused(list('x', { sortBy: { key: 'nope' } }), 'INVALID_ARGUMENT', /invalid sort key/)
    await refused(client.listDescriptionEntities({ resourceType: 'TASK', limit: 5 }), 'INVALID_ARGUMENT', /missing id/)
    assert.deepEqual(await list('nothing'), [])
  })
})
