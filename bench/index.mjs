// `npm run bench`: the built package beside its peers, in one process. Ratios count; milliseconds depend on the machine.

import { callBench } from './call.mjs'
import { codecBench } from './codec.mjs'
import { startBench } from './start.mjs'

function print({ title, contestants, ours }) {
  console.log(`\n${title}`)
  const width = Math.max(...Object.keys(contestants).map((name) => name.length))
  for (const [name, ms] of Object.entries(contestants)) {
    const ratio = name === ours ? '' : `  ${(ms / contestants[ours]).toFixed(1)} times as long`
    console.log(`  ${name.padEnd(width)}  ${ms.toFixed(2).padStart(8)} ms${ratio}`)
  }
}

codecBench().forEach(print)
for (const figure of await callBench()) print(figure)
print(startBench())
