// From `import` to the first request, each time in a new process; the start of Node itself is not counted.

import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { median } from './measure.mjs'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const OURS = 'flyte-remote'

const PROGRAMS = {
  [OURS]: `
    const { FlyteRemote } = await import('flyte-remote')
    end = await new Promise((sent) => {
      const fetch = () => {
        sent(performance.now())
        return new Promise(() => {})
      }
      const { client } = FlyteRemote.forEndpoint('http://127.0.0.1:9', { insecure: true, fetch })
      client.getVersion({}).catch(() => {})
    })`,
  // No request, and no client: what Node takes for any package.
  'an empty package': `
    await import('empty')`,
  'that, and our wasm file compiled': `
    await import('empty')
    const bytes = process.getBuiltinModule('node:fs').readFileSync('node_modules/flyte-remote/dist/flyte_remote.wasm')
    const module = new WebAssembly.Module(bytes)
    const imports = {}
    for (const { module: from, name } of WebAssembly.Module.imports(module)) (imports[from] ??= {})[name] = () => {}
    new WebAssembly.Instance(module, imports)`,
  // What JavaScript has for Flyte so far: messages, and no client. By `require`, as `import` of its CommonJS takes twice as long.
  "@flyteorg/flyteidl's messages, one encoded": `
    const require = process.getBuiltinModule('node:module').createRequire(import.meta.url)
    const idl = require('@flyteorg/flyteidl/gen/pb-js/flyteidl.js')
    idl.flyteidl.admin.GetVersionRequest.encode({}).finish()`,
}

const timed = (program) => `let end
const start = performance.now()${program}
console.log((end ?? performance.now()) - start)
process.exit(0)
`

const fileOf = (name) => `${name.replace('/', ' ')}.mjs`

/** A project with the package as npm would install it, its peers, and a file for each program. */
function project() {
  const folder = mkdtempSync(join(tmpdir(), 'flyte-remote-bench-'))
  const packages = join(folder, 'node_modules')
  for (const name of [OURS, 'empty', '@flyteorg']) mkdirSync(join(packages, name), { recursive: true })
  for (const name of ['package.json', 'dist/node.mjs', 'dist/flyte_remote.wasm']) cpSync(join(ROOT, name), join(packages, OURS, name))
  writeFileSync(join(packages, 'empty/package.json'), '{ "name": "empty", "version": "1.0.0", "type": "module", "exports": "./index.js" }')
  writeFileSync(join(packages, 'empty/index.js'), 'export {}\n')
  symlinkSync(join(ROOT, 'node_modules/@flyteorg/flyteidl'), join(packages, '@flyteorg/flyteidl'))
  for (const [name, program] of Object.entries(PROGRAMS)) writeFileSync(join(folder, fileOf(name)), timed(program))
  return folder
}

function timeOf(name, cwd) {
  const child = spawnSync(process.execPath, [fileOf(name)], { encoding: 'utf8', cwd })
  const time = Number(child.stdout)
  if (child.status !== 0 || !(time > 0)) throw new Error(child.stderr || 'no time came')
  return time
}

/** Medians of 20 processes each, in turns. */
export function startBench() {
  const folder = project()
  const times = Object.fromEntries(Object.keys(PROGRAMS).map((name) => [name, []]))
  try {
    for (let round = 0; round < 20; round++) {
      for (const name of Object.keys(PROGRAMS)) times[name].push(timeOf(name, folder))
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  return {
    title: 'From import to the first request, median of 20 processes',
    contestants: Object.fromEntries(Object.entries(times).map(([name, all]) => [name, median(all)])),
    ours: OURS,
    goal: { most: 15 },
  }
}
