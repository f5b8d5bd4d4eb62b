import { exponential } from '../../src/core/bench/random.ts'

export interface Simulated {
  readonly meanMs: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly maxMs: number
  readonly requestsPerSecond: number
  readonly wastedPct: number
  readonly coalescedPct: number
}

export interface Polls {
  /** The gap after a poll, given the empty polls in a row before it. */
  gap(emptyPolls: number): number
  /** Does this poll wait for an event, and how long at most? Zero: it answers at once. */
  readonly holdMs?: number
  readonly eventsPerMs: number
  readonly dMs: number
  readonly events: number
}

/**
 * Poisson events and a client that polls them, played event by event: nothing in here knows a formula. A poll sees
 * all that happened before the server read its state, and the client knows `dMs` later.
 */
export function playPolls(random: () => number, polls: Polls): Simulated {
  const delays = new Float64Array(polls.events)
  let known = 0
  let read = random() * polls.gap(0)
  let event = exponential(random, 1 / polls.eventsPerMs)
  let requests = 0
  let empty = 0
  let inARow = 0
  while (known < polls.events) {
    requests++
    let found = 0
    let answered = read
    if (event > read && polls.holdMs !== undefined) answered = Math.min(event, read + polls.holdMs)
    while (event <= answered && known < polls.events) {
      delays[known++] = answered - event + polls.dMs
      event += exponential(random, 1 / polls.eventsPerMs)
      found++
    }
    inARow = found === 0 ? inARow + 1 : 0
    if (found === 0) empty++
    read = answered + polls.gap(inARow)
  }
  const mean = delays.reduce((sum, delay) => sum + delay, 0) / delays.length
  delays.sort()
  return {
    meanMs: mean,
    p50Ms: delays[Math.floor(delays.length * 0.5)] ?? 0,
    p99Ms: delays[Math.floor(delays.length * 0.99)] ?? 0,
    maxMs: delays.at(-1) ?? 0,
    requestsPerSecond: (1000 * requests) / read,
    wastedPct: (100 * empty) / requests,
    coalescedPct: 100 * (1 - (requests - empty) / polls.events),
  }
}
