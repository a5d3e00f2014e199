// `npm test`: prepares what is missing, builds, then runs everything: formatting, lints, native Rust tests, and the
// Node and Chromium tests against the built package, and the suite on the real FlyteAdmin, skipped where that can't be had.

import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { EXIT_UNAVAILABLE } from '../tests/flyte/stack/unavailable.mjs'
import { build } from './build.mjs'
import { setup } from './setup.mjs'
import { main, root, run, SetupError, say } from './shell.mjs'

const node = process.execPath

/** Test files of a folder below tests/. */
function tests(folder) {
  const path = join(root, 'tests', folder)
  if (!existsSync(path)) return []
  return readdirSync(path)
    .filter((name) => name.endsWith('.test.mjs'))
    .sort()
    .map((name) => join('tests', folder, name))
}

/** The steps by name; `npm test NAME…` runs some of them. */
const STEPS = {
  format: () => {
    run('cargo', ['fmt', '--all', '--check'])
    run(node, ['node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings'])
  },
  lint: () => {
    const features = 'js,testing,tonic-web-wasm-client'
    run('cargo', ['clippy', '--quiet', '--workspace', '--all-targets', '--features', features, '--', '--deny', 'warnings'])
    run(node, ['node_modules/typescript/bin/tsc', '--noEmit'])
    run(node, ['node_modules/typescript/bin/tsc', '--noEmit', '--project', 'www'])
  },
  rust: () => run('cargo', ['test', '--quiet', '--workspace']),
  vectors: () => {
    const folders = ['../shared/vectors', 'tests/vectors'].filter((folder) => existsSync(join(root, folder)))
    for (const folder of folders) run(node, ['scripts/vectors.mjs', folder])
  },
  node: () => run(node, ['--test', '--test-timeout=180000', '--test-concurrency=2', ...tests('node')]),
  integration: () => run(node, ['tests/integration/run.mjs'], { env: { ...process.env, FLYTE_ENDPOINT: '' } }),
  packaging: () => run(node, ['--test', '--test-timeout=180000', ...tests('packaging')]),
  browser: () =>
    run(node, ['--test', '--test-timeout=180000', '--test-concurrency=1', ...tests('browser')], {
      env: { ...process.env, CHROMIUM: chromium() },
    }),
  flyte: () => {
    const { status } = spawnSync(node, ['scripts/test-flyte.mjs'], { cwd: root, stdio: 'inherit' })
    if (status === EXIT_UNAVAILABLE) return 'skipped'
    if (status !== 0) throw new SetupError(`npm run test:flyte failed (exit code ${status})`)
  },
}

const chromium = () => setup({ browser: true }).chromium

await main(() => {
  chromium()
  build()
  const wanted = process.argv.slice(2)
  const skipped = []
  for (const name of wanted.length ? wanted : Object.keys(STEPS)) {
    say(name)
    if (STEPS[name]() === 'skipped') skipped.push(name)
  }
  say(skipped.length ? `all passed but ${skipped.join(', ')}, which was skipped` : 'all passed')
})
