import type { DeliveryOutcome } from '../core/delivery.ts'
import type { Refusal, Summary } from '../core/events.ts'
import { globMatches } from '../core/glob.ts'
import type {
  Answer,
  Assessment,
  Clock,
  NewDebt,
  Receiver,
  ReceiverHooks,
  Reporter,
  RequestHead,
  Store,
} from '../core/ports.ts'
import type { Query } from '../core/query.ts'
import { matches } from '../core/query.ts'
import type { CapturedRequest, NewRequest, RequestId } from '../core/request.ts'
import { pathOf } from '../core/request.ts'
import type { ChallengeAnswer, Examination } from './assess.ts'
import { isLooping, LOOP_ANSWER } from './forward/outgoing.ts'
import type { Forwarding } from './forward/passing.ts'
import { Passing } from './forward/passing.ts'

export interface ListenOptions {
  /** What a sender gets for a request that was kept. */
  readonly answer: Answer
  /** Only requests on this path are taken; others get 404 and are not kept. */
  readonly path?: string
  /** What is shown and counted. All requests are kept. */
  readonly filter: Query
  /** A request whose signature is wrong or out of time gets 401, and is kept all the same. */
  readonly rejectInvalid: boolean
  /** Ends after so many requests that pass the filter. */
  readonly count?: number
  /** Ends after so many milliseconds. */
  readonly forMs?: number
  /** Ends after the first request that passes. */
  readonly until?: Query
  /** How long requests in flight may take to finish once we are told to stop, in milliseconds. */
  readonly graceMs: number
}

export interface ListenDeps {
  readonly reporter: Reporter
  readonly clock: Clock
  /** Identifies, verifies and answers challenges; never throws whatever a stranger sends. */
  examine(request: NewRequest): Examination
  /** Fetches the URL that confirms a subscription; absent where the user did not ask for it. */
  confirm?(url: string): Promise<DeliveryOutcome>
  /** Passes requests on; absent where nobody named a target. */
  readonly forwarding?: Forwarding
  /** Opens the socket. */
  receive(hooks: ReceiverHooks): Promise<Receiver>
  /** Opens the store: after the socket, so that a busy port leaves no file behind. */
  openStore(): Promise<Store>
  /** Tells where we listen, once we do. */
  ready(receiver: Receiver, store: Store): Promise<void>
  /** Aborted: drain and stop. */
  readonly stop: AbortSignal
}

/** How long we wait at the end for a reader of our output that takes nothing, in milliseconds. */
const PRINT_PATIENCE_MS = 2000

/** Captures until told to stop. Resolves with what was done, after all is answered, kept and reported. */
export async function listen(options: ListenOptions, deps: ListenDeps): Promise<Summary> {
  const { reporter, clock } = deps
  const startedAt = clock.monotonic()
  const session = new Session(options, deps)
  const receiver = await deps.receive(session.hooks)
  let store: Store | undefined
  try {
    store = await session.open()
    await deps.ready(receiver, store)
    const cancelTimer =
      options.forMs === undefined ? undefined : clock.after(options.forMs, () => session.end())
    await aborted(AbortSignal.any([session.ended, deps.stop]))
    cancelTimer?.()
    const wasTold = deps.stop.aborted
    const inFlight = receiver.inFlight() + (wasTold ? (session.passing?.attempts() ?? 0) : 0)
    if (inFlight > 0) reporter.report({ type: 'draining', inFlight, wasTold })
    await receiver.close(options.graceMs)
    // Who ends by itself has done its work when what it captured is passed on; who is told to end stops.
    await session.passing?.tryDue(deps.stop)
    const undelivered = await session.passing?.stop()
    const summary = session.summary(clock.monotonic() - startedAt, undelivered)
    reporter.report({ type: 'stopped', summary })
    return summary
  } finally {
    receiver.destroy()
    await session.passing?.stop()
    await reporter.close(PRINT_PATIENCE_MS)
    await store?.close()
  }
}

/** One run of the listener: what it has taken so far, and whether that is enough. */
class Session {
  readonly hooks: ReceiverHooks
  /** Absent where nothing is passed on. */
  readonly passing: Passing | undefined
  readonly #options: ListenOptions
  readonly #deps: ListenDeps
  readonly #done = new AbortController()
  /** Requests that come while the store is being opened wait for this. */
  readonly #opening: Promise<Store>
  #startOpening: () => void = () => {}
  #store: Store | undefined
  /** They came when as many as asked for had been shown. */
  readonly #late = new Set<RequestId>()
  #captured = 0
  #shown = 0
  #invalid = 0
  #refused = 0
  #refusedByStore = 0

  constructor(options: ListenOptions, deps: ListenDeps) {
    this.#options = options
    this.#deps = deps
    this.passing = deps.forwarding && this.#passTo(deps.forwarding)
    this.#opening = new Promise<void>((resolve) => {
      this.#startOpening = resolve
    }).then(async () => {
      const store = await deps.openStore()
      this.passing?.open(store)
      return store
    })
    // Whoever waits for it is told; until somebody does, it is no unhandled rejection.
    this.#opening.catch(() => {})
    this.hooks = {
      admit: (head) => this.#admit(head),
      handle: (request) => this.#handle(request),
      onRefused: (refusal) => this.#onRefused(refusal),
    }
  }

  get ended(): AbortSignal {
    return this.#done.signal
  }

  end(): void {
    this.#done.abort()
  }

  async open(): Promise<Store> {
    this.#startOpening()
    this.#store = await this.#opening
    this.passing?.wake()
    return this.#store
  }

  summary(durationMs: number, undelivered: number | undefined): Summary {
    const summary = { captured: this.#captured, invalid: this.#invalid, refused: this.#refused, durationMs }
    return undelivered === undefined ? summary : { ...summary, undelivered }
  }

  #admit(head: RequestHead): ReturnType<NonNullable<ReceiverHooks['admit']>> {
    const { path } = this.#options
    // Also where we pass nothing on ourselves: a worker on our store may be aimed at us.
    if (isLooping(head.headers)) return { answer: LOOP_ANSWER, reason: 'loop' }
    if (path === undefined || globMatches(path, pathOf(head.target), 'path')) return undefined
    return { answer: NOT_SERVED, reason: 'path-not-served' }
  }

  async #handle(request: NewRequest): Promise<Answer> {
    const store = this.#store ?? (await this.#opening)
    const { assessment, handshake } = this.#deps.examine(request)
    const { status } = assessment.verdict
    const isInvalid = status === 'invalid' || status === 'stale'
    const isRejected = isInvalid && this.#options.rejectInvalid
    const isOurs = isRejected || handshake !== undefined
    const debts = isOurs ? NO_DEBTS : (this.passing?.debtsOf(request, assessment) ?? NO_DEBTS)
    const captured = await store.capture(request, assessment, debts)
    this.#captured++
    if (isInvalid) this.#invalid++
    if (this.#refusedByStore > 0) {
      this.#deps.reporter.report({ type: 'recovered', refused: this.#refusedByStore })
      this.#refusedByStore = 0
    }
    // Begun before it is shown: the sender waits for the one, and nobody for the other.
    const passing = this.passing?.passOn(captured, assessment, debts)
    this.#show(captured, assessment)
    if (handshake !== undefined) return this.#shakeHands(captured.id, handshake)
    if (isRejected) return REJECTED
    return passing ?? this.#options.answer
  }

  #passTo(forwarding: Forwarding): Passing {
    const { reporter } = this.#deps
    const { filter } = this.#options
    return new Passing(forwarding, {
      // As it was judged when it came: a filter that asks for deliveries would now give another answer.
      isHidden: ({ request, identity, verdict }) =>
        this.#late.has(request.id) || !matches(filter, { request, identity, verdict, deliveries: [] }),
      onAttempt: (attempt) => reporter.report({ type: 'delivery', attempt }),
      onTrouble: (detail) => reporter.report({ type: 'trouble', detail }),
    })
  }

  #shakeHands(requestId: RequestId, { answer, ...known }: ChallengeAnswer): Answer {
    const { reporter } = this.#deps
    const notice = { requestId, ...known }
    const confirming = known.confirmUrl === undefined ? undefined : this.#deps.confirm?.(known.confirmUrl)
    if (confirming === undefined) {
      reporter.report({ type: 'handshake', handshake: notice })
    } else {
      // The provider waits for our answer: what it asks for is done after that.
      void confirming.then((confirmed) =>
        reporter.report({ type: 'handshake', handshake: { ...notice, confirmed } }),
      )
    }
    return answer
  }

  #onRefused(refusal: Refusal): void {
    this.#refused++
    if (refusal.reason === 'store-failed') this.#refusedByStore++
    this.#deps.reporter.report({ type: 'refused', refusal })
  }

  #show(request: CapturedRequest, assessment: Assessment): void {
    const { filter, count, until } = this.#options
    // With --count 1, a second one that came in the same instant is kept, but was not asked for.
    if (count !== undefined && this.#shown >= count) {
      this.#late.add(request.id)
      return
    }
    const stored = { request, ...assessment, deliveries: [] }
    if (matches(filter, stored)) {
      this.#shown++
      this.#deps.reporter.report({ type: 'request', request, assessment })
      if (this.#shown === count) this.end()
    }
    if (until !== undefined && matches(until, stored)) this.end()
  }
}

const NO_DEBTS: readonly NewDebt[] = []

const NOT_SERVED: Answer = {
  status: 404,
  headers: [['Content-Type', 'application/json']],
  body: Buffer.from('{"error":"nothing listens on this path"}'),
}

const REJECTED: Answer = {
  status: 401,
  headers: [['Content-Type', 'application/json']],
  body: Buffer.from('{"error":"invalid signature"}'),
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}
