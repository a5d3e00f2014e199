// `npm run bench`: the built package beside its peers, in one process. Ratios count; milliseconds depend on the machine.

import { codecBench } from './codec.mjs'

const results = codecBench()
for (const { title, contestants, ours } of results) {
  console.log(`\n${title}`)
  const width = Math.max(...Object.keys(contestants).map((name) => name.length))
  for (const [name, ms] of Object.entries(contestants)) {
    const ratio = name === ours ? '' : `  ${(ms / contestants[ours]).toFixed(1)} times as long`
    console.log(`  ${name.padEnd(width)}  ${ms.toFixed(2).padStart(8)} ms${ratio}`)
  }
}
