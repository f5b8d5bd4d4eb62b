import type { Caller } from '../../core/bench/ports.ts'
import type { DeliveryOutcome } from '../../core/delivery.ts'
import { headerValue } from '../../core/headers.ts'
import type { Clock, Outgoing } from '../../core/ports.ts'
import type { RawHeaders } from '../../core/request.ts'
import type { ModeCounts } from './counts.ts'
import type { Governor } from './governor.ts'
import type { Observer, ReadIds } from './ledger.ts'
import type { LongPollArm, Pace, PollArm, Since } from './plan.ts'
import { select } from './selector.ts'

/** A client that asks, whoever it asks for. */
export interface Asker {
  readonly caller: Caller
  readonly observer: Observer
  readonly counts: ModeCounts
  readonly governor: Governor
  readonly clock: Clock
  readonly read: ReadIds
  /** Uniform in [0, 1). */
  readonly random: () => number
  readonly stop: AbortSignal
}

/** A poll is given up after this; a target that stands still for a while shall not look dead. */
const POLL_TIMEOUT_MS = 10_000
/** The longest that a target may hold a long poll. */
const HOLD_TIMEOUT_MS = 60_000
/** Between long polls that a target does not hold, or that fail: ours shall not become a flood. */
const NOT_HELD_MS = 100

/** Polls at its pace until it is stopped. The first poll comes at a random instant of the first interval. */
export async function poll(arm: PollArm, asker: Asker): Promise<void> {
  const { clock, stop, governor, random } = asker
  const question = new Question(arm, arm.kind === 'conditional', asker)
  let pace = arm.pace
  let due = clock.monotonic() + random() * pace.intervalMs
  let emptyPolls = 0
  for (;;) {
    await clock.sleep(due - clock.monotonic(), stop)
    if (stop.aborted) return
    let found = await question.ask(POLL_TIMEOUT_MS)
    const foundAny = found.fresh > 0
    while (arm.drain && found.fresh > 0 && !stop.aborted) {
      if (governor.leastGapMs > 0) await clock.sleep(governor.leastGapMs, stop)
      found = await question.ask(POLL_TIMEOUT_MS)
    }
    emptyPolls = foundAny ? 0 : emptyPolls + 1
    pace = governor.slowedBy(pace, found.askedInterval)
    due = nextDue(pace, { due, now: clock.monotonic(), emptyPolls, random: random() })
  }
}

/**
 * The instant of the next poll. A grid is absolute: an answer that came late moves no later poll, and polls whose
 * time has passed are left out.
 */
export function nextDue(
  { intervalMs, mode, jitter, backoff }: Pace,
  now: {
    readonly due: number
    readonly now: number
    /** Polls since the last that found something, this one counted. */
    readonly emptyPolls: number
    readonly random: number
  },
): number {
  const gap =
    backoff === undefined
      ? intervalMs
      : Math.min(intervalMs * backoff.factor ** now.emptyPolls, backoff.maxMs)
  const varied = gap * (1 + jitter * (2 * now.random - 1))
  if (mode === 'sleep') return now.now + varied
  const next = now.due + varied
  if (next >= now.now) return next
  return next + Math.ceil((now.now - next) / gap) * gap
}

/** Asks, and asks again as soon as it is answered, until it is stopped. */
export async function longPoll(arm: LongPollArm, asker: Asker): Promise<void> {
  const { clock, stop, governor } = asker
  const question = new Question(arm, true, asker)
  const leastMs = Math.max(NOT_HELD_MS, governor.leastGapMs)
  while (!stop.aborted) {
    const begun = clock.monotonic()
    const found = await question.ask(HOLD_TIMEOUT_MS)
    const pauseMs = leastMs - (clock.monotonic() - begun)
    if (found.fresh === 0 && pauseMs > 0) await clock.sleep(pauseMs, stop)
  }
}

interface Found {
  readonly fresh: number
  /** `X-Poll-Interval`, in milliseconds. */
  readonly askedInterval?: number | undefined
}

const NOTHING: Found = { fresh: 0 }

/** One question asked again and again: what is new since the last answer? */
export class Question {
  readonly #arm: PollArm | LongPollArm
  readonly #conditional: boolean
  readonly #asker: Asker
  #validators: RawHeaders = []
  #cursor: string | undefined

  constructor(arm: PollArm | LongPollArm, conditional: boolean, asker: Asker) {
    this.#arm = arm
    this.#conditional = conditional
    this.#asker = asker
  }

  async ask(timeoutMs: number): Promise<Found> {
    const { caller, counts, governor, clock, stop } = this.#asker
    await governor.ready(clock, stop)
    if (stop.aborted || !governor.spend()) return NOTHING
    counts.requests++
    const before = caller.traffic()
    const begun = clock.monotonic()
    const outcome = await caller.call(this.#request(), { timeoutMs, signal: stop })
    if (stop.aborted && outcome.kind !== 'response') return NOTHING
    if (outcome.kind !== 'response') {
      counts.fail(outcome.code)
      return NOTHING
    }
    counts.requestsMs.push(clock.monotonic() - begun)
    const fresh = this.#take(outcome)
    const after = caller.traffic()
    if (fresh === 0) counts.emptyBytes += after.rx - before.rx + after.tx - before.tx
    return { fresh, askedInterval: governor.heed(outcome, clock) }
  }

  #request(): Outgoing {
    const { url, headers, since } = this.#arm
    return {
      method: 'GET',
      url:
        since === undefined || this.#cursor === undefined ? url : withParam(url, since.param, this.#cursor),
      headers: [...headers, ...this.#validators],
      body: new Uint8Array(),
    }
  }

  #take({ status, headers, body }: Extract<DeliveryOutcome, { kind: 'response' }>): number {
    const { counts, observer, read, clock } = this.#asker
    counts.lastStatus = status
    if (status === 304) {
      counts.notModified++
      return 0
    }
    // What does not exist yet has nothing to show: many collections begin so.
    if (status >= 300 && status !== 404) {
      counts.fail(`HTTP ${status}`)
      return 0
    }
    const ids = status === 404 ? [] : read(headers, body)
    const fresh = observer.take(ids, clock.monotonic())
    if (fresh === 0) counts.empty200++
    if (this.#conditional) this.#validators = validatorsOf(headers)
    this.#cursor = cursorOf(this.#arm.since, headers, body, ids) ?? this.#cursor
    return fresh
  }
}

/** RFC 9110 §13: both are sent back, as some servers tell two changes within a second only by the pair. */
function validatorsOf(headers: RawHeaders): RawHeaders {
  const etag = headerValue(headers, 'etag')
  const modified = headerValue(headers, 'last-modified')
  return [
    ...(etag === undefined ? [] : [['If-None-Match', etag] as const]),
    ...(modified === undefined ? [] : [['If-Modified-Since', modified] as const]),
  ]
}

function cursorOf(
  since: Since | undefined,
  headers: RawHeaders,
  body: Uint8Array,
  ids: readonly string[],
): string | undefined {
  if (since === undefined) return undefined
  return since.from === undefined ? ids.at(-1) : select(since.from, headers, body)[0]
}

function withParam(url: string, name: string, value: string): string {
  const parsed = new URL(url)
  parsed.searchParams.set(name, value)
  return parsed.href
}
