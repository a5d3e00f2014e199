// From `import` to the first request, each time in a new process; the start of Node itself is not counted.

import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { median } from './measure.mjs'

const ROOT = fileURLToPath(new URL('..', import.meta.url))

const OURS = `
const start = performance.now()
const { FlyteRemote } = await import('flyte-remote')
const seen = new Promise((sent) => {
  const fetch = () => {
    sent(performance.now() - start)
    return new Promise(() => {})
  }
  const { client } = FlyteRemote.forEndpoint('http://127.0.0.1:9', { insecure: true, fetch })
  client.getVersion({}).catch(() => {})
})
console.log(await seen)
process.exit(0)
`

const EMPTY = `
const start = performance.now()
await import('empty')
console.log(performance.now() - start)
`

/** What Node takes for any package with a wasm file of this size: nothing of it runs. */
const FLOOR = `
const start = performance.now()
await import('empty')
const bytes = process.getBuiltinModule('node:fs').readFileSync(${JSON.stringify(join(ROOT, 'dist/flyte_remote.wasm'))})
const module = new WebAssembly.Module(bytes)
const imports = {}
for (const { module: from, name } of WebAssembly.Module.imports(module)) (imports[from] ??= {})[name] = () => {}
new WebAssembly.Instance(module, imports)
console.log(performance.now() - start)
`

function timeOf(script, cwd) {
  const child = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8', cwd })
  const time = Number(child.stdout)
  if (child.status !== 0 || !(time > 0)) throw new Error(child.stderr || 'no time came')
  return time
}

/** A project with an empty package. */
function emptyProject() {
  const project = mkdtempSync(join(tmpdir(), 'flyte-remote-bench-'))
  const folder = join(project, 'node_modules/empty')
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), '{ "name": "empty", "version": "1.0.0", "type": "module", "exports": "./index.js" }')
  writeFileSync(join(folder, 'index.js'), 'export {}\n')
  return project
}

/** Medians of 20 processes each, in turns. */
export function startBench() {
  const project = emptyProject()
  const scripts = {
    'flyte-remote': [OURS, ROOT],
    'an empty package': [EMPTY, project],
    'that, and our wasm file compiled': [FLOOR, project],
  }
  const times = Object.fromEntries(Object.keys(scripts).map((name) => [name, []]))
  try {
    for (let round = 0; round < 20; round++) {
      for (const [name, [script, cwd]] of Object.entries(scripts)) times[name].push(timeOf(script, cwd))
    }
  } finally {
    rmSync(project, { recursive: true, force: true })
  }
  return {
    title: 'From import to the first request, median of 20 processes',
    contestants: Object.fromEntries(Object.entries(times).map(([name, all]) => [name, median(all)])),
    ours: 'flyte-remote',
    goal: { most: 15 },
  }
}
