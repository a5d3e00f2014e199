// The console's files.

import { readFile, realpath } from 'node:fs/promises'
import { extname, join, sep } from 'node:path'

const TYPES: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.mjs': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.woff2': 'font/woff2',
}

const SECURITY = {
  'content-security-policy':
    "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; " +
    "connect-src 'self' http://localhost:* http://127.0.0.1:*; frame-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
}

/** A file to send. */
export interface Asset {
  headers: Record<string, string>
  body: Uint8Array
}

/** The file of a URL path below `folder`; paths without a file extension are pages of the console, which is one file. */
export async function asset(folder: string, path: string): Promise<Asset | undefined> {
  let name: string
  try {
    name = decodeURIComponent(path).replace(/^\/console(?=\/|$)/, '')
  } catch {
    return undefined
  }
  if (name.includes('\0') || name.split('/').some((segment) => segment.startsWith('.'))) return undefined
  return extname(name) === '' ? read(folder, 'index.html') : read(folder, name)
}

async function read(folder: string, name: string): Promise<Asset | undefined> {
  try {
    const [root, file] = await Promise.all([realpath(folder), realpath(join(folder, name))])
    if (!file.startsWith(root + sep)) return undefined
    const body = await readFile(file)
    const type = TYPES[extname(file)] ?? 'application/octet-stream'
    return { headers: { 'content-type': type, 'cache-control': 'no-cache', ...SECURITY }, body }
  } catch {
    return undefined
  }
}
