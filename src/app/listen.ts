import type { Summary } from '../core/events.ts'
import { globMatches } from '../core/glob.ts'
import type { Answer, Assessment, Clock, Receiver, ReceiverHooks, Reporter, Store } from '../core/ports.ts'
import type { Query } from '../core/query.ts'
import { matches } from '../core/query.ts'
import type { CapturedRequest, NewRequest } from '../core/request.ts'
import { pathOf } from '../core/request.ts'

export interface ListenOptions {
  /** What a sender gets for a request that was kept. */
  readonly answer: Answer
  /** Only requests on this path are taken; others get 404 and are not kept. */
  readonly path?: string
  /** What is shown and counted. All requests are kept. */
  readonly filter: Query
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
  readonly store: Store
  readonly reporter: Reporter
  readonly clock: Clock
  /** Identifies and verifies: pure, and never throws whatever a stranger sends. */
  assess(request: NewRequest): Assessment
  /** Opens the socket. */
  receive(hooks: ReceiverHooks): Promise<Receiver>
  /** Tells where we listen, once we do. */
  ready(receiver: Receiver): Promise<void>
  /** Aborted: drain and stop. */
  readonly stop: AbortSignal
}

/** Captures until told to stop. Resolves with what was done, after the socket is closed and all is reported. */
export async function listen(options: ListenOptions, deps: ListenDeps): Promise<Summary> {
  const { store, reporter, clock } = deps
  const startedAt = clock.monotonic()
  const session = { captured: 0, shown: 0, invalid: 0, refused: 0, storeRefusals: 0 }
  const done = new AbortController()

  function passes(query: Query, request: CapturedRequest, assessment: Assessment): boolean {
    return matches(query, { request, ...assessment, deliveries: [] })
  }

  function show(request: CapturedRequest, assessment: Assessment): void {
    if (done.signal.aborted && session.shown === options.count) return
    if (passes(options.filter, request, assessment)) {
      session.shown++
      reporter.report({ type: 'request', request, assessment })
      if (session.shown === options.count) done.abort()
    }
    if (options.until !== undefined && passes(options.until, request, assessment)) done.abort()
  }

  const receiver = await deps.receive({
    admit: (head) =>
      options.path !== undefined && !globMatches(options.path, pathOf(head.target), 'path')
        ? { answer: NOT_SERVED, reason: 'path-not-served' }
        : undefined,

    async handle(request) {
      const assessment = deps.assess(request)
      const captured = await store.capture(request, assessment)
      session.captured++
      const { status } = assessment.verdict
      if (status === 'invalid' || status === 'stale') session.invalid++
      if (session.storeRefusals > 0) {
        reporter.report({ type: 'recovered', refused: session.storeRefusals })
        session.storeRefusals = 0
      }
      show(captured, assessment)
      return options.answer
    },

    onRefused(refusal) {
      session.refused++
      if (refusal.reason === 'store-failed') session.storeRefusals++
      reporter.report({ type: 'refused', refusal })
    },
  })

  const cancelTimer =
    options.forMs === undefined ? undefined : clock.after(options.forMs, () => done.abort())
  try {
    await deps.ready(receiver)
    await aborted(AbortSignal.any([done.signal, deps.stop]))
  } finally {
    cancelTimer?.()
    const inFlight = receiver.inFlight()
    if (inFlight > 0) reporter.report({ type: 'draining', inFlight })
    await receiver.close(options.graceMs)
  }
  const summary: Summary = {
    captured: session.captured,
    invalid: session.invalid,
    refused: session.refused,
    durationMs: clock.monotonic() - startedAt,
  }
  reporter.report({ type: 'stopped', summary })
  return summary
}

const NOT_SERVED: Answer = {
  status: 404,
  headers: [['Content-Type', 'application/json']],
  body: Buffer.from('{"error":"nothing listens on this path"}'),
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}
