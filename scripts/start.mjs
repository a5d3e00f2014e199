// `npm start`: builds, then serves the sandbox with sample data and the web console.

import { build } from './build.mjs'
import { main, run } from './shell.mjs'

await main(() => {
  build()
  run(process.execPath, ['dist/cli.mjs', 'sandbox', ...process.argv.slice(2)])
})
