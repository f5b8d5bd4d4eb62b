import type { BreakEven, Extrapolation } from './result.ts'

/** What one operation takes. CPU where it was measured. */
export interface OperationCost {
  readonly requests: number
  /** Both ways, headers included. */
  readonly bytes: number
  readonly serverCpuUs?: number | undefined
  readonly clientCpuUs?: number | undefined
}

export interface PollCost {
  readonly name: string
  readonly intervalMs: number
  /** A poll that finds nothing new. */
  readonly empty: OperationCost
  /** A poll that brings something. */
  readonly found: OperationCost
}

export interface PushCost {
  readonly name: string
  readonly perEvent: OperationCost
}

type Cost = BreakEven['cost']

const READ: Readonly<Record<Cost, (cost: OperationCost) => number | undefined>> = {
  requests: (cost) => cost.requests,
  bytes: (cost) => cost.bytes,
  serverCpu: (cost) => cost.serverCpuUs,
  clientCpu: (cost) => cost.clientCpuUs,
}
const COSTS = ['requests', 'bytes', 'serverCpu', 'clientCpu'] as const

/**
 * For each poll, push and cost the rate of events at which both cost the same. Below it push is cheaper; above it
 * polling is, as one answer carries several events. Nothing where push costs nothing for an event.
 */
export function breakEvens(polls: readonly PollCost[], pushes: readonly PushCost[]): BreakEven[] {
  return polls.flatMap((poll) =>
    pushes.flatMap((push) =>
      COSTS.flatMap((cost): BreakEven[] => {
        const read = READ[cost]
        const x = breakEvenX(read(poll.empty), read(poll.found), read(push.perEvent))
        if (x === undefined) return []
        const eventsPerSecond = (1000 * x) / poll.intervalMs
        return [{ a: poll.name, b: push.name, cost, eventsPerSecond, intervalMs: poll.intervalMs }]
      }),
    ),
  )
}

/**
 * The events per interval x at which a poll, empty with probability e^-x, costs what x pushes do:
 * empty·e^-x + found·(1 - e^-x) = push·x. Left of it the left side is the greater: bisection finds it.
 */
function breakEvenX(empty = 0, found = 0, push = 0): number | undefined {
  if (empty <= 0 || found <= 0 || push <= 0) return undefined
  let low = 0
  let high = Math.max(empty, found) / push
  for (let step = 0; step < 60; step++) {
    const x = (low + high) / 2
    const hit = -Math.expm1(-x)
    if (empty * (1 - hit) + found * hit > push * x) low = x
    else high = x
  }
  return high
}

const DAY_MS = 86_400_000

/** What a fixed grid of other intervals would give: T/2 + d, 0.99 T + d, T + d, one request each. */
export function extrapolate(intervalsMs: readonly number[], dMs: number): Extrapolation[] {
  return intervalsMs.map((intervalMs) => ({
    intervalMs,
    meanMs: intervalMs / 2 + dMs,
    p99Ms: 0.99 * intervalMs + dMs,
    maxMs: intervalMs + dMs,
    requestsPerDay: DAY_MS / intervalMs,
  }))
}
