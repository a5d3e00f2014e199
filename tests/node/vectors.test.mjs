// What flytekit gave, replayed through the built package.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { REPLAYERS } from '../replay/index.mjs'

const FILES = 'compiled_workflows console_urls exceptions execution_create filters identifiers metrics'
  .split(' ')
  .map((name) => `${name}.json`)

for (const file of FILES) {
  describe(file, () => {
    for (const vector of JSON.parse(readFileSync(new URL(`../vectors/${file}`, import.meta.url), 'utf8'))) {
      it(vector.id, async () => {
        const outcome = await REPLAYERS[file](vector)
        assert.equal(outcome.difference, undefined)
      })
    }
  })
}
