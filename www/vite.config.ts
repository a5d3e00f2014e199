// The console is a page of the package's user: it imports `flyte-remote` by name, and here that name is the built package.

import { fileURLToPath } from 'node:url'
import { defineConfig, type Plugin } from 'vite'

const dist = fileURLToPath(new URL('../dist/', import.meta.url))

/** What the built page may load: itself, its wasm file, and replies from any Flyte endpoint. */
const policy = [
  "default-src 'self'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self' data:",
  'connect-src *',
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ')

/** The built page carries its own policy, so that it is as strict on a plain file server as behind one that sends headers. */
const contentSecurityPolicy: Plugin = {
  name: 'content-security-policy',
  apply: 'build',
  transformIndexHtml: () => [
    { tag: 'meta', attrs: { 'http-equiv': 'Content-Security-Policy', content: policy }, injectTo: 'head-prepend' },
  ],
}

export default defineConfig({
  base: './',
  plugins: [contentSecurityPolicy],
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  resolve: {
    alias: [
      { find: /^flyte-remote\/flyte_remote\.wasm/, replacement: `${dist}flyte_remote.wasm` },
      { find: /^flyte-remote$/, replacement: `${dist}browser.mjs` },
    ],
  },
  build: {
    outDir: '../dist/www',
    emptyOutDir: true,
    target: 'es2022',
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
  },
})
