// Whole calls over loopback HTTP: the package beside connect-web with @bufbuild/protobuf, and a bare fetch of the same
// bytes. The server answers from memory and knows nothing of Flyte.

import { createServer } from 'node:http'
import { toJson } from '@bufbuild/protobuf'
import { createClient } from '@connectrpc/connect'
import { createGrpcWebTransport } from '@connectrpc/connect-web'
import { FlyteRemote, proto } from 'flyte-remote'
import { nodeExecutions, registry } from './data.mjs'
import { measureAsync } from './measure.mjs'

const OURS = 'flyte-remote'
const CONNECT = '@connectrpc/connect-web'
const BARE = 'bare fetch of the same bytes'
const ID = { project: 'flytesnacks', domain: 'development', name: 'f3a9c1e07b5d4e2f8a61' }

const frame = (flags, body) => {
  const head = Buffer.alloc(5)
  head[0] = flags
  head.writeUInt32BE(body.length, 1)
  return Buffer.concat([head, body])
}

/** Answers each method with fixed bytes; resolves to its URL and how to stop it. */
async function serve(replies) {
  const server = createServer((request, response) => {
    request.resume()
    request.on('end', () => {
      response.setHeader('content-type', 'application/grpc-web+proto')
      response.end(Buffer.concat([frame(0, replies[request.url]), frame(0x80, Buffer.from('grpc-status: 0\r\n'))]))
    })
  })
  await new Promise((done) => server.listen(0, '127.0.0.1', done))
  return { url: `http://127.0.0.1:${server.address().port}`, close: () => server.close() }
}

/** Each figure: `{ title, contestants: { name: ms }, ours, goal }`; the goal is how many ms over another at most. */
export async function callBench() {
  const small = proto.fromJson('flyteidl.admin.GetVersionResponse', { controlPlaneVersion: { Version: 'v1.16.0', Build: 'abc' } })
  const GET_VERSION = '/flyteidl.service.AdminService/GetVersion'
  const LIST = '/flyteidl.service.AdminService/ListNodeExecutions'
  const server = await serve({ [GET_VERSION]: Buffer.from(small), [LIST]: Buffer.from(nodeExecutions(3000)) })
  try {
    const client = FlyteRemote.forEndpoint(server.url, { insecure: true }).client
    const connect = createClient(
      registry.getService('flyteidl.service.AdminService'),
      createGrpcWebTransport({ baseUrl: server.url, useBinaryFormat: true }),
    )
    const listType = registry.getMessage('flyteidl.admin.NodeExecutionList')
    const request = { workflowExecutionId: ID, limit: 3000 }
    const bare = (path) => async () => {
      const headers = { 'content-type': 'application/grpc-web+proto', 'x-grpc-web': '1' }
      const response = await fetch(server.url + path, { method: 'POST', headers, body: frame(0, Buffer.alloc(0)) })
      return new Uint8Array(await response.arrayBuffer())
    }
    const get = {
      [OURS]: () => client.getVersion({}),
      [CONNECT]: () => connect.getVersion({}),
      [BARE]: bare(GET_VERSION),
    }
    const list = {
      [OURS]: () => client.listNodeExecutions(request),
      [CONNECT]: async () => toJson(listType, await connect.listNodeExecutions(request), { registry }),
      [`${CONNECT}, messages only`]: () => connect.listNodeExecutions(request),
      [BARE]: bare(LIST),
    }
    return [
      {
        title: 'A small call (GetVersion) over loopback',
        contestants: await measureAsync(get, { rounds: 301, warmup: 60 }),
        ours: OURS,
        goal: { over: BARE, most: 1 },
      },
      { title: 'ListNodeExecutions with 3,000 nodes over loopback, to objects', contestants: await measureAsync(list), ours: OURS },
    ]
  } finally {
    server.close()
  }
}
