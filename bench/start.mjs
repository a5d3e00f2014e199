// From `import` to the first request, each time in a new process; the start of Node itself is not counted.

import { spawnSync } from 'node:child_process'
import { median } from './measure.mjs'

const SCRIPT = `
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

/** The median of 20 processes, as a figure like the others. */
export function startBench() {
  const times = Array.from({ length: 20 }, () => {
    const child = spawnSync(process.execPath, ['--input-type=module', '-e', SCRIPT], { encoding: 'utf8' })
    const time = Number(child.stdout)
    if (child.status !== 0 || !(time > 0)) throw new Error(child.stderr || 'no time came')
    return time
  })
  return {
    title: 'From import to the first request, median of 20 processes',
    contestants: { 'flyte-remote': median(times) },
    ours: 'flyte-remote',
    goal: { most: 15 },
  }
}
