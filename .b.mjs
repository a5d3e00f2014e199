import { syncBench } from './bench/sync.mjs'
for (const f of await syncBench()) console.log(f.title, f.contestants)
