// `npm run flyte`: starts the real FlyteAdmin and stays until Ctrl-C. `--auth`: with authentication; `--name NAME`: beside
// another one; `--json FILE`: the endpoints go to a file as well.

import { rmSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { environment, prepareStack, startStack } from '../tests/flyte/stack/stack.mjs'
import { EXIT_UNAVAILABLE, Unavailable } from '../tests/flyte/stack/unavailable.mjs'
import { SetupError, say } from './shell.mjs'

const { values } = parseArgs({ options: { auth: { type: 'boolean' }, name: { type: 'string' }, json: { type: 'string' } } })
const { auth = false, name = auth ? 'auth' : 'plain', json } = values

try {
  const stopped = new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, resolve)
  })
  const stack = await startStack(prepareStack(), { name, auth })
  const { endpoint, grpc, http, storage } = stack
  if (json) writeFileSync(json, JSON.stringify({ endpoint, grpc, http, storage, pid: process.pid }))
  for (const [variable, value] of Object.entries(environment(stack))) console.log(`${variable}=${value}`)
  say(`FlyteAdmin runs; its logs are in ${stack.folder}. Ctrl-C ends it.`)
  const alive = setInterval(() => {}, 1 << 30)
  await stopped
  clearInterval(alive)
  if (json) rmSync(json, { force: true })
  await stack.stop()
} catch (error) {
  if (!(error instanceof SetupError)) throw error
  say(error.message)
  process.exit(error instanceof Unavailable ? EXIT_UNAVAILABLE : 1)
}
