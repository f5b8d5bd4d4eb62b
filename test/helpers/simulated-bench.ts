import { breakEvens, extrapolate, type OperationCost } from '../../src/core/bench/costs.ts'
import { fitModel } from '../../src/core/bench/fit.ts'
import { pollModel } from '../../src/core/bench/model.ts'
import { createRandom, exponential, shuffle } from '../../src/core/bench/random.ts'
import { freshness, meanAgeMs } from '../../src/core/bench/ratios.ts'
import type {
  BenchEvent,
  BenchResult,
  BenchTarget,
  ModeKind,
  ModeResult,
} from '../../src/core/bench/result.ts'
import { summarize } from '../../src/core/bench/summary.ts'

export interface SimulatedRun {
  readonly seed?: string
  readonly events?: number
  readonly gapMs?: number
  readonly semantics?: BenchTarget['semantics']
  /** Added to what each push takes: a provider that batches. */
  readonly pushDelayMs?: number
  /** Added to what each poll sees: a cache on the way. */
  readonly cacheMs?: number
  readonly url?: string
}

const PUSHES: readonly (readonly [ModeKind, medianMs: number, bytes: number, requests: number])[] = [
  ['longpoll', 0.8, 479, 1],
  ['webhook', 0.85, 504, 1],
  ['sse', 0.55, 282, 0],
  ['ws', 0.5, 260, 0],
]
const POLLS: readonly (readonly [ModeKind, intervalMs: number])[] = [
  ['poll', 100],
  ['poll', 500],
  ['poll', 2000],
  ['conditional', 500],
]
const D_MS = 0.5

/** A run that nobody ran: Poisson events, grids at a random phase, push with a long tail. Repeatable by its seed. */
export function simulateBench(run: SimulatedRun = {}): BenchResult {
  const { seed = '7f3a', events: count = 200, gapMs = 100, semantics = 'history' } = run
  const random = createRandom(seed)
  const order: string[] = []
  while (order.length < count)
    order.push(
      ...shuffle(
        PUSHES.map(([kind]) => kind),
        random,
      ),
    )
  let at = 0
  const times = Array.from({ length: count }, () => (at += exponential(random, gapMs)))
  const events = times.map((time, i): BenchEvent => {
    const scheduled = BigInt(Math.round((1_000_000 + time) * 1e6))
    return {
      seq: i + 1,
      scheduledNs: String(scheduled),
      sentNs: String(scheduled + 4000n),
      ackNs: String(scheduled + 900_000n),
      assigned: order[i] ?? '',
    }
  })
  const windowMs = count * gapMs
  const modes: Record<string, ModeResult> = {}
  for (const [kind, intervalMs] of POLLS)
    modes[`${kind}.${intervalMs}ms`] = pollResult(run, {
      kind,
      intervalMs,
      times,
      windowMs,
      gapMs,
      semantics,
      random,
    })
  for (const push of PUSHES) modes[push[0]] = pushResult(run, push, order, random)
  return {
    schema: 'webhook-cli.bench/1',
    id: `bench-${seed}`,
    startedAt: '2026-01-15T09:30:00.000Z',
    seed,
    argv: ['bench', '--seed', seed],
    interrupted: false,
    env: {
      node: 'v20.20.2',
      os: 'linux 6.1 x64',
      cpu: 'Some CPU @ 2.50GHz',
      cores: 2,
      otherCpuPct: 2.1,
      harnessCpuPct: 8.4,
      loopDelayP99Ms: 1.2,
      timerOvershootMs: { p50: 0.3, max: 1.1 },
      clock: { source: 'monotonic-same-host', boundMs: 0.004 },
      requestMs: { p50: 1.1, n: 30 },
    },
    target:
      run.url === undefined
        ? { kind: 'builtin', semantics, allowRemote: false }
        : { kind: 'url', url: run.url, semantics, trigger: `POST ${run.url}`, allowRemote: false },
    design: {
      arrivals: 'poisson',
      meanGapMs: gapMs,
      windowMs,
      warmupEvents: 20,
      pushAssignment: 'rotate',
      payloadBytes: 256,
    },
    events,
    modes,
    breakEven: breakEvens(
      [
        {
          name: 'conditional.500ms',
          intervalMs: 500,
          empty: cost(1, 222, 260, 235),
          found: cost(1, 497, 308, 270),
        },
      ],
      [
        { name: 'webhook', perEvent: cost(1, 504, 278, 180) },
        { name: 'sse', perEvent: cost(0, 282, 86, 75) },
      ],
    ),
    extrapolated: extrapolate([10_000, 60_000, 300_000], D_MS),
    assertions: [],
    warnings: [],
  }
}

function cost(requests: number, bytes: number, serverCpuUs: number, clientCpuUs: number): OperationCost {
  return { requests, bytes, serverCpuUs, clientCpuUs }
}

function pollResult(
  { cacheMs = 0 }: SimulatedRun,
  setting: {
    readonly kind: ModeKind
    readonly intervalMs: number
    readonly times: readonly number[]
    readonly windowMs: number
    readonly gapMs: number
    readonly semantics: BenchTarget['semantics']
    readonly random: () => number
  },
): ModeResult {
  const { kind, intervalMs, times, windowMs, gapMs, semantics, random } = setting
  const phase = random() * intervalMs
  const tickOf = (time: number): number => Math.ceil((time - phase) / intervalMs)
  const samplesMs = times.map(
    (time) => phase + tickOf(time) * intervalMs - time + D_MS + cacheMs + 0.2 * random(),
  )
  const hits = new Set(times.map(tickOf)).size
  const requests = Math.floor(windowMs / intervalMs)
  const empty = Math.max(requests - hits, 0)
  const isConditional = kind === 'conditional'
  const bytes = empty * (isConditional ? 222 : 330) + hits * 497 + times.length * 180
  const eventsPerMs = 1 / gapMs
  const model = pollModel({ intervalMs, mode: 'grid', dMs: D_MS, requestMs: 1.1, eventsPerMs, semantics })
  return {
    kind,
    intervalMs,
    pollMode: 'grid',
    ...counts(times.length, samplesMs, random),
    coalesced: semantics === 'latest' ? times.length - hits : 0,
    requests,
    requestsPerEvent: requests / times.length,
    empty200: isConditional ? 0 : empty,
    notModified: isConditional ? empty : 0,
    bytes: { rx: bytes * 0.7, tx: bytes * 0.3, perEvent: bytes / times.length },
    cpuUs: {
      client: (600 * requests) / times.length,
      server: (300 * requests) / times.length,
      estimated: true,
    },
    freshness: freshness(eventsPerMs * intervalMs),
    meanAgeMs: meanAgeMs(intervalMs, eventsPerMs * intervalMs),
    model: fitModel(model, samplesMs),
    samplesMs,
  }
}

function pushResult(
  { pushDelayMs = 0 }: SimulatedRun,
  [kind, medianMs, bytes, requests]: (typeof PUSHES)[number],
  order: readonly string[],
  random: () => number,
): ModeResult {
  const offered = order.filter((mode) => mode === kind).length
  const delay = (): number => pushDelayMs + medianMs * (0.75 + exponential(random, 0.35))
  const samplesMs = Array.from({ length: offered }, delay)
  return {
    kind,
    ...counts(offered, samplesMs, random),
    beforeAck: Math.round(offered * 0.6),
    requests: requests * offered,
    requestsPerEvent: requests,
    empty200: 0,
    notModified: 0,
    bytes: { rx: bytes * offered * 0.8, tx: bytes * offered * 0.2, perEvent: bytes },
    cpuUs: { client: 550, server: 400, estimated: true },
    samplesMs,
  }
}

function counts(
  offered: number,
  samplesMs: readonly number[],
  random: () => number,
): Pick<
  ModeResult,
  | 'offered'
  | 'detected'
  | 'coalesced'
  | 'missed'
  | 'duplicates'
  | 'outOfOrder'
  | 'beforeAck'
  | 'delayMs'
  | 'errors'
  | 'staleSocket'
  | 'retries'
> {
  return {
    offered,
    detected: samplesMs.length,
    coalesced: 0,
    missed: offered - samplesMs.length,
    duplicates: 0,
    outOfOrder: 0,
    beforeAck: 0,
    delayMs: summarize(samplesMs, random),
    errors: 0,
    staleSocket: 0,
    retries: 0,
  }
}
