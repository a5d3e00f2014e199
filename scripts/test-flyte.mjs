// `npm run test:flyte`: the integration suite on the real FlyteAdmin, which is built and started first; then what needs a
// server with authentication, and, without a server, the channel behind two proxies. Exits with 69 where something that
// the server needs is not to be had.

import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { environment, prepareStack, startStack } from '../tests/flyte/stack/stack.mjs'
import { EXIT_UNAVAILABLE, Unavailable } from '../tests/flyte/stack/unavailable.mjs'
import { build } from './build.mjs'
import { root, SetupError, say } from './shell.mjs'

const SUITE = 'tests/integration/run.mjs'
const NODE_TEST = ['--test', '--test-timeout=180000', '--test-reporter=spec', '--test-reporter-destination=stdout', '--test-reporter=tap']

/** The kinds of stack; options of `startStack`. */
const STACKS = {
  none: undefined,
  plain: {},
  // Two settings of flytectl's demo cluster.
  demo: { settings: { V2_SIGNING: true, DATA_SCHEME: 'local', SIGNED_DATA: true } },
  auth: { auth: true },
}

const file = (name) => (env, log) => nodeTest(`tests/flyte/${name}.test.mjs`, env, log)

/** What runs on which. A part prints its own results and says how many tests passed, failed and were skipped. */
const PARTS = [
  { stack: 'none', name: 'proxies', test: file('proxies') },
  { stack: 'plain', name: 'stack', test: file('stack') },
  { stack: 'plain', name: 'storage', test: file('storage') },
  { stack: 'plain', name: 'suite', test: suite },
  { stack: 'demo', name: 'storage', test: file('storage') },
  { stack: 'demo', name: 'data', test: file('data') },
  { stack: 'auth', name: 'auth', test: file('auth') },
]

const counts = { passed: 0, failed: 0, skipped: 0 }
let current
let child
for (const [signal, number] of [
  ['SIGINT', 2],
  ['SIGTERM', 15],
  ['SIGHUP', 1],
]) {
  process.on(signal, async () => {
    child?.kill(signal)
    await current?.stop()
    process.exit(128 + number)
  })
}

try {
  build()
  mkdirSync(join(root, 'target/flyte'), { recursive: true })
  const wanted = process.argv.slice(2)
  let programs
  for (const [stack, options] of Object.entries(STACKS)) {
    const parts = PARTS.filter((part) => part.stack === stack && (wanted.length === 0 || wanted.includes(part.name)))
    if (parts.length === 0) continue
    if (options) {
      programs ??= prepareStack()
      current = await startStack(programs, { name: `test-${stack}`, ...options })
    }
    try {
      const env = { ...process.env, ...(current && environment(current)) }
      for (const part of parts) {
        say(`flyteadmin (${stack}): ${part.name}`)
        const result = await part.test(env, join(root, `target/flyte/${stack}-${part.name}.tap`))
        for (const key of Object.keys(counts)) counts[key] += result[key]
      }
    } finally {
      await current?.stop()
    }
  }
  console.log(`flyteadmin: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`)
  process.exitCode = counts.failed > 0 || counts.passed === 0 ? 1 : 0
} catch (error) {
  if (!(error instanceof SetupError)) throw error
  say(error.message)
  process.exitCode = error instanceof Unavailable && counts.failed === 0 ? EXIT_UNAVAILABLE : 1
}

/** The suite of both servers. */
async function suite(env) {
  if (!existsSync(join(root, SUITE))) return { passed: 0, failed: 0, skipped: 0 }
  const { code, output } = await runNode([SUITE], env)
  return counted(code, output.match(/(\d+) passed, (\d+) failed, (\d+) skipped/))
}

/** One file of tests. */
async function nodeTest(file, env, log) {
  const { code } = await runNode([...NODE_TEST, `--test-reporter-destination=${log}`, file], env)
  const tap = readFileSync(log, 'utf8')
  return counted(code, ['', ...['pass', 'fail', 'skipped'].map((word) => tap.match(new RegExp(`^# ${word} (\\d+)`, 'm'))?.[1])])
}

/** The three numbers; a run that failed without saying how often counts as one failure. */
function counted(code, found) {
  const [passed, failed, skipped] = (found ?? []).slice(1).map(Number)
  if (!(passed >= 0)) return { passed: 0, failed: 1, skipped: 0 }
  return { passed, failed: code === 0 ? failed : Math.max(failed, 1), skipped }
}

function runNode(args, env) {
  return new Promise((resolve, reject) => {
    child = spawn(process.execPath, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'inherit'] })
    let output = ''
    child.stdout.on('data', (data) => {
      output += data
      process.stdout.write(data)
    })
    child.on('error', reject)
    child.on('close', (code) => {
      child = undefined
      resolve({ code, output })
    })
  })
}
