// Projects and domains.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { client, project, refused } from './support.mjs'

let projects = 0
const fresh = () => `${project}-p${++projects}`
const register = (more) => client.registerProject({ project: { id: fresh(), name: 'a project', ...more } })
const get = (id) => client.getProject({ id })

describe('a project', () => {
  it('is registered with all that is said about it', async () => {
    const id = fresh()
    await register({ id, name: 'Shop', description: 'what we sell', labels: { values: { team: 'a' } } })
    const found = await get(id)
    assert.deepEqual([found.id, found.name, found.description, found.labels.values], [id, 'Shop', 'what we sell', { team: 'a' }])
    assert.equal(found.state ?? 'ACTIVE', 'ACTIVE')
    assert.deepEqual(
      found.domains.map((domain) => domain.id),
      ['development', 'staging', 'production'],
    )
  })

  it('is registered once', async () => {
    const id = fresh()
    await register({ id })
    await refused(register({ id }), 'ALREADY_EXISTS', /value with matching already exists/)
  })

  for (const [what, more, message] of [
    ['an id', { id: '' }, /missing project_id|missing id/],
    ['a name', { name: '' }, /missing project_name|missing name/],
    ['an id of small letters', { id: 'Shop' }, /invalid project id|Shop/],
    ['an id without an underscore', { id: 'my_shop' }, /my_shop/],
    ['a short id', { id: 'x'.repeat(64) }, /63|invalid project id/],
    ['a short name', { name: 'x'.repeat(65) }, /project_name cannot exceed 64 characters/],
    ['a short description', { description: 'x'.repeat(301) }, /project_description cannot exceed 300 characters/],
    ['few labels', { labels: { values: Object.fromEntries(Array.from({ length: 17 }, (_, at) => [`k${at}`, 'v'])) } }, /cannot exceed 16/],
    ['labels of Kubernetes', { labels: { values: { team: 'no spaces please' } } }, /invalid label value/],
    ['no domains', { domains: [{ id: 'development', name: 'development' }] }, /[Dd]omains are currently only set system wide/],
  ]) {
    it(`needs ${what}`, async () => {
      await refused(register(more), 'INVALID_ARGUMENT', message)
    })
  }

  it('needs to be told', async () => {
    await refused(client.registerProject({}), 'INVALID_ARGUMENT', /missing project/)
  })

  it('is changed; what is empty stays', async () => {
    const id = fresh()
    await register({ id, name: 'Shop', description: 'what we sell' })
    await client.updateProject({ id, name: 'Store', labels: { values: { team: 'b' } } })
    const found = await get(id)
    assert.deepEqual([found.name, found.description, found.labels.values], ['Store', 'what we sell', { team: 'b' }])
  })

  it('is archived and comes back', async () => {
    const id = fresh()
    await register({ id })
    const listed = async (filters) => ((await client.listProjects({ filters })).projects ?? []).some((row) => row.id === id)
    await client.updateProject({ id, state: 'ARCHIVED' })
    assert.equal((await get(id)).state, 'ARCHIVED')
    assert.deepEqual([await listed(''), await listed('eq(state,1)'), await listed(`eq(identifier,${id})`)], [false, true, true])
    await client.updateProject({ id, state: 'ACTIVE' })
    assert.equal(await listed(''), true)
  })

  it('is not found when it is not there', async () => {
    await refused(get('nobody-knows'), 'NOT_FOUND')
    await refused(client.updateProject({ id: 'nobody-knows', name: 'x' }), 'NOT_FOUND')
    await refused(get(''), 'INVALID_ARGUMENT', /missing/)
  })
})

describe('a list of projects', () => {
  it('is filtered and sorted', async () => {
    const ids = [fresh(), fresh(), fresh()]
    for (const [at, id] of ids.entries()) await register({ id, name: `n${at}-${id}` })
    const list = async (more) =>
      ((await client.listProjects({ filters: `contains(name,-${project}-p)`, ...more })).projects ?? [])
        .map((row) => row.id)
        .filter((id) => ids.includes(id))
    assert.deepEqual(await list({ sortBy: { key: 'identifier', direction: 'DESCENDING' } }), [...ids].reverse())
    assert.deepEqual(await list({ sortBy: { key: 'name', direction: 'ASCENDING' } }), ids)
    assert.deepEqual(await list({ filters: `value_in(identifier,${ids[0]};${ids[2]})` }), [ids[0], ids[2]])
    await refused(
      list({ sortBy: { key: 'id' } }).then(() => Promise.reject({ code: 'INVALID_ARGUMENT', message: '' })),
      'INVALID_ARGUMENT',
    )
    await refused(client.listProjects({ sortBy: { key: 'nope' } }), 'INVALID_ARGUMENT', /invalid sort key/)
    await refused(client.listProjects({ filters: 'eq(nope,1)' }), 'INVALID_ARGUMENT', /'p.nope' is invalid filter/)
  })
})

describe('domains', () => {
  it('are those the server is configured with', async () => {
    const { domains } = await client.getDomains()
    assert.deepEqual(
      domains,
      ['development', 'staging', 'production'].map((id) => ({ id, name: id })),
    )
  })
})
