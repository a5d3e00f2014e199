// `npm run vectors -- DIR`: replays through the built package what the reference produced, and prints each difference.
// A vector file has one replayer in tests/replay/; a file nobody knows is named and left out.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { build } from './build.mjs'
import { main, root, SetupError } from './shell.mjs'

await main(async () => {
  build()
  const given = process.argv.slice(2).filter((argument) => !argument.startsWith('--'))[0]
  const shared = join(root, '../shared/vectors')
  const folder = given ? resolve(given) : existsSync(shared) ? shared : join(root, 'tests/vectors')
  const { REPLAYERS } = await import('../tests/replay/index.mjs')
  let [passed, failed] = [0, 0]
  for (const file of readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort()) {
    const replay = REPLAYERS[file]
    if (!replay) {
      console.log(`${file}: no replayer`)
      continue
    }
    const result = { passed: 0, failed: 0, deviations: new Map() }
    for (const vector of JSON.parse(readFileSync(join(folder, file), 'utf8'))) {
      const outcome = await attempt(replay, vector)
      if (outcome.difference) {
        result.failed++
        console.log(`${file} ${vector.id}: ${outcome.difference}`)
      } else {
        result.passed++
        if (outcome.deviation) {
          result.deviations.set(outcome.deviation, [...(result.deviations.get(outcome.deviation) ?? []), vector.id])
        }
      }
    }
    console.log(`${file}: ${result.passed} passed, ${result.failed} failed`)
    for (const [reason, ids] of result.deviations) console.log(`  deviates: ${reason} (${ids.join(', ')})`)
    passed += result.passed
    failed += result.failed
  }
  console.log(`${passed} passed, ${failed} failed`)
  if (passed + failed === 0) throw new SetupError(`there are no vectors in ${folder}`)
  if (failed) process.exitCode = 1
})

/** What a replayer says: `{}` when all is as it was, `{ difference }`, or `{ deviation }` with its reason. */
async function attempt(replay, vector) {
  try {
    return (await replay(vector)) ?? {}
  } catch (error) {
    return { difference: `the replay failed: ${error.stack}` }
  }
}
