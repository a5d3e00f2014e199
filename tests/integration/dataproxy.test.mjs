// Uploads and downloads through signed URLs.

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, it } from 'node:test'
import { client, differs, domain, fresh, PLACE, project, refused, remote, sendable } from './support.mjs'

const md5 = (body) => createHash('md5').update(body).digest()
const base64 = (bytes) => bytes.toString('base64')
const location = (more) => client.createUploadLocation({ ...PLACE, ...more })
const put = (reply, body, headers = sendable(reply.headers)) => fetch(reply.signedUrl, { method: 'PUT', body, headers })
const read = async (nativeUrl) => {
  const { signedUrl } = await client.createDownloadLocation({ nativeUrl })
  const response = await fetch(signedUrl)
  assert.equal(response.status, 200)
  return response.text()
}
const key = (nativeUrl) => nativeUrl.replace(/^s3:\/\/[^/]+\//, '')

describe('an upload', () => {
  it('comes back as it went', async () => {
    const body = 'hello'
    const reply = await location({ filename: 'hello.txt', contentMd5: base64(md5(body)) })
    assert.equal((await put(reply, body)).status, 200)
    assert.equal(await read(reply.nativeUrl), body)
  })

  it('of bytes of every value', async () => {
    const body = Buffer.from(Array.from({ length: 1024 }, (_, at) => at % 256))
    const { uri } = await remote.uploadFile(body, { filename: 'bytes.bin' })
    const { signedUrl } = await client.createDownloadLocation({ nativeUrl: uri })
    assert.deepEqual(Buffer.from(await (await fetch(signedUrl)).arrayBuffer()), body)
  })

  it('of nothing', async () => {
    const reply = await location({ filename: 'empty', contentMd5: base64(md5('')) })
    assert.equal((await put(reply, '')).status, 200)
    assert.equal(await read(reply.nativeUrl), '')
  })

  it('is kept below project, domain and the MD5 in base32', async () => {
    const reply = await location({ filename: 'a.txt', contentMd5: base64(md5('hello')) })
    assert.equal(key(reply.nativeUrl), `${project}/${domain}/LVAUAKV4JMVHNOLRTWIRAF6FSI======/a.txt`)
  })

  it('or below the root that was asked for', async () => {
    const root = fresh('root')
    const reply = await location({ filename: 'dir/a.txt', filenameRoot: root })
    assert.equal(key(reply.nativeUrl), `${project}/${domain}/${root}/dir/a.txt`)
  })

  it('gets a name of twenty letters when it has none', async () => {
    const reply = await location({ contentMd5: base64(md5('x')) })
    assert.match(key(reply.nativeUrl), /\/[a-z0-9]{20}$/)
  })

  it('needs no project that exists', async () => {
    await client.createUploadLocation({ project: 'nobody-knows', domain: 'moon', filename: 'x', filenameRoot: 'y' })
  })

  it('needs a project, a domain, and an MD5 or a root', async () => {
    await refused(
      client.createUploadLocation({ domain, filename: 'x', filenameRoot: 'y' }),
      'INVALID_ARGUMENT',
      /project and domain are required/,
    )
    await refused(
      client.createUploadLocation({ project, filename: 'x', filenameRoot: 'y' }),
      'INVALID_ARGUMENT',
      /project and domain are required/,
    )
    await refused(location({ filename: 'x' }), 'INVALID_ARGUMENT', /content_md5 or filename_root is a required parameter/)
  })

  it('has a length of the MD5’s text in its headers, which must not be sent', async () => {
    const reply = await location({ filename: 'a.txt', contentMd5: base64(md5('hello, world')) })
    assert.equal(reply.headers['Content-Length'], '24')
    assert.equal(reply.headers['Content-MD5'], base64(md5('hello, world')))
    assert.equal((await put(reply, 'hello, world')).status, 200)
  })

  it('without an MD5 has empty headers, which must not be sent', async () => {
    const reply = await location({ filename: 'a.txt', filenameRoot: fresh('root') })
    assert.deepEqual([reply.headers['Content-Length'], reply.headers['Content-MD5']], ['0', ''])
    assert.equal((await put(reply, 'anything')).status, 200)
    assert.equal(await read(reply.nativeUrl), 'anything')
  })

  it('through the remote sends neither', async () => {
    const { uri } = await remote.uploadFile(new Blob(['through the remote']), { filename: 'remote.txt' })
    assert.equal(await read(uri), 'through the remote')
  })

  it('of another content than the MD5 says is refused by the store', async () => {
    const reply = await location({ filename: 'a.txt', contentMd5: base64(md5('hello')) })
    const response = await put(reply, 'HELLO')
    assert.equal(response.status, 400)
    assert.match(await response.text(), /BadDigest|Content-MD5|Content-Md5/)
  })

  it('without the header that was signed is refused by the store', async () => {
    const reply = await location({ filename: 'a.txt', contentMd5: base64(md5('hello')) })
    const response = await put(reply, 'hello', {})
    assert.ok([400, 403].includes(response.status), String(response.status))
  })

  it('under another name than was signed is refused by the store', async () => {
    const reply = await location({ filename: 'mine.txt', contentMd5: base64(md5('hello')) })
    const response = await put({ ...reply, signedUrl: reply.signedUrl.replace('mine.txt', 'yours.txt') }, 'hello')
    assert.equal(response.status, 403)
  })

  it('keeps its MD5 as metadata when asked', async () => {
    const reply = await location({ filename: 'a.txt', contentMd5: base64(md5('hello')), addContentMd5Metadata: true })
    assert.equal(reply.headers['x-amz-meta-flyteContentMD5'], base64(md5('hello')))
    assert.equal((await put(reply, 'hello')).status, 200)
  })

  for (const [name, path] of [
    ['a b.txt', 'a%20b.txt'],
    ['größe.txt', 'gr%C3%B6%C3%9Fe.txt'],
    ['a+b.txt', 'a+b.txt'],
    ['a(1).txt', 'a(1).txt'],
  ]) {
    it(`may be called ${name}`, async () => {
      const reply = await location({ filename: name, contentMd5: base64(md5(name)) })
      assert.ok(reply.nativeUrl.endsWith(`/${path}`), reply.nativeUrl)
      assert.equal((await put(reply, name)).status, 200)
      assert.equal(await read(reply.nativeUrl), name)
    })
  }
})

describe('a file name', () => {
  const reference = async (filename) => key((await location({ filename, filenameRoot: 'folder' })).nativeUrl)

  it('is read as a URL reference', async () => {
    const base = `${project}/${domain}`
    assert.equal(await reference('dir/a.txt'), `${base}/folder/dir/a.txt`)
    assert.equal(await reference('../a.txt'), `${base}/a.txt`)
    assert.equal(await reference('../../a.txt'), `${project}/a.txt`)
    assert.equal(await reference('a?b#c'), `${base}/folder/a?b#c`)
    assert.equal(await reference('a%20b'), `${base}/folder/a%20b`)
  })

  it('that is none is refused', async () => {
    await refused(reference('100%'), 'INTERNAL', /invalid URL escape "%"/)
    await refused(reference('a%zz'), 'INTERNAL', /Reference is of an invalid format .*: parse .*: invalid URL escape "%zz"/)
    await refused(reference('a\nb'), 'INTERNAL', /invalid control character in URL/)
  })
})

describe('a second upload to the same place', () => {
  const twice = async (first, second) => {
    const place = { filename: 'a.txt', filenameRoot: fresh('root') }
    const reply = await location({ ...place, ...first })
    assert.equal((await put(reply, 'hello')).status, 200)
    return location({ ...place, ...second })
  }
  const same = { contentMd5: base64(md5('hello')) }

  it('of the same content is allowed', async () => {
    await twice(same, same)
    await twice({ ...same, addContentMd5Metadata: true }, { ...same, addContentMd5Metadata: true })
  })

  it('of another content is refused', async () => {
    await refused(twice(same, { contentMd5: base64(md5('other')) }), 'ALREADY_EXISTS', /file already exists at location/)
  })

  it('of an unknown content is refused', async () => {
    await refused(twice(same, {}), 'ALREADY_EXISTS', /specify a matching hash/)
  })
})

describe('how long a URL lasts', () => {
  const seconds = (reply) => (Date.parse(reply.expiresAt) - Date.now()) / 1000
  const place = () => ({ filename: 'a.txt', filenameRoot: fresh('root') })

  it('an hour, or as asked', async () => {
    assert.ok(Math.abs(seconds(await location(place())) - 3600) < 30)
    assert.ok(Math.abs(seconds(await location({ ...place(), expiresIn: '90s' })) - 90) < 30)
  })

  it('at most an hour', async () => {
    await refused(location({ ...place(), expiresIn: '3601s' }), 'INVALID_ARGUMENT', /cannot exceed max allowed expiration/)
    await refused(
      client.createDownloadLocation({ nativeUrl: 's3://x/y', expiresIn: '3601s' }),
      'INVALID_ARGUMENT',
      /cannot exceed max allowed expiration/,
    )
  })

  it('longer than nothing', async () => {
    for (const expiresIn of ['0s', '-1s']) await refused(location({ ...place(), expiresIn }), 'INTERNAL', /expire duration greater than 0/)
    await refused(client.createDownloadLocation({ nativeUrl: 's3://x/y', expiresIn: '0s' }), 'INTERNAL', /expire duration greater than 0/)
  })

  it('not less than nothing, for a download', async () => {
    await refused(client.createDownloadLocation({ nativeUrl: 's3://x/y', expiresIn: '-1s' }), 'INVALID_ARGUMENT', /less than 0/)
  })

  it('afterwards the store refuses it', async () => {
    const reply = await location({ ...place(), expiresIn: '1s' })
    await new Promise((resolve) => setTimeout(resolve, 2100))
    assert.equal((await put(reply, 'late')).status, 403)
  })
})

describe('a download', () => {
  it('is signed whether the object is there or not', async () => {
    const reply = await location({ filename: 'never.txt', filenameRoot: fresh('root') })
    const { signedUrl } = await client.createDownloadLocation({ nativeUrl: reply.nativeUrl })
    assert.equal((await fetch(signedUrl)).status, 404)
  })

  it('is signed for any bucket', async () => {
    const { signedUrl } = await client.createDownloadLocation({ nativeUrl: 's3://elsewhere/key' })
    assert.ok([403, 404].includes((await fetch(signedUrl)).status))
  })

  it('cannot be used to upload', async () => {
    const { uri } = await remote.uploadFile(new Blob(['mine']), { filename: 'mine.txt' })
    const { signedUrl } = await client.createDownloadLocation({ nativeUrl: uri })
    assert.equal((await fetch(signedUrl, { method: 'PUT', body: 'yours' })).status, 403)
    assert.equal(await read(uri), 'mine')
  })

  it('needs a URI', async () => {
    for (const nativeUrl of ['', 'x', 's3://bucket'])
      await refused(client.createDownloadLocation({ nativeUrl }), 'INTERNAL', /failed to create a signed url/)
  })
})

describe('the signature', () => {
  it('is of the kind that the server is configured for', async () => {
    const reply = await location({ filename: 'a.txt', contentMd5: base64(md5('hello')) })
    const query = new URL(reply.signedUrl).searchParams
    const kinds = {
      v4: () => assert.equal(query.get('X-Amz-SignedHeaders'), 'content-md5;host'),
      v2: () => assert.ok(query.get('AWSAccessKeyId') && query.get('Signature') && query.get('Expires')),
      own: () => assert.match(reply.signedUrl, /\/storage\/.*expires/i),
    }
    // FLYTE_SIGNATURE tells how the server's object store is configured.
    kinds[differs({ sandbox: 'own', flyteadmin: process.env.FLYTE_SIGNATURE ?? 'v4' })]()
  })
})
