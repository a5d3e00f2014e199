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

const POLICY = [
  "default-src 'self'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  // The console may be pointed at any Flyte endpoint.
  'connect-src *',
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
]

const SECURITY = {
  'content-security-policy': POLICY.join('; '),
  'cross-origin-opener-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
}

/** A file to send, or where to go instead. */
export interface Asset {
  status: number
  headers: Record<string, string>
  body: Uint8Array
}

/**
 * What is at a URL path: below `/console/` the files of `folder`. Links to Flyte's own console, `/console/projects/…`,
 * lead to the same page of this one, which keeps its place after the `#`.
 */
export async function asset(folder: string, path: string): Promise<Asset | undefined> {
  if (path === '/' || path === '/console') return redirect('/console/')
  const rest = /^\/console\/(.*)$/.exec(path)?.[1]
  if (rest === undefined) return undefined
  if (/^projects(\/|$)/.test(rest)) return redirect(`/console/#/${rest}`)
  return read(folder, rest === '' ? 'index.html' : rest)
}

const redirect = (location: string): Asset => ({ status: 302, headers: { location }, body: new Uint8Array() })

async function read(folder: string, encoded: string): Promise<Asset | undefined> {
  try {
    const name = decodeURIComponent(encoded)
    if (name.split('/').some((segment) => segment.startsWith('.'))) return undefined
    const [root, file] = await Promise.all([realpath(folder), realpath(join(folder, name))])
    if (!file.startsWith(root + sep)) return undefined
    const body = await readFile(file)
    const type = TYPES[extname(file)] ?? 'application/octet-stream'
    return { status: 200, headers: { 'content-type': type, 'cache-control': 'no-cache', ...SECURITY }, body }
  } catch {
    return undefined
  }
}
