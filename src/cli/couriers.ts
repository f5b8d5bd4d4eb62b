import { Courier } from '../app/forward/courier.ts'
import type { Destination } from '../app/forward/destinations.ts'
import { withEarlierNames } from '../app/forward/destinations.ts'
import type { Forwarding } from '../app/forward/passing.ts'
import type { RunningNotice } from '../core/events.ts'
import type { Clock, Executor, Forwarder } from '../core/ports.ts'
import type { CliDeps } from './deps.ts'
import type { ForwardingPlan } from './forwarding.ts'

/** The ways to all destinations of a plan. */
export interface Couriers {
  readonly start: Forwarding['start']
  close(): Promise<void>
}

/** Opens what a plan needs and hands it to a courier. Close it once the courier has stopped. */
export async function openCouriers(
  plan: ForwardingPlan,
  deps: CliDeps,
  untilDone: boolean,
  onRunning: (run: RunningNotice) => void,
): Promise<Couriers> {
  const { router, options } = plan
  const destinations = [...router.destinations.values()]
  const forwarders = new Map<boolean, Forwarder>()
  for (const destination of destinations) {
    if (destination.kind === 'exec' || forwarders.has(destination.loopbackOnly)) continue
    const { loopbackOnly } = destination
    forwarders.set(loopbackOnly, await deps.openForwarder({ connections: options.concurrency, loopbackOnly }))
  }
  const executor: Executor | undefined = destinations.some(({ kind }) => kind === 'exec')
    ? telling(await deps.openExecutor(), deps.io.clock, onRunning)
    : undefined
  return {
    start: (store, onAttempt, onFailure) =>
      new Courier(
        { ...options, destinations: withEarlierNames(router.destinations), untilDone },
        {
          store,
          forwarderFor: (destination) => forwarderOf(forwarders, destination),
          ...(executor !== undefined && { executor }),
          clock: deps.io.clock,
          chance: () => Buffer.from(deps.random(4)).readUInt32LE() / 2 ** 32,
          onAttempt,
          onFailure,
        },
      ),
    async close(): Promise<void> {
      for (const forwarder of forwarders.values()) await forwarder.close()
    },
  }
}

/** How long a command runs before that is told, in milliseconds: most end sooner, and how they ended says all. */
const TOLD_AFTER_MS = 1000

function telling(executor: Executor, clock: Clock, onRunning: (run: RunningNotice) => void): Executor {
  return {
    async run(execution, options) {
      const cancel = clock.after(TOLD_AFTER_MS, () => onRunning(execution))
      try {
        return await executor.run(execution, options)
      } finally {
        cancel()
      }
    },
  }
}

function forwarderOf(forwarders: ReadonlyMap<boolean, Forwarder>, destination: Destination): Forwarder {
  const found = destination.kind === 'http' ? forwarders.get(destination.loopbackOnly) : undefined
  if (found === undefined) throw new TypeError('a destination without a way to it')
  return found
}
