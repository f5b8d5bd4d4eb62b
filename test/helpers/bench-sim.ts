import type { Arm, BenchPlan, Pace } from '../../src/app/bench/plan.ts'
import { isPush } from '../../src/app/bench/plan.ts'
import { runBench } from '../../src/app/bench/run.ts'
import { benchResult } from '../../src/app/bench/build.ts'
import { makeTimeline } from '../../src/app/bench/schedule.ts'
import type { BenchClock, BenchNet, BenchTools, Caller, ChannelHooks } from '../../src/core/bench/ports.ts'
import type { BenchDesign, BenchResult } from '../../src/core/bench/result.ts'
import type { DeliveryOutcome } from '../../src/core/delivery.ts'
import type { Outgoing } from '../../src/core/ports.ts'

/** Time that passes only when everybody waits for it: hours take as long as what happens in them. */
export class SimClock implements BenchClock {
  #now = 0
  #timers: { readonly at: number; readonly callback: () => void }[] = []

  now(): number {
    return this.#now
  }

  monotonic(): number {
    return this.#now
  }

  after(ms: number, callback: () => void): () => void {
    return this.at(this.#now + Math.max(ms, 0), callback)
  }

  at(instant: number, callback: () => void): () => void {
    const timer = { at: Math.max(instant, this.#now), callback }
    // Timers of the same instant go off in the order in which they were set.
    const place = this.#timers.findLastIndex(({ at }) => at <= timer.at) + 1
    this.#timers.splice(place, 0, timer)
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer)
    }
  }

  sleep(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal.aborted) return resolve()
      const end = (): void => {
        cancel()
        signal.removeEventListener('abort', end)
        resolve()
      }
      const cancel = this.after(ms, end)
      signal.addEventListener('abort', end)
    })
  }

  /** Lets time pass until the work is done. */
  async run<Value>(work: Promise<Value>): Promise<Value> {
    let done = false
    void work.then(
      () => (done = true),
      () => (done = true),
    )
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve))
      if (done) return work
      const next = this.#timers.shift()
      if (next === undefined) throw new Error('nothing is going to happen any more')
      this.#now = next.at
      next.callback()
    }
  }
}

/** Milliseconds, each time the same or drawn anew. */
type Span = number | (() => number)

export interface SimOrigin {
  /** From the start of a request until the origin reads or changes its state. */
  readonly upMs: Span
  /** From there until the client has the answer. */
  readonly downMs: Span
  /** The same of triggers, where they differ. */
  readonly triggerUpMs?: Span
  readonly triggerDownMs?: Span
  /** The origin does nothing at all meanwhile. */
  readonly frozen?: { readonly from: number; readonly to: number }
  /** Answers 429 with this `Retry-After` from the n-th poll on, once. */
  readonly limit?: { readonly afterPolls: number; readonly retryAfter: string }
  readonly pollInterval?: string
  /** Way of a push, where it is another than that of an answer. */
  readonly pushDownMs?: Span
  /** Every stream is told of every event, whoever it is meant for. */
  readonly tellsAll?: boolean
  /** Each n-th event is told to no stream. */
  readonly losesEvery?: number
}

export interface SimOptions extends SimOrigin {
  readonly seed: string
  readonly arms: readonly Arm[]
  readonly count: number
  readonly gapMs: number
  readonly semantics?: 'history' | 'latest'
  readonly arrivals?: Exclude<BenchDesign['arrivals'], 'observed'>
  readonly subscribers?: number
  readonly maxRequests?: number
  readonly stopAfterMs?: number
  /** Push modes are subscribed in turn. */
  readonly inSlices?: boolean
  /** Events are fired so late, milliseconds: the loop has other things to do. */
  readonly lateMs?: number
}

/** Requests before the first poll: to measure a request's time, and as many to get warm. */
const PROBES = 6

export interface SimRun {
  readonly result: BenchResult
  /** Instants at which polls were sent, ms. */
  readonly polledAt: readonly number[]
  /** Probes and triggers too. */
  readonly requests: number
}

export function pollArm(name: string, pace: Partial<Pace> & Pick<Pace, 'intervalMs'>): Arm {
  return {
    kind: 'poll',
    name,
    pace: { mode: 'grid', jitter: 0, ...pace },
    url: 'http://sim.test/events',
    headers: [],
    since: { param: 'since' },
    drain: false,
  }
}

/** A whole run against an origin that is exactly as slow as it says. */
export async function simulate(options: SimOptions): Promise<SimRun> {
  const clock = new SimClock()
  const world = new SimWorld(clock, options)
  const plan = planOf(options)
  const stop = new AbortController()
  if (options.stopAfterMs !== undefined) clock.after(options.stopAfterMs, () => stop.abort())
  const tools = toolsOf(lateBy(clock, options.lateMs ?? 0), world.net)
  const record = await clock.run(
    runBench(plan, tools, { stop: stop.signal, onBegin() {}, originCpuUs: () => undefined }),
  )
  const result = benchResult(plan, record, { machine: tools.machine, startedAt: 0, argv: [] })
  const { polledAt, triggered } = world
  return { result, polledAt: polledAt.slice(PROBES), requests: polledAt.length + triggered }
}

function planOf(options: SimOptions): BenchPlan {
  const { seed, arms, count, gapMs, semantics = 'history', arrivals = 'poisson', subscribers = 1 } = options
  const pushModes = arms.filter(isPush).map(({ name }) => name)
  const assignment = options.inSlices === true ? 'slices' : pushModes.length > 1 ? 'rotate' : 'all'
  const longestMs = arms.reduce(
    (most, arm) =>
      'pace' in arm
        ? Math.max(most, arm.pace.backoff?.maxMs ?? arm.pace.intervalMs * (1 + arm.pace.jitter))
        : most,
    0,
  )
  const timeline = makeTimeline({
    seed,
    arrivals,
    count,
    gapMs,
    longestMs,
    pushModes,
    assignment,
    warmupPerMode: 2,
    warmupGapMs: gapMs,
  })
  return {
    seed,
    run: 'sim',
    timeline,
    arms,
    subscribers,
    target: {
      kind: 'url',
      url: 'http://sim.test/events',
      semantics,
      allowRemote: false,
    },
    design: {
      arrivals,
      meanGapMs: gapMs,
      windowMs: timeline.windowTo - timeline.windowFrom,
      warmupEvents: 2,
      pushAssignment: assignment,
      payloadBytes: 0,
    },
    selectors: [],
    trigger: {
      kind: 'request',
      template: {
        method: 'POST',
        url: 'http://sim.test/events',
        headers: [],
        body: '{id} {channels}',
      },
    },
    leastGapMs: 0,
    probes: PROBES / 2,
    drainMs: longestMs + 300,
    costOperations: 0,
    ...(options.maxRequests !== undefined && { maxRequests: options.maxRequests }),
  }
}

class SimWorld {
  readonly polledAt: number[] = []
  triggered = 0
  readonly net: BenchNet
  readonly #ids: string[] = []
  readonly #places = new Map<string, number>()
  readonly #streams = new Set<{ readonly name: string; readonly hooks: ChannelHooks }>()
  readonly #clock: SimClock
  readonly #options: SimOptions
  #limited = false

  constructor(clock: SimClock, options: SimOptions) {
    this.#clock = clock
    this.#options = options
    const stream = (name: string) => (_target: unknown, hooks: ChannelHooks) => {
      const own = { name, hooks }
      this.#streams.add(own)
      return Promise.resolve({
        traffic: () => ({ rx: 0, tx: 0 }),
        close: () => Promise.resolve(void this.#streams.delete(own)),
      })
    }
    this.net = {
      openCaller: () => this.#caller(),
      openSse: stream('sse'),
      openWebSocket: stream('ws'),
      openInbox: () => Promise.reject(new Error('no webhooks here')),
    }
  }

  #caller(): Caller {
    return {
      call: (request, { signal }) => this.#answer(request, signal),
      staleSockets: () => 0,
      traffic: () => ({ rx: 0, tx: 0 }),
      close: () => Promise.resolve(),
    }
  }

  async #answer({ method, url, body }: Outgoing, signal: AbortSignal): Promise<DeliveryOutcome> {
    const { upMs, downMs, triggerUpMs = upMs, triggerDownMs = downMs } = this.#options
    const isPoll = method === 'GET'
    if (isPoll) this.polledAt.push(this.#clock.monotonic())
    else this.triggered++
    await this.#wait(spanOf(isPoll ? upMs : triggerUpMs))
    await this.#wait(this.#thawsIn())
    if (signal.aborted) return { kind: 'unknown', code: 'INTERRUPTED' }
    const answer = isPoll ? this.#read(url) : this.#commit(Buffer.from(body).toString())
    await this.#wait(spanOf(isPoll ? downMs : triggerDownMs))
    return signal.aborted ? { kind: 'unknown', code: 'INTERRUPTED' } : answer
  }

  #commit(text: string): DeliveryOutcome {
    const [id = '', channels = ''] = text.split(' ')
    this.#places.set(id, this.#ids.push(id))
    const { downMs, pushDownMs = downMs, tellsAll = false, losesEvery } = this.#options
    const isLost = losesEvery !== undefined && this.#ids.length % losesEvery === 0
    for (const stream of this.#streams) {
      if (isLost || (!tellsAll && !channels.includes(stream.name))) continue
      this.#clock.after(spanOf(pushDownMs), () => {
        if (this.#streams.has(stream)) stream.hooks.onMessage([], Buffer.from(id))
      })
    }
    return response(201, [], id)
  }

  #read(url: string): DeliveryOutcome {
    const { limit, pollInterval, semantics } = this.#options
    if (limit !== undefined && !this.#limited && this.polledAt.length > limit.afterPolls) {
      this.#limited = true
      return response(429, [['Retry-After', limit.retryAfter]], '')
    }
    const since = new URL(url).searchParams.get('since')
    const ids =
      semantics === 'latest' ? this.#ids.slice(-1) : this.#ids.slice(this.#places.get(since ?? '') ?? 0)
    return response(
      200,
      pollInterval === undefined ? [] : [['X-Poll-Interval', pollInterval]],
      ids.join('\n'),
    )
  }

  #thawsIn(): number {
    const { frozen } = this.#options
    const now = this.#clock.monotonic()
    return frozen !== undefined && now >= frozen.from && now < frozen.to ? frozen.to - now : 0
  }

  #wait(ms: number): Promise<void> {
    return ms === 0 ? Promise.resolve() : new Promise((resolve) => this.#clock.after(ms, resolve))
  }
}

function spanOf(span: Span): number {
  return typeof span === 'number' ? span : span()
}

function response(
  status: number,
  headers: readonly (readonly [string, string])[],
  text: string,
): DeliveryOutcome {
  const body = Buffer.from(text)
  return { kind: 'response', status, headers, body, bodySize: body.length }
}

function lateBy(clock: SimClock, lateMs: number): BenchClock {
  return {
    now: () => clock.now(),
    monotonic: () => clock.monotonic(),
    after: (ms, callback) => clock.after(ms, callback),
    sleep: (ms, signal) => clock.sleep(ms, signal),
    at: (instant, callback) => clock.at(instant + lateMs, callback),
  }
}

function toolsOf(clock: BenchClock, net: BenchNet): BenchTools {
  return {
    clock,
    net,
    machine: {
      node: 'test',
      os: 'test',
      cpu: 'test',
      cores: 1,
      ownCpuUs: () => 0,
      cpuUsOf: () => undefined,
      allCpuUs: () => 0,
      instantOf: Number,
      watchLoop: () => () => 0,
    },
    commands: { run: () => Promise.reject(new Error('no commands here')) },
  }
}
