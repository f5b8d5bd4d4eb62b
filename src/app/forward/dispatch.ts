import type { Delivery } from '../../core/delivery.ts'
import type { Debt, Settlement } from '../../core/outbox.ts'
import type { Clock, Executor, Forwarder } from '../../core/ports.ts'
import type { StoredRequest } from '../../core/query.ts'
import type { Backoff } from './backoff.ts'
import type { Destination } from './destinations.ts'
import type { OutgoingOptions } from './outgoing.ts'
import { outgoingOf } from './outgoing.ts'
import { settlementOf } from './settlement.ts'

export interface DispatchOptions extends OutgoingOptions {
  /** By the name that the outbox knows them by. */
  readonly destinations: ReadonlyMap<string, Destination>
  /** Milliseconds for one attempt. */
  readonly timeoutMs: number
  /** Attempts after the first. */
  readonly retriesOf: (destination: Destination) => number
  readonly backoff: Backoff
  /** Bytes of an answer that are read; the store keeps the first 1 MiB of them. */
  readonly maxAnswerBytes: number
}

export interface DispatchDeps {
  forwarderFor(destination: Destination): Forwarder
  readonly executor?: Executor
  readonly clock: Clock
  /** From 0 up to 1. */
  chance(): number
}

/** An attempt, and what becomes of the debt. */
export interface Attempted {
  readonly stored: StoredRequest
  readonly destination: Destination
  readonly delivery: Delivery
  readonly settlement: Settlement
}

/** Makes single attempts, by whatever way a destination is reached, and judges them. Keeps nothing. */
export class Dispatcher {
  readonly #options: DispatchOptions
  readonly #deps: DispatchDeps
  readonly #cut: AbortSignal

  /** @param cut aborted: what is under way is cut short */
  constructor(options: DispatchOptions, deps: DispatchDeps, cut: AbortSignal) {
    this.#options = options
    this.#deps = deps
    this.#cut = cut
  }

  /** Never throws over the target or the command. */
  async attempt(stored: StoredRequest, debt: Debt): Promise<Attempted> {
    const { destinations, retriesOf, backoff } = this.#options
    const { clock } = this.#deps
    const destination = destinations.get(debt.destination)
    if (destination === undefined) throw new TypeError('a debt to a destination that is not ours')
    const attempt = debt.attempts + 1
    const run = await this.#run(stored, destination, attempt)
    const delivery: Delivery = {
      requestId: debt.requestId,
      cause: destination.kind === 'exec' ? 'exec' : 'forward',
      target: run.target,
      attempt,
      startedAt: run.startedAt,
      durationMs: run.durationMs,
      outcome: run.outcome,
    }
    const settlement = settlementOf(delivery.outcome, {
      attempt,
      isLast: attempt > retriesOf(destination),
      wasCut: this.#cut.aborted,
      backoff,
      chance: () => this.#deps.chance(),
      now: clock.now(),
    })
    return { stored, destination, delivery, settlement }
  }

  async #run(stored: StoredRequest, destination: Destination, attempt: number) {
    const { executor } = this.#deps
    const { timeoutMs, maxAnswerBytes } = this.#options
    const signal = this.#cut
    if (destination.kind === 'http') {
      const outgoing = outgoingOf(stored.request, destination.target, attempt, this.#options)
      const sent = await this.#deps
        .forwarderFor(destination)
        .deliver(outgoing, { timeoutMs, maxAnswerBytes, signal })
      return { ...sent, target: outgoing.url }
    }
    if (executor === undefined) throw new TypeError('a command without an executor')
    const { request, identity, verdict } = stored
    const { command, shell } = destination
    const run = await executor.run(
      { request, identity, verdict, command, shell, attempt },
      { timeoutMs, signal },
    )
    return { ...run, target: command.join(' ') }
  }
}
