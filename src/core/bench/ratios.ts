/*
 * What polling costs and misses, with `x` the events per interval: λT, Poisson events at rate λ, a poll every T.
 * Shares are between 0 and 1.
 */

/** Share of the polls that find nothing new: the Poisson probability of no event in an interval, e^-x. */
export function wastedShare(x: number): number {
  return Math.exp(-x)
}

/** Polls for each event, 1/x: an interval sees x events on average. */
export function pollsPerEvent(x: number): number {
  return 1 / x
}

/** Polls for each poll that finds something, 1/(1 - e^-x). Zapier's "66 times" is x = 0.015. */
export function pollsPerUsefulPoll(x: number): number {
  return -1 / Math.expm1(-x)
}

/**
 * Share of the events never seen by themselves where the endpoint shows only the latest state: of the x events in
 * an interval one is seen, if there is any, so 1 - (1 - e^-x)/x.
 */
export function coalescedShare(x: number): number {
  return 1 - freshness(x)
}

/** Share of the time in which the copy is current, (1 - e^-x)/x. Cho and Garcia-Molina, SIGMOD 2000, §3. */
export function freshness(x: number): number {
  return x === 0 ? 1 : -Math.expm1(-x) / x
}

/**
 * How long ago, on average over all time, the copy stopped being current; 0 while it is current:
 * T(1/2 - 1/x + (1 - e^-x)/x²). Cho and Garcia-Molina, SIGMOD 2000, §3. Milliseconds.
 */
export function meanAgeMs(intervalMs: number, x: number): number {
  // The three terms cancel for a small x; the series begins x/6 - x²/24.
  if (x < 1e-3) return intervalMs * (x / 6 - x ** 2 / 24)
  return intervalMs * (0.5 - 1 / x + freshness(x) / x)
}

/** The interval whose mean delay is the one wanted, from mean = T/2 + d. Not positive where none is short enough. */
export function intervalForMean(meanMs: number, dMs: number): number {
  return 2 * (meanMs - dMs)
}

/** The same for the 99th percentile, 0.99 T + d. */
export function intervalForP99(p99Ms: number, dMs: number): number {
  return (p99Ms - dMs) / 0.99
}

/** Requests per second of N pollers, N/T: it does not depend on the events. */
export function fanInPerSecond(pollers: number, intervalMs: number): number {
  return (pollers * 1000) / intervalMs
}

/** Pollers that one core can serve, T/S, where a request takes S of its time: utilisation N·S/T reaches 1. */
export function mostPollers(intervalMs: number, serverUs: number): number {
  return (intervalMs * 1000) / serverUs
}
