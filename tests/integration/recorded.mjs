// Answers of FlyteAdmin 1.16.8 in tests/vectors, which each server is compared with; FLYTE_RECORD=1 writes them anew.

import { readFileSync, writeFileSync } from 'node:fs'
import { after } from 'node:test'

const RECORDING = process.env.FLYTE_RECORD === '1'

/**
 * The answers of a file, `known(title, found)`: what is known under a title, which is `found` itself while recording. `indent`
 * is that of the file.
 */
export function recorded(name, indent) {
  const file = new URL(`../vectors/${name}.json`, import.meta.url)
  const answers = RECORDING ? {} : JSON.parse(readFileSync(file, 'utf8'))
  after(() => {
    if (RECORDING) writeFileSync(file, `${JSON.stringify(answers, undefined, indent)}\n`)
  })
  return (title, found) => {
    if (RECORDING) answers[title] = found
    return answers[title]
  }
}
