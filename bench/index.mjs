// `npm run bench`: the built package beside its peers, in one process. Ratios count; milliseconds depend on the machine.
// With `--check` a goal that is missed is a failure.

import { callBench } from './call.mjs'
import { codecBench } from './codec.mjs'
import { startBench } from './start.mjs'
import { syncBench } from './sync.mjs'
import { valuesBench } from './values.mjs'

/** Whether a goal is reached, and the sentence about it. */
function judge({ contestants, ours, goal }) {
  const own = contestants[ours]
  if (goal.least) return [contestants[goal.than] / own >= goal.least, `${goal.than} takes at least ${goal.least} times as long`]
  if (goal.over) return [own - contestants[goal.over] <= goal.most, `at most ${goal.most} ms over the ${goal.over}`]
  return [own <= goal.most, `at most ${goal.most} ms`]
}

let missed = 0

function print(figure) {
  const { title, contestants, ours, goal } = figure
  console.log(`\n${title}`)
  const width = Math.max(...Object.keys(contestants).map((name) => name.length))
  for (const [name, ms] of Object.entries(contestants)) {
    const ratio = name === ours ? '' : `  ${(ms / contestants[ours]).toFixed(1)} times as long`
    console.log(`  ${name.padEnd(width)}  ${ms.toFixed(2).padStart(8)} ms${ratio}`)
  }
  if (!goal) return
  const [reached, sentence] = judge(figure)
  missed += reached ? 0 : 1
  console.log(`  goal ${reached ? 'reached' : 'MISSED'}: ${sentence}`)
}

codecBench().forEach(print)
valuesBench().forEach(print)
for (const figure of await callBench()) print(figure)
for (const figure of await syncBench()) print(figure)
print(startBench())
if (missed && process.argv.includes('--check')) process.exitCode = 1
