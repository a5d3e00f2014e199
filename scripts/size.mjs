// Prints what a user downloads, raw, gzip and brotli, and fails over the budget of size-budget.json (bytes, gzip).

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { build } from './build.mjs'
import { main, root, SetupError } from './shell.mjs'

const FILES = [
  'dist/flyte_remote.wasm',
  'dist/browser.mjs',
  'dist/node.mjs',
  'dist/node.cjs',
  'dist/flyte_sandbox.wasm',
  'dist/sandbox.mjs',
]
/** Glue and loaders: what stands beside the wasm file on each platform. */
const GLUE = ['dist/browser.mjs', 'dist/node.mjs', 'dist/node.cjs']

const kilobytes = (bytes) => `${(bytes / 1024).toFixed(1)} KB`.padStart(10)

await main(() => {
  build()
  const budget = JSON.parse(readFileSync(join(root, 'size-budget.json'), 'utf8'))
  const over = []
  console.log(`${'file'.padEnd(26)}${'raw'.padStart(10)}${'gzip'.padStart(10)}${'brotli'.padStart(10)}${'budget'.padStart(10)}`)
  for (const file of FILES) {
    const bytes = readFileSync(join(root, file))
    const gzip = gzipSync(bytes, { level: 9 }).length
    const limit = budget[file] ?? (GLUE.includes(file) ? budget.glue : undefined)
    console.log(
      file.padEnd(26) +
        kilobytes(bytes.length) +
        kilobytes(gzip) +
        kilobytes(brotliCompressSync(bytes).length) +
        (limit ? kilobytes(limit) : ''),
    )
    if (limit && gzip > limit) over.push(`${file} is ${gzip} bytes gzip, over its budget of ${limit}`)
  }
  if (over.length) throw new SetupError(over.join('; '))
})
