// The store behind signed URLs.

import assert from 'node:assert/strict'
import { createHash, randomUUID } from 'node:crypto'
import { describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { FlyteRemote } from 'flyte-remote'

const PLACE = { project: 'flytesnacks', domain: 'development' }
const { client } = FlyteRemote.forEndpoint(process.env.FLYTE_ENDPOINT, PLACE)

const md5 = (body) => createHash('md5').update(body).digest('base64')

/** A signed URL for `body`, good until `expiresIn` is over. */
const uploadLocation = (body, expiresIn = '60s') =>
  client.createUploadLocation({ ...PLACE, filename: 'data.txt', filenameRoot: randomUUID(), contentMd5: md5(body), expiresIn })

const put = ({ signedUrl, headers }, body) => fetch(signedUrl, { method: 'PUT', body, headers: { 'content-md5': headers['Content-MD5'] } })

/** Signature version 4, whatever `v2_signing` says: see docs/flyteadmin.md. */
const isSigned = (url) => assert.ok(new URL(url).searchParams.has('X-Amz-Signature'), url)

describe('MinIO', () => {
  it('takes an upload and gives it back', async () => {
    const location = await uploadLocation('hello')
    isSigned(location.signedUrl)
    assert.equal((await put(location, 'hello')).status, 200)
    const { signedUrl } = await client.createDownloadLocation({ nativeUrl: location.nativeUrl, expiresIn: '60s' })
    isSigned(signedUrl)
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
    await sleep(2100)
    const response = await put(location, 'hello')
    assert.equal(response.status, 403)
    assert.match(await response.text(), /expired/i)
  })
})
