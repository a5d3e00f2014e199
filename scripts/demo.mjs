// `npm run demo`: builds, then runs a workflow end to end on the embedded sandbox.

import { build } from './build.mjs'
import { main, run } from './shell.mjs'

await main(() => {
  build()
  run(process.execPath, ['examples/demo.mjs'])
})
