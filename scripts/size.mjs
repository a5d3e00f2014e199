// Prints what a user downloads, raw, gzip and brotli, and fails over the budget of size-budget.json (bytes, gzip).

import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { build } from './build.mjs'
import { bundled } from './javascript.mjs'
import { main, root, SetupError } from './shell.mjs'

const FILES = [
  'dist/flyte_remote.wasm',
  'dist/browser.mjs',
  'dist/node.mjs',
  'dist/node.cjs',
  'dist/flyte_sandbox.wasm',
  'dist/sandbox.mjs',
]

/** The part of the library that is written in JavaScript. What else js/ has is glue: bindings, loaders, and what carries values across. */
const LIBRARY = new Set(
  [
    'convert',
    'fields',
    'filter',
    'handles',
    'identifier',
    'inspection',
    'lazy',
    'literal',
    'metrics',
    'parts',
    'proto',
    'remote',
    'rows',
    'values',
  ].map((name) => `${name}.js`),
)

const kilobytes = (bytes) => `${(bytes / 1024).toFixed(1)} KB`.padStart(10)

async function glue(entry, platform) {
  const [code] = await bundled({ entry, platform }, ['esm'], (id) => LIBRARY.has(basename(id)))
  return Buffer.from(code)
}

await main(async () => {
  build()
  const budget = JSON.parse(readFileSync(join(root, 'size-budget.json'), 'utf8'))
  const parts = FILES.map((file) => [file, readFileSync(join(root, file)), budget[file]])
  parts.push(['glue of browser.mjs', await glue('js/browser.ts', 'browser'), budget.glue])
  parts.push(['glue of node.mjs', await glue('js/node.ts', 'node'), budget.glue])
  const over = []
  console.log(`${'file'.padEnd(26)}${'raw'.padStart(10)}${'gzip'.padStart(10)}${'brotli'.padStart(10)}${'budget'.padStart(10)}`)
  for (const [name, bytes, limit] of parts) {
    const gzip = gzipSync(bytes, { level: 9 }).length
    const brotli = brotliCompressSync(bytes).length
    console.log(name.padEnd(26) + kilobytes(bytes.length) + kilobytes(gzip) + kilobytes(brotli) + (limit ? kilobytes(limit) : ''))
    if (limit && gzip > limit) over.push(`${name} is ${gzip} bytes gzip, over its budget of ${limit}`)
  }
  if (over.length) throw new SetupError(over.join('; '))
})
