// `npm run fmt`: formats Rust and TypeScript in place.

import { setup } from './setup.mjs'
import { main, run } from './shell.mjs'

await main(() => {
  setup()
  run('cargo', ['fmt', '--all'])
  run(process.execPath, ['node_modules/@biomejs/biome/bin/biome', 'check', '--write'])
})
