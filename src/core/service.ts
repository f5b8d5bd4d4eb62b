import type { DeliveryOutcome } from './delivery.ts'
import type { RawHeaders } from './request.ts'
import type { Clock, Forwarder, Random } from './ports.ts'

/** How the sample service is set up. */
export interface ServiceSettings {
  readonly host: string
  /** 0 takes any free port. */
  readonly port: number
  /** What clients must show; without it everybody who can reach the service may use it. */
  readonly token?: string
  /** Webhooks may go to other machines. */
  readonly allowRemote: boolean
  /** Makes events by itself. */
  readonly emit?: { readonly perSecond: number; readonly random: Random }
  readonly retry: RetryPolicy
}

/** When a webhook that was not accepted is tried again: after `firstMs`, then twice as long each time. */
export interface RetryPolicy {
  /** Attempts in all, the first included. */
  readonly attempts: number
  readonly firstMs: number
  readonly mostMs: number
  /** For one attempt. */
  readonly timeoutMs: number
}

/** What is signed for one attempt to deliver a webhook. */
export interface WebhookMessage {
  /** The same on each attempt: by it a receiver knows what it has had already. */
  readonly id: string
  readonly body: Uint8Array
  /** Epoch milliseconds. */
  readonly now: number
}

/** Signs what goes to one subscriber. */
export interface WebhookSigner {
  /** The headers of a signed webhook. */
  sign(message: WebhookMessage): RawHeaders
  /** Does ahead what can be done of the next signature before its message is known. */
  prepare(): void
}

/** What the service does its work with. */
export interface ServiceTools {
  readonly clock: Clock
  readonly random: Random
  /** Monotonic nanoseconds with the same origin in every process of the machine. */
  readonly nanoseconds: () => bigint
  readonly forwarder: Forwarder
  readonly signer: (secret: string) => WebhookSigner
  /** A new secret for a subscription that brought none. */
  readonly makeSecret: () => string
  /** True where messages can be signed with it. */
  readonly isSecret: (text: string) => boolean
  /** Where its data are kept; without it they end with the service. */
  readonly rows?: ServiceRows
  readonly report: (activity: ServiceActivity) => void
}

/** A table of texts by key, for data that outlive the process. */
export interface ServiceRows {
  /** A name for people: the file's path. */
  readonly location: string
  /** All rows of a table, in the order in which their keys were first written. */
  all(table: string): readonly { readonly key: string; readonly value: string }[]
  put(table: string, key: string, value: string): void
  remove(table: string, key: string): void
  close(): void
}

export interface RunningService {
  readonly host: string
  readonly port: number
  /** Takes nothing new, lets what is under way finish for at most `graceMs`, then cuts what is left. */
  close(graceMs: number): Promise<void>
}

/** What the service has to tell while it runs. Times are epoch milliseconds. */
export type ServiceActivity =
  | {
      readonly type: 'request'
      readonly at: number
      readonly method: string
      readonly target: string
      readonly status: number
      readonly durationMs: number
    }
  | {
      readonly type: 'event'
      readonly at: number
      readonly seq: number
      readonly id: string
      readonly event: string
    }
  | {
      readonly type: 'delivery'
      readonly at: number
      readonly id: string
      readonly event: string
      readonly url: string
      readonly attempt: number
      readonly outcome: DeliveryOutcome
      readonly durationMs: number
      /** Milliseconds until the next attempt; absent where there is none. */
      readonly retryInMs?: number
    }
  /** The subscriber said that it wants no more (410). */
  | { readonly type: 'disabled'; readonly at: number; readonly url: string }
  /** Something in us went wrong; the client got 500. */
  | { readonly type: 'bug'; readonly at: number; readonly error: unknown }
