// Runs the integration suite on one server and counts: `node tests/integration/run.mjs [file…]`.
//
// Without FLYTE_ENDPOINT the server is a sandbox of its own; see `support.mjs` for the environment.

import { readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { run } from 'node:test'
import { fileURLToPath } from 'node:url'
import { startSandbox } from 'flyte-remote/sandbox'

const folder = fileURLToPath(new URL('.', import.meta.url))
const wanted = process.argv.slice(2)
const files = readdirSync(folder)
  .filter((name) => name.endsWith('.test.mjs') && (wanted.length === 0 || wanted.some((part) => name.startsWith(basename(part)))))
  .sort()
  .map((name) => join(folder, name))

let sandbox
if (!process.env.FLYTE_ENDPOINT) {
  sandbox = await startSandbox({ engine: false })
  Object.assign(process.env, { FLYTE_ENDPOINT: sandbox.url, FLYTE_GRPC: sandbox.grpcUrl, FLYTE_SERVER: 'sandbox' })
}
const server = process.env.FLYTE_SERVER ?? 'flyteadmin'

const counts = { passed: 0, failed: 0, skipped: 0 }
const began = performance.now()
const isFile = (data) => data.name.endsWith('.test.mjs')
const stream = run({ files, concurrency: 2, timeout: 180_000 })
stream.on('test:pass', (data) => {
  if (data.details?.type === 'suite' || isFile(data)) return
  const skipped = data.skip !== undefined && data.skip !== false
  counts[skipped ? 'skipped' : 'passed']++
  if (skipped) console.error(`- ${data.name}: ${data.skip}`)
})
stream.on('test:fail', (data) => {
  const error = data.details?.error
  const inner = error?.cause ?? error
  if (data.details?.type === 'suite' && error?.failureType === 'subtestsFailed') return
  if (isFile(data) && error?.failureType === 'subtestsFailed') return
  counts.failed++
  const place = data.file ? `${basename(data.file)}:${data.line ?? ''}` : ''
  console.error(`✖ ${data.name} (${place})\n    ${String(inner?.stack ?? inner?.message ?? inner).replaceAll('\n', '\n    ')}\n`)
})
stream.on('test:stderr', (data) => process.stderr.write(data.message))
for await (const _ of stream);

await sandbox?.close()
const seconds = ((performance.now() - began) / 1000).toFixed(1)
console.log(`${server}: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped (${seconds} s)`)
process.exit(counts.failed > 0 || counts.passed === 0 ? 1 : 0)
