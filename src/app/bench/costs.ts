import type { BenchTools } from '../../core/bench/ports.ts'
import { ModeCounts } from './counts.ts'
import { Governor } from './governor.ts'
import { Observer } from './ledger.ts'
import type { Mode } from './mode.ts'
import type { BenchPlan } from './plan.ts'
import { isPush } from './plan.ts'
import { Question } from './poller.ts'
import type { Triggers } from './trigger.ts'

/** CPU time of one operation of a mode, microseconds: one poll, one delivery. */
export interface ModeCosts {
  readonly clientUs?: number
  readonly serverUs?: number
}

export interface CostSetting {
  readonly plan: BenchPlan
  readonly tools: BenchTools
  readonly modes: readonly Mode[]
  readonly triggers: Triggers
  readonly stop: AbortSignal
  originCpuUs(): number | undefined
  /** Resolves when the mode has learnt of an id. */
  seen(mode: Mode, id: string): Promise<void>
}

const PATIENCE_MS = 2000
/** All of it may take so long for each operation wanted, whatever the machine does. */
const BUDGET_MS = 5
/** Each operation has several turns, so that a machine that slows down does it to all. The first turn does not count. */
const ROUNDS = 5

/** One operation done many times: what it took in all. */
class Job {
  readonly mode: Mode | undefined
  readonly #operation: () => Promise<unknown>
  #clientUs = 0
  #serverUs: number | undefined = 0
  #count = 0

  constructor(mode: Mode | undefined, operation: () => Promise<unknown>) {
    this.mode = mode
    this.#operation = operation
  }

  async take(setting: CostSetting, most: number, forMs: number, counts: boolean): Promise<void> {
    const { clock, machine } = setting.tools
    const until = clock.monotonic() + forMs
    const client = machine.ownCpuUs()
    const server = setting.originCpuUs()
    let done = 0
    while (done < most && clock.monotonic() < until && !setting.stop.aborted) {
      await this.#operation()
      done++
    }
    if (!counts) return
    const serverAfter = setting.originCpuUs()
    this.#clientUs += machine.ownCpuUs() - client
    this.#serverUs =
      server === undefined || serverAfter === undefined || this.#serverUs === undefined
        ? undefined
        : this.#serverUs + serverAfter - server
    this.#count += done
  }

  get costs(): ModeCosts {
    if (this.#count === 0) return {}
    const serverUs = this.#serverUs === undefined ? undefined : this.#serverUs / this.#count
    return { clientUs: this.#clientUs / this.#count, ...(serverUs !== undefined && { serverUs }) }
  }
}

/**
 * Several modes share a process, so their CPU time cannot be read off it: each does the same operation many times
 * while the others rest. A delivery costs what it costs beyond a trigger that is announced to nobody.
 */
export async function measureCosts(setting: CostSetting): Promise<ReadonlyMap<Mode, ModeCosts>> {
  const { modes, plan } = setting
  const trigger = triggering(setting)
  const bare = new Job(undefined, () => trigger(undefined))
  const polls = modes.filter(({ arm }) => !isPush(arm)).map((mode) => pollJob(setting, mode))
  const pushes = modes.filter(({ arm }) => isPush(arm)).map((mode) => new Job(mode, () => trigger(mode)))
  const jobs = [...(pushes.length > 0 ? [bare] : []), ...polls.map(({ job }) => job), ...pushes]
  const share = (BUDGET_MS * plan.costOperations) / (ROUNDS * jobs.length)
  try {
    for (let round = 0; round < ROUNDS; round++) {
      for (const job of jobs) await job.take(setting, plan.costOperations / ROUNDS, share, round > 0)
    }
  } finally {
    await Promise.all(polls.map(({ close }) => close()))
  }
  return new Map(
    jobs.flatMap((job) =>
      job.mode === undefined
        ? []
        : [[job.mode, isPush(job.mode.arm) ? above(job.costs, bare.costs) : job.costs] as const],
    ),
  )
}

/** What is not measurably more than nothing is not told. */
function above(whole: ModeCosts, part: ModeCosts): ModeCosts {
  const more = (a = 0, b = 0): number | undefined => (a > b ? a - b : undefined)
  const clientUs = more(whole.clientUs, part.clientUs)
  const serverUs = more(whole.serverUs, part.serverUs)
  return { ...(clientUs !== undefined && { clientUs }), ...(serverUs !== undefined && { serverUs }) }
}

/** Makes an event that one mode is told of, or none, and waits until it is known. */
function triggering(setting: CostSetting): (mode: Mode | undefined) => Promise<void> {
  const { plan, triggers, tools } = setting
  let seq = plan.timeline.events.length + 1
  return async (mode) => {
    const event = { seq: seq++, at: 0, warm: true, ...(mode && { assigned: mode.arm.name }) }
    const seen = mode === undefined ? undefined : setting.seen(mode, triggers.idOf(event))
    triggers.fire(event, tools.clock.monotonic())
    await triggers.settled()
    if (seen !== undefined) await withPatience(seen, setting)
  }
}

/** Waits for a sighting, but not for ever: an event may be lost. */
async function withPatience(seen: Promise<void>, { tools }: CostSetting): Promise<void> {
  const enough = new AbortController()
  await Promise.race([seen, tools.clock.sleep(PATIENCE_MS, enough.signal)])
  enough.abort()
}

function pollJob(
  { tools, stop }: CostSetting,
  mode: Mode,
): { readonly job: Job; readonly close: () => Promise<void> } {
  const { arm } = mode
  const caller = tools.net.openCaller(1)
  if (arm.kind !== 'poll' && arm.kind !== 'conditional') throw new TypeError(`${arm.kind} does not poll`)
  const question = new Question(arm, arm.kind === 'conditional', {
    caller,
    clock: tools.clock,
    stop,
    read: () => [],
    random: () => 0,
    observer: new Observer(),
    counts: new ModeCounts(),
    governor: new Governor({ leastGapMs: 0 }, () => {}),
  })
  return { job: new Job(mode, () => question.ask(PATIENCE_MS)), close: () => caller.close() }
}
