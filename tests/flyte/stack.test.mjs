// What the stack promises to the suite: the released server, a page's access to it, nothing on the network.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { networkInterfaces } from 'node:os'
import { describe, it } from 'node:test'
import { FlyteRemote } from 'flyte-remote'

const { FLYTE_ENDPOINT, FLYTE_GRPC, FLYTE_HTTP, FLYTE_STORAGE } = process.env
const PLACE = { project: 'flytesnacks', domain: 'development' }
const { client } = FlyteRemote.forEndpoint(FLYTE_ENDPOINT, PLACE)

describe('FlyteAdmin', () => {
  it('is the released version', async () => {
    assert.equal((await client.getVersion({})).controlPlaneVersion.Version, 'v1.16.8')
  })

  it('has projects and domains from the start', async () => {
    const { projects } = await client.listProjects({})
    const seeded = projects.filter(({ id }) => ['e2e', 'flytesnacks'].includes(id))
    assert.equal(seeded.length, 2)
    assert.deepEqual(
      seeded[0].domains.map(({ id }) => id),
      ['development', 'staging', 'production'],
    )
  })

  it('listens on the loopback interface only', async (test) => {
    const outside = Object.values(networkInterfaces())
      .flat()
      .find(({ family, internal }) => family === 'IPv4' && !internal)
    if (!outside) return test.skip('this machine has no other interface')
    for (const place of [FLYTE_ENDPOINT, FLYTE_HTTP, FLYTE_STORAGE, `http://${FLYTE_GRPC}`]) {
      const socket = connect(Number(new URL(place).port), outside.address)
      const [error] = await Promise.race([once(socket, 'error'), once(socket, 'connect')])
      socket.destroy()
      assert.equal(error?.code, 'ECONNREFUSED', place)
    }
  })
})

describe('Envoy', () => {
  it('lets a page of another origin ask', async () => {
    const response = await fetch(`${FLYTE_ENDPOINT}/flyteidl.service.AdminService/GetVersion`, {
      method: 'OPTIONS',
      headers: {
        origin: 'http://page.example',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type,flyte-authorization,grpc-timeout,x-grpc-web,x-user-agent',
      },
    })
    assert.equal(response.headers.get('access-control-allow-origin'), 'http://page.example')
    assert.match(response.headers.get('access-control-allow-headers'), /flyte-authorization/)
  })

  it('lets a page read the status of a reply that is trailers only', async () => {
    const response = await fetch(`${FLYTE_ENDPOINT}/flyteidl.service.AdminService/NoSuchMethod`, {
      method: 'POST',
      headers: { origin: 'http://page.example', 'content-type': 'application/grpc-web+proto', 'x-grpc-web': '1' },
      body: new Uint8Array(5),
    })
    assert.equal(response.status, 200)
    assert.equal(response.headers.get('grpc-status'), '12')
    assert.match(response.headers.get('access-control-expose-headers'), /grpc-status-details-bin/)
  })
})
