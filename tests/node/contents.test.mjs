// Inputs that are content instead of URIs, and values that are stored apart.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { pathToFileURL } from 'node:url'
import {
  DownloadError,
  FlyteAssertionError,
  FlyteRemote,
  FlyteValueError,
  literal,
  NotFoundError,
  OffloadedLiteral,
  UploadError,
} from 'flyte-remote'
import { startSandbox } from 'flyte-remote/sandbox'
import { PLACE, shellTask } from './fixtures.mjs'

let sandbox
let remote

const folder = mkdtempSync(join(tmpdir(), 'flyte-remote-contents-'))
const blob = { type: { blob: { format: 'csv' } } }
const INPUTS = {
  file: blob,
  files: { type: { collectionType: blob.type } },
  table: { type: { structuredDatasetType: { format: 'parquet' } } },
  folder: { type: { blob: { dimensionality: 'MULTIPART' } } },
  ints: { type: { collectionType: { simple: 'INTEGER' } } },
}
const failure = (promise) =>
  promise.then(
    () => assert.fail('it did not fail'),
    (error) => error,
  )
const task = (...inputs) => ({ kind: 'task', ...PLACE, name: inputs.join('-'), version: 'v1' })

before(async () => {
  sandbox = await startSandbox({ port: 0, grpcPort: 0 })
  remote = FlyteRemote.forEndpoint(sandbox.url, PLACE)
  const taking = (...names) => shellTask(names.join('-'), Object.fromEntries(names.map((name) => [name, INPUTS[name]])), {}, 'true')
  await remote.registerSpecs({ tasks: [taking('file'), taking('file', 'files', 'table'), taking('folder'), taking('ints')] })
})

after(async () => {
  rmSync(folder, { recursive: true })
  await sandbox.close()
})

async function stored(uri) {
  const { signedUrl } = await remote.client.createDownloadLocation({ nativeUrl: uri })
  return (await fetch(signedUrl)).text()
}

describe('content among the inputs', () => {
  const path = join(folder, 'rows.csv')
  writeFileSync(path, 'from a path')

  for (const [what, content, expected] of [
    ['a Blob', new Blob(['from a blob']), 'from a blob'],
    ['a File', new File(['from a file'], 'some.csv'), 'from a file'],
    ['bytes', new TextEncoder().encode('from bytes'), 'from bytes'],
    ['a path', path, 'from a path'],
    ['a file URL', pathToFileURL(path), 'from a path'],
  ]) {
    it(`${what} is uploaded`, async () => {
      const run = await remote.execute(task('file'), { inputs: { file: content } })
      const { uri, format } = (await run.inputs()).get('file')
      assert.equal(format, 'csv')
      assert.equal(await stored(uri), expected)
    })
  }

  it('is not what another URL names', async () => {
    const run = await remote.execute(task('file'), { inputs: { file: new URL('s3://there/already.csv') } })
    assert.equal((await run.inputs()).get('file').uri, 's3://there/already.csv')
  })

  it('is uploaded wherever it is, each once', async () => {
    const again = new Blob(['again'])
    const inputs = { file: again, files: [again, 's3://there/already.csv', new Blob(['other'])], table: new Blob(['a table']) }
    const run = await remote.execute(task('file', 'files', 'table'), { inputs })
    const { file, files, table } = (await run.inputs()).toObject()
    assert.equal(file.uri, files[0].uri)
    assert.equal(files[1].uri, 's3://there/already.csv')
    assert.deepEqual(await Promise.all([file, files[2], table].map(({ uri }) => stored(uri))), ['again', 'other', 'a table'])
    assert.equal(table.format, 'parquet')
  })

  it('is not uploaded when another input is wrong, or nothing is to be sent', async () => {
    const error = await failure(
      remote.execute(task('file', 'files', 'table'), { name: 'not-made', inputs: { file: new Blob(['x']), files: 3 } }),
    )
    assert.ok(error instanceof FlyteValueError)
    assert.deepEqual(error.problems.map(({ path }) => path).sort(), ['inputs.files', 'inputs.table'])
    assert.match(
      (await failure(remote.execute(task('file'), { dryRun: true, inputs: { file: new Blob(['x']) } }))).message,
      /not uploaded here/,
    )
    assert.ok((await failure(remote.fetchExecution('not-made'))) instanceof NotFoundError)
  })

  it('that cannot be read starts nothing', async () => {
    const error = await failure(remote.execute(task('file'), { name: 'unread', inputs: { file: join(folder, 'nothing.csv') } }))
    assert.ok(error instanceof UploadError)
    assert.match(error.message, /can't read .*nothing\.csv/)
    assert.equal(error.cause.code, 'ENOENT')
    assert.ok((await failure(remote.fetchExecution('unread'))) instanceof NotFoundError)
  })

  it('is refused for a directory', async () => {
    const error = await failure(remote.execute(task('folder'), { inputs: { folder } }))
    assert.match(error.message, /inputs\.folder: .* is no directory in the store; upload its files/)
  })
})

describe('a literal that is stored apart', () => {
  const ints = { collectionType: { simple: 'INTEGER' } }
  const apart = (uri) => ({ offloadedMetadata: { uri, sizeBytes: '9', inferredType: ints } })

  async function inputs(value) {
    const run = await remote.execute(task('ints'), { inputs: { ints: literal.ready(value) } })
    return run.inputs()
  }

  it('is fetched when it is loaded, parts of it too', async () => {
    const inner = await remote.uploadFile(literal.toBytes({ simple: 'INTEGER' }, 3))
    const one = { scalar: { primitive: { integer: '1' } } }
    const parts = { collection: { literals: [one, { offloadedMetadata: { uri: inner.uri, inferredType: { simple: 'INTEGER' } } }] } }
    const { uri } = await remote.uploadFile(literal.toBytes(ints, literal.ready(parts)))
    const values = await inputs(apart(uri))
    assert.deepEqual(values.get('ints'), new OffloadedLiteral(uri, 9))
    assert.deepEqual(await values.load('ints'), [1, 3])
    assert.deepEqual([values.get('ints'), values.toObject()], [[1, 3], { ints: [1, 3] }])
    assert.deepEqual(values.toLiterals().ints, apart(uri))
  })

  it('that is not there says so', async () => {
    const { uri } = await remote.uploadFile(new Uint8Array(1))
    const values = await inputs(apart(`${uri}-not`))
    assert.ok((await failure(values.load('ints'))) instanceof DownloadError)
    assert.match((await failure(values.load('others'))).message, /there is no value others; there are: ints/)
    assert.ok((await failure((await inputs(apart('gs://elsewhere/x'))).load('ints'))) instanceof DownloadError)
  })

  it('is not fetched for values that come from no server', async () => {
    const values = literal.resolver({ ints: apart('s3://b/k') })
    assert.ok((await failure(values.load('ints'))) instanceof FlyteAssertionError)
  })
})
