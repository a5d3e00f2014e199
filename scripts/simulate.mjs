// `npm run simulate -- --seeds N --seed S`: the simulation (tests/simulation) over seeds S to S + N - 1. A seed alone is
// replayed and prints its trace; without options it is what `npm test` runs.

import { parseArgs } from 'node:util'
import { setup } from './setup.mjs'
import { main, run, SetupError } from './shell.mjs'

const options = { seeds: { type: 'string' }, seed: { type: 'string' } }

/** The options as the simulation reads them. */
function environment() {
  try {
    const { values } = parseArgs({ options })
    const wrong = Object.entries(values).find(([, value]) => !/^\d{1,18}$/.test(value))
    if (wrong) throw new SetupError(`--${wrong[0]}: expected a whole number, got ${wrong[1]}`)
    return Object.fromEntries(Object.entries(values).map(([name, value]) => [`SIMULATE_${name.toUpperCase()}`, value]))
  } catch (error) {
    throw error instanceof SetupError ? error : new SetupError(error.message)
  }
}

await main(() => {
  const env = { ...process.env, ...environment() }
  setup()
  const name = 'whatever_goes_wrong_on_the_way_all_seeds_hold'
  run('cargo', ['test', '--quiet', '--test', 'simulation', '--', '--exact', '--nocapture', name], { env })
})
