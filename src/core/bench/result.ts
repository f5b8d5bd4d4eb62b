/**
 * The result of a benchmark run, schema `webhook-cli.bench/1`: what is measured ends here, and every output begins
 * here. Times are milliseconds unless the name says otherwise. Fields are added, never renamed.
 */
export interface BenchResult {
  readonly schema: 'webhook-cli.bench/1'
  readonly id: string
  /** ISO 8601, UTC. */
  readonly startedAt: string
  readonly seed: string
  readonly argv: readonly string[]
  /** True where it was stopped before its end: the figures are of what there was. */
  readonly interrupted: boolean
  readonly env: BenchEnvironment
  readonly target: BenchTarget
  readonly design: BenchDesign
  readonly events: readonly BenchEvent[]
  readonly modes: Readonly<Record<string, ModeResult>>
  readonly breakEven: readonly BreakEven[]
  readonly extrapolated: readonly Extrapolation[]
  readonly assertions: readonly AssertionResult[]
  readonly warnings: readonly { readonly code: string; readonly text: string }[]
}

/** What became of one `--assert`. */
export interface AssertionResult {
  /** As it was written. */
  readonly expr: string
  readonly pass: boolean
  /** What was measured; NaN, null in JSON, where that cannot be told. */
  readonly actual: number
  /** Of `actual` and its interval; `yes` is 1 where the condition is met and 0 where it is not. */
  readonly unit?: FigureUnit
  readonly ci95?: readonly [low: number, high: number]
  /** Events that the figure would have needed; there were fewer. */
  readonly needN?: number
}

export type FigureUnit = 'ms' | 'per cent' | 'count' | 'yes'

export interface BenchEnvironment {
  readonly node: string
  readonly os: string
  readonly cpu: string
  readonly cores: number
  /** Share of the machine that other processes took, in per cent; absent where the system does not tell. */
  readonly otherCpuPct?: number
  /** CPU that the bench itself took, as a share of one core in per cent. */
  readonly harnessCpuPct: number
  readonly loopDelayP99Ms: number
  readonly timerOvershootMs: { readonly p50: number; readonly max: number }
  readonly clock: {
    readonly source: 'monotonic-same-host' | 'single-process' | 'ntp'
    readonly boundMs: number
  }
  /** Median time of a request to the endpoint, and how many were measured. */
  readonly requestMs?: { readonly p50: number; readonly n: number }
}

export interface BenchTarget {
  readonly kind: 'builtin' | 'url'
  readonly url?: string
  readonly semantics: 'history' | 'latest'
  readonly trigger?: string
  readonly allowRemote: boolean
}

export interface BenchDesign {
  readonly arrivals: 'poisson' | 'stratified' | 'periodic' | 'trace' | 'observed'
  readonly meanGapMs: number
  readonly windowMs: number
  readonly warmupEvents: number
  /** Events of the whole run, the warm-up's not among them; absent where somebody else makes them. */
  readonly plannedEvents?: number
  readonly pushAssignment: 'rotate' | 'slices' | 'all'
  readonly payloadBytes: number
}

/** Nanoseconds of the monotonic clock, as decimal text. */
export interface BenchEvent {
  readonly seq: number
  readonly scheduledNs: string
  readonly sentNs: string
  readonly ackNs?: string
  /** The push mode that had this event to itself. */
  readonly assigned?: string
}

/** A figure with its 95 % confidence interval; `needN` says how many events it would have needed. */
export interface Stat {
  readonly value: number
  readonly ci95?: readonly [low: number, high: number]
  readonly needN?: number
}

export type ModeKind = 'poll' | 'conditional' | 'longpoll' | 'webhook' | 'sse' | 'ws'

export interface ModeResult {
  readonly kind: ModeKind
  readonly intervalMs?: number
  readonly pollMode?: 'grid' | 'sleep'
  readonly jitter?: number
  /** Each poll that found nothing multiplied the gap, up to `maxMs`. */
  readonly backoff?: { readonly factor: number; readonly maxMs: number }
  readonly offered: number
  readonly detected: number
  readonly coalesced: number
  readonly missed: number
  readonly duplicates: number
  readonly outOfOrder: number
  /** Detected before the trigger's own answer came. */
  readonly beforeAck: number
  readonly delayMs: {
    readonly mean: Stat
    readonly p50: Stat
    readonly p90: Stat
    readonly p95: Stat
    readonly p99: Stat
    readonly min: number
    readonly max: number
    readonly sd: number
    /** Upper edge and count of each bucket. */
    readonly hist: readonly (readonly [upTo: number, count: number])[]
  }
  readonly fromAckMs?: { readonly p50: number; readonly min: number }
  /** From the commit on, where the origin tells when that was. */
  readonly fromCommitMs?: { readonly p50: number; readonly min: number }
  readonly requests: number
  readonly requestsPerEvent: number
  readonly empty200: number
  readonly notModified: number
  readonly errors: number
  readonly staleSocket: number
  readonly retries: number
  readonly bytes: { readonly rx: number; readonly tx: number; readonly perEvent: number }
  /** Per event. */
  readonly cpuUs?: { readonly client: number; readonly server?: number; readonly estimated: true }
  readonly freshness?: number
  readonly meanAgeMs?: number
  readonly model?: ModelFit
  /** Delays of the events that were seen, in the order of the events. */
  readonly samplesMs?: readonly number[]
  /** Which answer told of each of them, counted from 0: where gaps vary, the events of one share its length. */
  readonly samplePolls?: readonly number[]
}

/** What theory says of a mode, and whether the measurement agrees with it. */
export interface ModelFit {
  readonly meanMs: number
  /** What the mean may be, as nobody sees where in a request the target reads or changes its state. */
  readonly meanRangeMs?: readonly [low: number, high: number]
  readonly p50Ms: number
  readonly p99Ms: number
  readonly maxMs: number
  readonly wastedPct: number
  readonly coalescedPct: number
  /** Kolmogorov and Smirnov's distance, beyond what that leaves open. */
  readonly ks: number
  /** At 5 % for all modes of the run together. */
  readonly ksLimit: number
  /** So many independent delays the measured ones are worth; absent: all of them. Events of one gap share its length. */
  readonly effectiveN?: number
  readonly fit: boolean
}

/** Below so many events per second, `b` costs less than `a`. */
export interface BreakEven {
  readonly a: string
  readonly b: string
  readonly cost: 'requests' | 'bytes' | 'serverCpu' | 'clientCpu'
  readonly eventsPerSecond: number
  readonly intervalMs: number
}

/** What the model says of an interval that was not run. */
export interface Extrapolation {
  readonly intervalMs: number
  readonly meanMs: number
  readonly p99Ms: number
  readonly maxMs: number
  readonly requestsPerDay: number
}
