import type { BenchTools, Caller } from '../../core/bench/ports.ts'
import { outcomeName, wasAccepted } from '../../core/delivery.ts'
import { AppError } from '../../core/errors.ts'
import type { Governor } from './governor.ts'
import type { Ledger, LedgerEvent, ReadIds } from './ledger.ts'
import type { Trigger } from './plan.ts'
import type { PlannedEvent } from './schedule.ts'
import { fillRequest } from './template.ts'

/** So many triggers may be under way at once; one more waits, and counts from when it was due all the same. */
const MOST_IN_FLIGHT = 64
const TIMEOUT_MS = 10_000
/** A trigger sent so much after its time is counted as late, milliseconds. */
const LATE_MS = 10
/** After so many failures in a row there is no target any more. */
const DEAD_AFTER = 10

export interface TriggerSetting {
  readonly trigger: Trigger
  readonly run: string
  readonly payload: string
  /** The origin is our own service, on this machine's clock. */
  readonly isOwnOrigin: boolean
  readonly caller: Caller
  readonly tools: BenchTools
  readonly ledger: Ledger
  readonly governor: Governor
  readonly read: ReadIds
  readonly stop: AbortSignal
  /** Told once, when nothing has succeeded for long. */
  readonly onDead: (code: string) => void
}

/** What came of one trigger. */
type Fired =
  | { readonly failure: string }
  | { readonly ids: readonly string[]; readonly committedAt?: number | undefined }

/** Where the sample service says when an event was there, in monotonic nanoseconds. */
const COMMITTED = /"committed_ns":"(\d{1,20})"/

/** Makes events happen, each at its time and never waiting for what came of an earlier one. */
export class Triggers {
  late = 0
  failed = 0
  readonly #setting: TriggerSetting
  readonly #waiting: LedgerEvent[] = []
  readonly #underWay = new Set<Promise<void>>()
  #failedInARow = 0

  constructor(setting: TriggerSetting) {
    this.#setting = setting
  }

  /** Fires all of them, each at its time from the run's begin on; resolves with the last, or when it is stopped. */
  fireAll(events: readonly PlannedEvent[], beginAt: number): Promise<void> {
    const { stop, tools } = this.#setting
    return new Promise((resolve) => {
      const fireFrom = (index: number): void => {
        const event = events[index]
        if (event === undefined || stop.aborted) return end()
        cancel = tools.clock.at(beginAt + event.at, () => {
          this.fire(event, beginAt + event.at)
          fireFrom(index + 1)
        })
      }
      let cancel = (): void => {}
      const end = (): void => {
        cancel()
        stop.removeEventListener('abort', end)
        resolve()
      }
      stop.addEventListener('abort', end)
      fireFrom(0)
    })
  }

  /** @param scheduledAt the instant it was due: its delay begins here */
  fire(planned: PlannedEvent, scheduledAt: number): LedgerEvent {
    const event: LedgerEvent = { ...planned, scheduledAt }
    this.#setting.ledger.add(event, this.idOf(event))
    if (this.#underWay.size >= MOST_IN_FLIGHT) this.#waiting.push(event)
    else this.#begin(event)
    return event
  }

  idOf({ seq }: PlannedEvent): string {
    return `${this.#setting.run}-${seq}`
  }

  /**
   * Where no trigger of the warm-up worked, none will: better said now than after the whole run.
   * @throws AppError `bench-refused`
   */
  mustHaveWorked(): void {
    const { trigger, ledger } = this.#setting
    const failed = ledger.events.find(({ failure }) => failure !== undefined)
    const hasWorked = ledger.events.some(({ ackAt, failure }) => ackAt !== undefined && failure === undefined)
    if (failed?.failure === undefined || hasWorked) return
    throw new AppError('bench-refused', {
      step: 'trigger',
      url: trigger.kind === 'request' ? trigger.template.url : trigger.command,
      outcome: failed.failure,
    })
  }

  /** Resolves when every answer is here. */
  async settled(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay)
  }

  #begin(event: LedgerEvent): void {
    const task = this.#send(event).finally(() => {
      this.#underWay.delete(task)
      const next = this.#waiting.shift()
      if (next !== undefined) this.#begin(next)
    })
    this.#underWay.add(task)
  }

  async #send(event: LedgerEvent): Promise<void> {
    const { tools, governor, ledger, stop, onDead } = this.#setting
    const { clock } = tools
    // A target that asks to be left alone gets no events meanwhile; later they would be others.
    if (stop.aborted || governor.isPaused(clock) || !governor.spend()) {
      event.failure = 'not sent'
      return
    }
    event.sentAt = clock.monotonic()
    if (event.sentAt - event.scheduledAt > LATE_MS) this.late++
    const fired = await this.#ask(event)
    event.ackAt = clock.monotonic()
    if ('ids' in fired) {
      this.#failedInARow = 0
      for (const id of fired.ids) ledger.name(event, id)
      if (fired.committedAt !== undefined) event.committedAt = fired.committedAt
      return
    }
    event.failure = fired.failure
    if (stop.aborted) return
    this.failed++
    if (++this.#failedInARow === DEAD_AFTER) onDead(fired.failure)
  }

  #ask(event: LedgerEvent): Promise<Fired> {
    const { trigger } = this.#setting
    return trigger.kind === 'request'
      ? this.#request(trigger.template, event)
      : this.#command(trigger.command, event)
  }

  async #request(template: Parameters<typeof fillRequest>[0], event: LedgerEvent): Promise<Fired> {
    const { caller, payload, read, stop, governor, tools } = this.#setting
    const places = {
      id: this.idOf(event),
      seq: String(event.seq),
      payload,
      // Where the sample service announces the event, and nowhere else.
      channels: JSON.stringify(event.assigned === undefined ? [] : [event.assigned]),
    }
    const options = { timeoutMs: TIMEOUT_MS, signal: stop }
    const outcome = await caller.call(fillRequest(template, places), options)
    if (outcome.kind === 'response') governor.heed(outcome, tools.clock)
    if (outcome.kind !== 'response' || !wasAccepted(outcome)) return { failure: outcomeName(outcome) }
    const ids = read(outcome.headers, outcome.body)
    return this.#setting.isOwnOrigin ? { ids, committedAt: this.#committedAt(outcome.body) } : { ids }
  }

  #committedAt(body: Uint8Array): number | undefined {
    const [, nanoseconds] = COMMITTED.exec(Buffer.from(body).toString('latin1')) ?? []
    return nanoseconds === undefined ? undefined : this.#setting.tools.machine.instantOf(BigInt(nanoseconds))
  }

  async #command(command: string, event: LedgerEvent): Promise<Fired> {
    const { tools, read, payload, stop } = this.#setting
    const env = {
      WEBHOOK_BENCH_ID: this.idOf(event),
      WEBHOOK_BENCH_SEQ: String(event.seq),
      WEBHOOK_BENCH_PAYLOAD: payload,
    }
    const done = await tools.commands.run(command, env, { timeoutMs: TIMEOUT_MS, signal: stop })
    return done.ok ? { ids: read([], done.output) } : { failure: done.code }
  }
}
