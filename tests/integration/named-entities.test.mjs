// Names of tasks, workflows and launch plans: what is said about them.

import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { client, execute, PLACE, project, refused, registered, task } from './support.mjs'

before(async () => {
  const etl = await registered('etl')
  for (const name of ['alpha', 'beta', 'gamma']) await client.createTask(task(name))
  await execute(etl.task)
})

const KINDS = ['TASK', 'WORKFLOW', 'LAUNCH_PLAN']
const id = (name) => ({ ...PLACE, name })
const get = (name, resourceType = 'TASK') => client.getNamedEntity({ resourceType, id: id(name) })
const update = (name, metadata, resourceType = 'TASK') => client.updateNamedEntity({ resourceType, id: id(name), metadata })
const list = async (more) => {
  const { entities = [] } = await client.listNamedEntities({
    ...PLACE,
    resourceType: 'TASK',
    limit: 100,
    sortBy: { key: 'name', direction: 'ASCENDING' },
    ...more,
  })
  return entities.map((entity) => entity.id.name)
}

for (const resourceType of KINDS) {
  describe(`a name of type ${resourceType}`, () => {
    it('is active and not described until somebody says so', async () => {
      const entity = await get('etl', resourceType)
      assert.deepEqual([entity.resourceType, entity.id], [resourceType, id('etl')])
      assert.deepEqual([entity.metadata?.description ?? '', entity.metadata?.state ?? 'NAMED_ENTITY_ACTIVE'], ['', 'NAMED_ENTITY_ACTIVE'])
    })

    it('is described', async () => {
      await update('etl', { description: `the ${resourceType}` }, resourceType)
      assert.equal((await get('etl', resourceType)).metadata.description, `the ${resourceType}`)
      await update('etl', { description: 'new' }, resourceType)
      assert.equal((await get('etl', resourceType)).metadata.description, 'new')
    })

    it('is not found when nothing has it', async () => {
      await refused(get('nothing', resourceType), 'NOT_FOUND', /entry not found/)
      await refused(update('nothing', { description: 'x' }, resourceType), 'NOT_FOUND')
    })
  })
}

describe('archiving a name', () => {
  it('tasks and workflows', async () => {
    await update('beta', { state: 'NAMED_ENTITY_ARCHIVED' })
    assert.equal((await get('beta')).metadata.state, 'NAMED_ENTITY_ARCHIVED')
    assert.deepEqual(await list({ filters: 'eq(state,1)' }), ['beta'])
    assert.ok((await list({ filters: 'eq(state,0)' })).includes('alpha'))
    await update('beta', { state: 'NAMED_ENTITY_ACTIVE' })
    assert.deepEqual(await list({ filters: 'eq(state,1)' }), [])
  })

  it('keeps the description when none is given', async () => {
    await update('gamma', { description: 'third letter' })
    await update('gamma', { state: 'NAMED_ENTITY_ARCHIVED' })
    assert.deepEqual((await get('gamma')).metadata, { description: 'third letter', state: 'NAMED_ENTITY_ARCHIVED' })
  })
})

describe('what a call needs', () => {
  it('a type', async () => {
    await refused(client.getNamedEntity({ id: id('etl') }), 'INVALID_ARGUMENT', /resource_type/)
    await refused(client.updateNamedEntity({ id: id('etl'), metadata: {} }), 'INVALID_ARGUMENT', /resource_type/)
    await refused(client.listNamedEntities({ ...PLACE, limit: 5 }), 'INVALID_ARGUMENT', /resource_type|resource type/)
    await refused(client.listNamedEntities({ ...PLACE, resourceType: 'DATASET', limit: 5 }), 'INVALID_ARGUMENT', /resource type/)
  })

  it('a whole identifier', async () => {
    await refused(client.getNamedEntity({ resourceType: 'TASK' }), 'INVALID_ARGUMENT', /missing id/)
    await refused(get(''), 'INVALID_ARGUMENT', /missing name/)
    await refused(client.listNamedEntities({ project, resourceType: 'TASK', limit: 5 }), 'INVALID_ARGUMENT', /missing domain/)
  })

  it('metadata to say something', async () => {
    await refused(client.updateNamedEntity({ resourceType: 'TASK', id: id('etl') }), 'INVALID_ARGUMENT', /missing metadata/)
  })
})

describe('a list of names', () => {
  it('has every name once, without the generated ones', async () => {
    await client.createTask(task('alpha', { version: 'v2' }))
    assert.deepEqual(await list(), ['alpha', 'beta', 'etl', 'gamma'])
    assert.deepEqual(await list({ resourceType: 'WORKFLOW' }), ['etl'])
  })

  it('is filtered by name, description and state', async () => {
    await update('alpha', { description: 'first letter' })
    assert.deepEqual(await list({ filters: 'eq(name,alpha)' }), ['alpha'])
    assert.deepEqual(await list({ filters: 'contains(name,a)' }), ['alpha', 'beta', 'gamma'])
    assert.deepEqual(await list({ filters: 'contains(description,letter)' }), ['alpha', 'gamma'])
    await refused(list({ filters: 'eq(version,v1)' }), 'INVALID_ARGUMENT', /'nen.version' is invalid filter/)
  })

  it('is sorted', async () => {
    assert.deepEqual(await list({ sortBy: { key: 'name', direction: 'DESCENDING' } }), ['gamma', 'etl', 'beta', 'alpha'])
    await refused(list({ sortBy: { key: 'version' } }), 'INVALID_ARGUMENT', /invalid sort key/)
  })

  it('comes in pages', async () => {
    assert.deepEqual(await list({ limit: 2 }), ['alpha', 'beta'])
    assert.deepEqual(await list({ limit: 2, token: '2' }), ['etl', 'gamma'])
  })
})
