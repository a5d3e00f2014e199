const start = performance.now()
const [{ create, createFileRegistry, fromBinary },{ FileDescriptorSetSchema },{ createClient },{ createGrpcWebTransport }] = await Promise.all([import('@bufbuild/protobuf'),import('@bufbuild/protobuf/wkt'),import('@connectrpc/connect'),import('@connectrpc/connect-web')])
const t1=performance.now()-start
const { readFileSync } = await import('node:fs')
const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, readFileSync('target/debug/descriptors.bin')))
const fetch = () => { console.log(t1,performance.now() - start); process.exit(0) }
const c=createClient(registry.getService('flyteidl.service.AdminService'), createGrpcWebTransport({ baseUrl: 'http://127.0.0.1:9', useBinaryFormat: true, fetch }))
c.getVersion({}).catch(console.log)
