// What the stack promises to the suite: the released server, a page's access to it, a store that checks, nothing on the network.

import assert from 'node:assert/strict'
import { createHash, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { connect } from 'node:net'
import { networkInterfaces } from 'node:os'
import { describe, it } from 'node:test'
import { FlyteRemote } from 'flyte-remote'

const { FLYTE_ENDPOINT, FLYTE_GRPC, FLYTE_HTTP, FLYTE_STORAGE } = process.env
const PLACE = { project: 'flytesnacks', domain: 'development' }
const { client } = FlyteRemote.forEndpoint(FLYTE_ENDPOINT, PLACE)

const md5 = (body) => createHash('md5').update(body).digest('base64')

/** A signed URL for `body`, good until `expiresIn` is over. */
const uploadLocation = (body, expiresIn = '60s') =>
  client.createUploadLocation({ ...PLACE, filename: 'data.txt', filenameRoot: randomUUID(), contentMd5: md5(body), expiresIn })

const put = ({ signedUrl, headers }, body) => fetch(signedUrl, { method: 'PUT', body, headers: { 'content-md5': headers['Content-MD5'] } })

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

describe('MinIO', () => {
  it('takes an upload and gives it back', async () => {
    const location = await uploadLocation('hello')
    assert.equal((await put(location, 'hello')).status, 200)
    const { signedUrl } = await client.createDownloadLocation({ nativeUrl: location.nativeUrl, expiresIn: '60s' })
    assert.equal(await (await fetch(signedUrl)).text(), 'hello')
  })

  it('refuses a body of another MD5', async () => {
    const response = await put(await uploadLocation('hello'), 'world')
    assert.equal(response.status, 400)
    assert.match(await response.text(), /BadDigest/)
  })

  it('refuses another Content-MD5 than the signed one', async () => {
    const location = await uploadLocation('hello')
    const response = await put({ ...location, headers: { 'Content-MD5': md5('world') } }, 'world')
    assert.equal(response.status, 403)
    assert.match(await response.text(), /SignatureDoesNotMatch/)
  })

  it('refuses a signature that has expired', async () => {
    const location = await uploadLocation('hello', '1s')
    await new Promise((resolve) => setTimeout(resolve, 2100))
    const response = await put(location, 'hello')
    assert.equal(response.status, 403)
    assert.match(await response.text(), /expired/i)
  })
})
