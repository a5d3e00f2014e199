// Measures several ways to do one thing in one process: rounds interleaved, in changing order, medians compared.

/** Milliseconds of each contestant, `{ name: run }` → `{ name: median }`. */
export function measure(contestants, { rounds = 61, warmup = 20 } = {}) {
  const names = Object.keys(contestants)
  const times = Object.fromEntries(names.map((name) => [name, []]))
  for (let round = -warmup; round < rounds; round++) {
    // In another order each time, so that nobody always runs after the same other's garbage: turning them in a circle would
    // leave everybody the same predecessor. A forced collection in between would throw away what the engine has learnt, to
    // the disadvantage of whoever has much code.
    for (const name of shuffled(names)) {
      const start = performance.now()
      const result = contestants[name]()
      const time = performance.now() - start
      if (result === undefined) throw new Error(`${name} returned nothing`)
      if (round >= 0) times[name].push(time)
    }
  }
  return Object.fromEntries(names.map((name) => [name, median(times[name])]))
}

/** The same for contestants that return promises. */
export async function measureAsync(contestants, { rounds = 41, warmup = 8 } = {}) {
  const names = Object.keys(contestants)
  const times = Object.fromEntries(names.map((name) => [name, []]))
  for (let round = -warmup; round < rounds; round++) {
    for (const name of shuffled(names)) {
      const start = performance.now()
      await contestants[name]()
      const time = performance.now() - start
      if (round >= 0) times[name].push(time)
    }
  }
  return Object.fromEntries(names.map((name) => [name, median(times[name])]))
}

let seed = 1

/** A copy in random order; the same orders in each run. */
function shuffled(values) {
  const copy = [...values]
  for (let i = copy.length - 1; i > 0; i--) {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0
    const j = Math.floor((seed / 2 ** 32) * (i + 1))
    ;[copy[i], copy[j]] = [copy[j], copy[i]]
  }
  return copy
}

/** The middle value. */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[sorted.length >> 1]
}
