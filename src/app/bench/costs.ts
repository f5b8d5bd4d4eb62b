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

/**
 * Several modes share a process, so their CPU time cannot be read off it: each does the same operation many times
 * while the others rest. A delivery costs what it costs beyond a trigger that is announced to nobody.
 */
export async function measureCosts(setting: CostSetting): Promise<ReadonlyMap<Mode, ModeCosts>> {
  const { modes, plan } = setting
  const costs = new Map<Mode, ModeCosts>()
  let seq = plan.timeline.events.length + 1
  const trigger = async (mode: Mode | undefined): Promise<void> => {
    const event = { seq: seq++, at: 0, warm: true, ...(mode && { assigned: mode.arm.name }) }
    const id = setting.triggers.idOf(event)
    const seen = mode === undefined ? undefined : setting.seen(mode, id)
    setting.triggers.fire(event, setting.tools.clock.monotonic())
    await setting.triggers.settled()
    if (seen !== undefined) await withPatience(seen, setting)
  }
  const bare = await perOperation(setting, () => trigger(undefined))
  for (const mode of modes) {
    if (setting.stop.aborted) return costs
    if (isPush(mode.arm)) {
      const told = await perOperation(setting, () => trigger(mode))
      costs.set(mode, { ...above(told, bare) })
    } else costs.set(mode, await pollCosts(setting, mode))
  }
  return costs
}

/** Waits for a sighting, but not for ever: an event may be lost. */
async function withPatience(seen: Promise<void>, { tools }: CostSetting): Promise<void> {
  const enough = new AbortController()
  await Promise.race([seen, tools.clock.sleep(PATIENCE_MS, enough.signal)])
  enough.abort()
}

function above(whole: ModeCosts, part: ModeCosts): ModeCosts {
  const difference = (a: number | undefined, b: number | undefined): number | undefined =>
    a === undefined || b === undefined ? undefined : Math.max(0, a - b)
  const clientUs = difference(whole.clientUs, part.clientUs)
  const serverUs = difference(whole.serverUs, part.serverUs)
  return { ...(clientUs !== undefined && { clientUs }), ...(serverUs !== undefined && { serverUs }) }
}

async function pollCosts(setting: CostSetting, { arm }: Mode): Promise<ModeCosts> {
  const { tools, stop } = setting
  if (arm.kind !== 'poll' && arm.kind !== 'conditional') return {}
  const caller = tools.net.openCaller(1)
  const question = new Question(arm, arm.kind === 'conditional', {
    caller,
    clock: tools.clock,
    stop,
    read: () => [],
    random: () => 0,
    observer: new Observer(),
    counts: new ModeCounts(),
    governor: new Governor(undefined, () => {}),
  })
  try {
    await question.ask(PATIENCE_MS)
    return await perOperation(setting, () => question.ask(PATIENCE_MS))
  } finally {
    await caller.close()
  }
}

async function perOperation(setting: CostSetting, operation: () => Promise<unknown>): Promise<ModeCosts> {
  const { plan, tools, stop } = setting
  const count = plan.costOperations
  const client = tools.machine.ownCpuUs()
  const server = setting.originCpuUs()
  let done = 0
  while (done < count && !stop.aborted) {
    await operation()
    done++
  }
  const serverAfter = setting.originCpuUs()
  return {
    clientUs: (tools.machine.ownCpuUs() - client) / Math.max(done, 1),
    ...(server !== undefined &&
      serverAfter !== undefined && { serverUs: (serverAfter - server) / Math.max(done, 1) }),
  }
}
