import { createRandom } from '../../core/bench/random.ts'
import type { BenchTools, Caller } from '../../core/bench/ports.ts'
import type { ModeCosts } from './costs.ts'
import { measureCosts } from './costs.ts'
import { discover } from './discovery.ts'
import { Governor } from './governor.ts'
import { idReader, Ledger } from './ledger.ts'
import { watchLoad } from './load.ts'
import { Mode } from './mode.ts'
import type { BenchPlan } from './plan.ts'
import { isOffered, isPush } from './plan.ts'
import { preflight } from './preflight.ts'
import type { BenchHooks, BenchRecord, BenchWatch, EndedBy } from './record.ts'
import { timedClient } from './record.ts'
import type { PlannedEvent } from './schedule.ts'
import { parseSelector } from './selector.ts'
import { Triggers } from './trigger.ts'

/** Subscriptions and first polls before the first event, milliseconds. */
const LEAD_MS = 60
const TRIGGER_CONNECTIONS = 64
const POLL_EVERY_MS = 20

/**
 * Runs a benchmark: looks whether the target is there, subscribes, lets the events happen on their schedule and
 * records who learnt of them when.
 * @throws AppError `bench-refused`, `port-in-use` or `cannot-listen`
 */
export async function runBench(plan: BenchPlan, tools: BenchTools, hooks: BenchHooks): Promise<BenchRecord> {
  const run = new Run(plan, tools, hooks)
  try {
    return await run.all()
  } finally {
    await run.close()
  }
}

class Run {
  readonly #plan: BenchPlan
  readonly #tools: BenchTools
  readonly #hooks: BenchHooks
  readonly #halt = new AbortController()
  readonly #ledger = new Ledger()
  readonly #governor: Governor
  readonly #modes: readonly Mode[]
  readonly #triggerCaller: Caller
  readonly #triggers: Triggers | undefined
  readonly #waiting = new Map<string, () => void>()
  /** Which of several clients is the one that times an event. */
  readonly #timed: (seq: number) => number
  #endedBy: EndedBy | undefined
  #failure: { readonly error: unknown } | undefined

  constructor(plan: BenchPlan, tools: BenchTools, hooks: BenchHooks) {
    this.#plan = plan
    this.#tools = tools
    this.#hooks = hooks
    this.#governor = new Governor({ most: plan.maxRequests, leastGapMs: plan.leastGapMs }, () =>
      this.#end('request-cap'),
    )
    const marker = parseSelector(`regex:/${plan.run}-\\d+/`)
    const read = idReader([...plan.selectors, ...(marker === undefined ? [] : [marker])])
    this.#timed = (seq) => timedClient(plan, seq)
    this.#modes = plan.arms.map(
      (arm) =>
        new Mode({
          arm,
          tools,
          read,
          governor: this.#governor,
          subscribers: plan.subscribers,
          ...(plan.webhook !== undefined && { webhook: plan.webhook }),
          randomFor: (client) => createRandom(`${plan.seed}/${arm.name}/${client}`),
          onFirst: (mode, client, id, at) => this.#onFirst(mode, client, id, at),
        }),
    )
    this.#triggerCaller = tools.net.openCaller(TRIGGER_CONNECTIONS)
    this.#triggers =
      plan.trigger &&
      new Triggers({
        trigger: plan.trigger,
        run: plan.run,
        tools,
        read,
        governor: this.#governor,
        isOwnOrigin: plan.target.kind === 'builtin',
        payload: 'x'.repeat(plan.design.payloadBytes),
        ledger: this.#ledger,
        caller: this.#triggerCaller,
        stop: this.#halt.signal,
        onDead: (code) => this.#end({ dead: code }),
      })
    if (hooks.stop.aborted) this.#end('user')
    else hooks.stop.addEventListener('abort', this.#onStop)
  }

  async all(): Promise<BenchRecord> {
    const { timeline } = this.#plan
    const { clock, machine } = this.#tools
    const checked = await preflight(this.#plan, this.#tools, this.#governor, this.#halt.signal)
    const startAt = clock.monotonic() + LEAD_MS
    await this.#openAll()
    const beginAt = Math.max(startAt, clock.monotonic() + 1)
    const windowFrom = beginAt + timeline.windowFrom
    const windowTo = beginAt + timeline.windowTo
    this.#hooks.onBegin(this.#watch(beginAt))
    const sliced = this.#runSlices(beginAt).catch((error: unknown) => this.#fail(error))
    const firing = this.#triggers?.fireAll(timeline.events, beginAt)
    await clock.sleep(windowFrom - clock.monotonic(), this.#halt.signal)
    const wasStopped = this.#endedBy === 'user' || this.#endedBy === 'request-cap'
    if (!wasStopped) this.#triggers?.mustHaveWorked()
    const before = this.#modes.map((mode) => mode.totals())
    const loadSince = watchLoad(this.#tools, () => this.#hooks.originCpuUs())
    const endLoopWatch = machine.watchLoop()
    await clock.sleep(windowTo - clock.monotonic(), this.#halt.signal)
    const after = this.#modes.map((mode) => mode.totals())
    const load = loadSince()
    const loopDelayP99Ms = endLoopWatch()
    const endOfWindow = Math.min(windowTo, clock.monotonic())
    await firing
    await this.#drain()
    const endedAt = clock.monotonic()
    if (this.#triggers === undefined) discover(this.#ledger, this.#modes, windowFrom, endOfWindow)
    await sliced
    if (this.#failure !== undefined) throw this.#failure.error
    const costs = await this.#costs()
    return {
      events: this.#ledger.events,
      ledger: this.#ledger,
      preflight: checked,
      loopDelayP99Ms,
      endedAt,
      modes: this.#modes.map((mode, index) => ({
        mode,
        before: before[index] ?? mode.totals(),
        after: after[index] ?? mode.totals(),
        ...(costs.has(mode) && { costs: costs.get(mode) ?? {} }),
      })),
      windowFrom: Math.min(windowFrom, endOfWindow),
      windowTo: endOfWindow,
      ...load,
      ...(this.#endedBy !== undefined && { endedBy: this.#endedBy }),
      lateTriggers: this.#triggers?.late ?? 0,
      failedTriggers: this.#triggers?.failed ?? 0,
      governor: this.#governor,
    }
  }

  /** Ends subscriptions and connections, whatever has happened. */
  async close(): Promise<void> {
    this.#hooks.stop.removeEventListener('abort', this.#onStop)
    this.#halt.abort()
    await Promise.allSettled(this.#modes.map((mode) => mode.end()))
    await this.#triggerCaller.close()
  }

  readonly #onStop = (): void => this.#end('user')

  #end(by: EndedBy): void {
    this.#endedBy ??= by
    this.#halt.abort()
  }

  #fail(error: unknown): void {
    this.#failure ??= { error }
    this.#halt.abort()
  }

  #onFirst(mode: Mode, client: number, id: string, at: number): void {
    this.#waiting.get(`${mode.arm.name} ${id}`)?.()
    const event = this.#ledger.find(id)
    if (event === undefined || client !== this.#timed(event.seq)) return
    if (isOffered(this.#plan, mode.arm, event)) mode.live.add(at - event.scheduledAt)
  }

  async #openAll(): Promise<void> {
    const { timeline, webhook } = this.#plan
    const inSlices = new Set(timeline.slices.map(({ mode }) => mode))
    // Where we cannot subscribe, deliveries come all the time: they shall find somebody.
    const isAlways = ({ arm }: Mode): boolean =>
      !inSlices.has(arm.name) || (arm.kind === 'webhook' && webhook?.subscribe === undefined)
    await Promise.all(this.#modes.filter(isAlways).map((mode) => mode.open()))
  }

  async #runSlices(beginAt: number): Promise<void> {
    const { clock } = this.#tools
    const { signal } = this.#halt
    const running: Promise<void>[] = []
    for (const slice of this.#plan.timeline.slices) {
      const mode = this.#modes.find(({ arm }) => arm.name === slice.mode)
      await clock.sleep(beginAt + slice.from - clock.monotonic(), signal)
      if (mode === undefined || signal.aborted) break
      await mode.open()
      running.push(this.#endSlice(mode, beginAt, slice.to))
    }
    await Promise.all(running)
  }

  /** A subscription outlives its slice until its events have come: a slow sender is no reason to call them lost. */
  async #endSlice(mode: Mode, beginAt: number, to: number): Promise<void> {
    const { clock } = this.#tools
    await clock.sleep(beginAt + to - clock.monotonic(), this.#halt.signal)
    await this.#untilSeen([mode], to)
    await mode.close()
  }

  async #drain(): Promise<void> {
    if (this.#halt.signal.aborted) return
    await this.#triggers?.settled()
    if (this.#triggers === undefined) await this.#tools.clock.sleep(this.#plan.drainMs, this.#halt.signal)
    else await this.#untilSeen(this.#modes, Number.POSITIVE_INFINITY)
  }

  async #untilSeen(modes: readonly Mode[], dueBefore: number): Promise<void> {
    const { clock } = this.#tools
    const until = clock.monotonic() + this.#plan.drainMs
    while (clock.monotonic() < until && !this.#halt.signal.aborted) {
      if (modes.every((mode) => this.#hasSeenAll(mode, dueBefore))) return
      await clock.sleep(POLL_EVERY_MS, this.#halt.signal)
    }
  }

  /** An event that is due counts although it has not been fired: the loop may be late. */
  #hasSeenAll({ arm, live }: Mode, dueBefore: number): boolean {
    const isAwaited = (event: PlannedEvent): boolean =>
      event.at < dueBefore && isOffered(this.#plan, arm, event)
    const failed = this.#ledger.events.filter((event) => event.failure !== undefined && isAwaited(event))
    return live.count >= this.#plan.timeline.events.filter(isAwaited).length - failed.length
  }

  async #costs(): Promise<ReadonlyMap<Mode, ModeCosts>> {
    const triggers = this.#triggers
    if (triggers === undefined || this.#plan.costOperations === 0 || this.#halt.signal.aborted)
      return new Map()
    await Promise.all(this.#modes.filter(({ arm }) => !isPush(arm)).map((mode) => mode.close()))
    return measureCosts({
      plan: this.#plan,
      tools: this.#tools,
      modes: this.#modes,
      triggers,
      stop: this.#halt.signal,
      originCpuUs: () => this.#hooks.originCpuUs(),
      seen: (mode, id) => new Promise((resolve) => this.#waiting.set(`${mode.arm.name} ${id}`, resolve)),
    })
  }

  #watch(beginAt: number): BenchWatch {
    return {
      plannedMs: this.#plan.timeline.windowTo + this.#plan.drainMs,
      elapsedMs: () => this.#tools.clock.monotonic() - beginAt,
      modes: () =>
        this.#modes.map(({ arm, live }) => ({ name: arm.name, seen: live.count, medianMs: live.median() })),
    }
  }
}
