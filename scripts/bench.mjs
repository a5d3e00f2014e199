// `npm run bench`: measures the built package beside its peers.

import { build } from './build.mjs'
import { main, run } from './shell.mjs'

await main(() => {
  build()
  run(process.execPath, ['--expose-gc', 'bench/index.mjs', ...process.argv.slice(2)])
})
