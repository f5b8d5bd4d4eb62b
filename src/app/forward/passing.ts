import { isAppError } from '../../core/errors.ts'
import type { AttemptNotice } from '../../core/events.ts'
import type { Answer, Assessment, NewDebt, Store } from '../../core/ports.ts'
import type { StoredRequest } from '../../core/query.ts'
import type { CapturedRequest, NewRequest, RequestId } from '../../core/request.ts'
import { named } from '../../core/request.ts'
import type { Courier } from './courier.ts'
import type { Router } from './destinations.ts'
import { nameOf } from './destinations.ts'
import type { Attempted } from './dispatch.ts'
import { mirrored } from './outgoing.ts'

/** Where requests go on to. */
export interface Forwarding {
  readonly router: Router
  /** The sender gets the answer of the first target; otherwise our own at once. */
  readonly isMirrored: boolean
  start(store: Store, onAttempt: (attempted: Attempted) => void, onFailure: (error: unknown) => void): Courier
}

/** Who is told of what becomes of requests that are passed on. */
export interface PassingListener {
  /** True for a request whose arrival is not shown. */
  isHidden(stored: StoredRequest): boolean
  onAttempt(attempt: AttemptNotice): void
  /** The code of an error, or its words: a delivery could not be recorded. */
  onTrouble(detail: string): void
}

/** A listener's requests on their way to those they are owed to. */
export class Passing {
  readonly #forwarding: Forwarding
  readonly #listener: PassingListener
  #courier: Courier | undefined
  /** Requests whose sender waits for an answer, and the destination that gives it. */
  readonly #mirrored = new Map<RequestId, string>()

  constructor(forwarding: Forwarding, listener: PassingListener) {
    this.#forwarding = forwarding
    this.#listener = listener
  }

  open(store: Store): void {
    this.#courier = this.#forwarding.start(store, this.#onAttempt, (error) =>
      this.#listener.onTrouble(isAppError(error) ? error.code : String(error)),
    )
  }

  /** What an earlier run has left is due now. */
  wake(): void {
    this.#courier?.wake()
  }

  /** Attempts under way, without those that a sender waits for. */
  attempts(): number {
    return this.#courier?.inFlight() ?? 0
  }

  /** Made with the capture, so that no crash between the two forgets them. */
  debtsOf(request: NewRequest, { identity, verdict }: Assessment): readonly NewDebt[] {
    const { router, isMirrored } = this.#forwarding
    const unnamed = { request: named(request, '', 0), identity, verdict, deliveries: [] }
    return router.assign(unnamed).map(({ destination, orderKey }, index) => {
      const isFirst = index === 0 && router.destinations.get(destination)?.kind === 'http'
      const taken = isMirrored && isFirst
      return orderKey === undefined ? { destination, taken } : { destination, orderKey, taken }
    })
  }

  /** @returns the answer of the app whose answer the sender gets; undefined where it gets ours */
  passOn(
    request: CapturedRequest,
    assessment: Assessment,
    debts: readonly NewDebt[],
  ): Promise<Answer> | undefined {
    const courier = this.#courier
    const [first] = debts
    if (debts.some(({ taken }) => !taken)) courier?.wake()
    return courier === undefined || first?.taken !== true
      ? undefined
      : this.#answerOf(courier, { request, ...assessment, deliveries: [] }, first)
  }

  async #answerOf(courier: Courier, stored: StoredRequest, debt: NewDebt): Promise<Answer> {
    const { id, method } = stored.request
    this.#mirrored.set(id, debt.destination)
    const { outcome } = await courier.deliver(stored, { ...debt, requestId: id, attempts: 0 })
    if (outcome.kind === 'exit') throw new TypeError('a command answers nobody')
    return mirrored(outcome, method)
  }

  /** Resolves once all that is due has been tried. */
  async tryDue(stop: AbortSignal): Promise<void> {
    if (!stop.aborted) await this.#courier?.tryDue(stop)
  }

  /** @returns how many deliveries are left to be made; undefined where it was stopped before */
  async stop(): Promise<number | undefined> {
    const courier = this.#courier
    if (courier === undefined) return undefined
    this.#courier = undefined
    await courier.stop()
    const { waiting, givenUp } = await courier.count()
    return waiting + givenUp
  }

  readonly #onAttempt = ({ stored, destination, delivery, settlement }: Attempted): void => {
    const { id, method, target } = stored.request
    // Another target may be faster than the one whose answer counts.
    const isMirrored = this.#mirrored.get(id) === nameOf(destination)
    if (isMirrored) this.#mirrored.delete(id)
    const isHidden = this.#listener.isHidden(stored)
    this.#listener.onAttempt({ request: { id, method, target }, delivery, settlement, isMirrored, isHidden })
  }
}
