// What flytekit gave, replayed through the built package.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { REPLAYERS } from '../replay/index.mjs'

for (const file of ['console_urls.json', 'exceptions.json', 'execution_create.json', 'filters.json', 'identifiers.json', 'metrics.json']) {
  describe(file, () => {
    for (const vector of JSON.parse(readFileSync(new URL(`../vectors/${file}`, import.meta.url), 'utf8'))) {
      it(vector.id, async () => {
        const outcome = await REPLAYERS[file](vector)
        assert.equal(outcome.difference, undefined)
      })
    }
  })
}
