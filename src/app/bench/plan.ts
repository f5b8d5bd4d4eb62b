import type { BenchDesign, BenchTarget } from '../../core/bench/result.ts'
import type { StreamTarget } from '../../core/bench/ports.ts'
import type { RawHeaders } from '../../core/request.ts'
import type { PlannedEvent, Timeline } from './schedule.ts'
import type { Selector } from './selector.ts'
import type { RequestTemplate } from './template.ts'

/** When the next poll begins. Milliseconds. */
export interface Pace {
  readonly intervalMs: number
  /** `grid`: from start to start, on an absolute grid. `sleep`: from an answer to the next start. */
  readonly mode: 'grid' | 'sleep'
  /** The interval varies uniformly by this share of itself. */
  readonly jitter: number
  /** Each poll that finds nothing multiplies the gap, up to `maxMs`; one that finds something resets it. */
  readonly backoff?: { readonly factor: number; readonly maxMs: number }
}

/** What a poll asks for, so that it gets only what is newer than it knows. */
export interface Since {
  readonly param: string
  /** Where the last answer tells the value; without it, the last event's id is the value. */
  readonly from?: Selector
}

interface Asking {
  readonly name: string
  readonly url: string
  readonly headers: RawHeaders
  readonly since?: Since
}

export interface PollArm extends Asking {
  readonly kind: 'poll' | 'conditional'
  readonly pace: Pace
  /** An answer brings one event: after each the next is asked for at once. */
  readonly drain: boolean
}

export interface LongPollArm extends Asking {
  readonly kind: 'longpoll'
}

/** A mode under test: one way to learn of events. */
export type Arm =
  | PollArm
  | LongPollArm
  | { readonly kind: 'webhook'; readonly name: string }
  | { readonly kind: 'sse' | 'ws'; readonly name: string; readonly target: StreamTarget }

/** Where deliveries come in, and how to ask for them. */
export interface WebhookPlan {
  readonly host: string
  readonly port: number
  /** What a sender is answered. */
  readonly status: number
  /** What the sender calls, where it is not the inbox's own address. */
  readonly publicUrl?: string
  readonly subscribe?: RequestTemplate
  readonly unsubscribe?: RequestTemplate
}

export type Trigger =
  | { readonly kind: 'request'; readonly template: RequestTemplate }
  | { readonly kind: 'command'; readonly command: string }

export interface BenchPlan {
  readonly seed: string
  /** What events are called in this run: `<run>-<seq>`. */
  readonly run: string
  readonly target: BenchTarget
  readonly design: BenchDesign
  readonly timeline: Timeline
  readonly arms: readonly Arm[]
  /** So many clients for each mode; each event is timed at one of them. */
  readonly subscribers: number
  /** Tried in turn; the run's own ids are looked for last. */
  readonly selectors: readonly Selector[]
  /** Absent: somebody else makes the events. */
  readonly trigger?: Trigger
  readonly webhook?: WebhookPlan
  /** Requests to measure a request's own time with, before anything else. */
  readonly probes: number
  /** How long the last detections are waited for, milliseconds. */
  readonly drainMs: number
  /** Operations to measure CPU time with, for each mode; 0: none. Only where the origin is ours. */
  readonly costOperations: number
  /** Least time between two requests of one client that nothing else keeps apart, milliseconds. */
  readonly leastGapMs: number
  /** More requests than this are not sent, whatever happens. */
  readonly maxRequests?: number
}

/** Push modes share the events out among themselves; polls see them all. */
export function isPush(arm: Arm): boolean {
  return arm.kind !== 'poll' && arm.kind !== 'conditional'
}

/** Whether a mode is to learn of an event: of those that fall between two turns no push mode is. */
export function isOffered(
  { design }: Pick<BenchPlan, 'design'>,
  arm: Arm,
  { warm, assigned }: Pick<PlannedEvent, 'warm' | 'assigned'>,
): boolean {
  return !warm && (!isPush(arm) || design.pushAssignment === 'all' || assigned === arm.name)
}
