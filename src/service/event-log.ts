import { globMatches } from '../core/glob.ts'
import type { Clock, Random } from '../core/ports.ts'
import type { ServiceRows } from '../core/service.ts'
import { newId } from './ids.ts'

/** A way to be told of an event. */
export type Channel = 'webhook' | 'sse' | 'ws' | 'longpoll'
export const CHANNELS: readonly Channel[] = ['webhook', 'sse', 'ws', 'longpoll']

export interface LoggedEvent {
  /** Place in the log, from 1, without gaps. */
  readonly seq: number
  readonly id: string
  /** Epoch milliseconds. */
  readonly at: number
  readonly event: string
  /** Only announced here; absent: everywhere. */
  readonly channels?: readonly Channel[]
  /** The representation that all channels and feeds show. */
  readonly json: string
}

/** An event before the log has given it a place. */
export interface EventDraft {
  readonly event: string
  /** `user_id`, `order_id` or `payment_id` and whose it is. */
  readonly subject?: readonly [name: string, id: string]
  readonly data?: unknown
  readonly channels?: readonly Channel[]
  /** Bytes that the representation is padded to. */
  readonly size?: number
}

export interface EventLogOptions {
  readonly clock: Clock
  readonly random: Random
  readonly nanoseconds: () => bigint
  readonly rows?: ServiceRows
  readonly onAppend: (event: LoggedEvent) => void
}

/** So many events are kept, and so many characters of them; when there are twice as many, the oldest go. */
const KEPT = 50_000
const KEPT_SIZE = 64 * 1024 * 1024
const TABLE = 'events'

/** Everything that has happened, in order. Webhooks, streams and feeds are readers of it, each at a place of its own. */
export class EventLog {
  readonly #options: EventLogOptions
  #events: LoggedEvent[] = []
  #last = 0
  #size = 0
  readonly #listeners: Readonly<Record<Channel, Set<() => void>>> = {
    webhook: new Set(),
    sse: new Set(),
    ws: new Set(),
    longpoll: new Set(),
  }

  constructor(options: EventLogOptions) {
    this.#options = options
    for (const { value } of options.rows?.all(TABLE) ?? []) {
      const event: LoggedEvent = JSON.parse(value)
      this.#events.push(event)
      this.#last = event.seq
      this.#size += event.json.length
    }
  }

  /** Sequence number of the newest event; 0 before the first. */
  get last(): number {
    return this.#last
  }

  get latest(): LoggedEvent | undefined {
    return this.#events.at(-1)
  }

  /** False for a place that the log has never reached, or whose following events are gone. 0 is the start of what is kept. */
  knows(seq: number): boolean {
    return seq === 0 || (seq <= this.#last && seq >= this.#first - 1)
  }

  get(seq: number): LoggedEvent | undefined {
    return this.#events[seq - this.#first]
  }

  /** Events after a place, oldest first. */
  after(seq: number, limit: number): readonly LoggedEvent[] {
    const from = Math.max(seq + 1 - this.#first, 0)
    return this.#events.slice(from, from + limit)
  }

  /** Adds an event and tells those who wait for it, before it returns. */
  append(draft: EventDraft, random: Random = this.#options.random): LoggedEvent {
    const { clock, rows, onAppend } = this.#options
    const at = clock.now()
    const id = newId('evt', random)
    const seq = this.#last + 1
    const event: LoggedEvent = {
      seq,
      id,
      at,
      event: draft.event,
      ...(draft.channels !== undefined && { channels: draft.channels }),
      json: this.#represent(draft, id, seq, at),
    }
    // First where it can fail.
    rows?.put(TABLE, String(seq), JSON.stringify(event))
    this.#last = seq
    this.#events.push(event)
    this.#size += event.json.length
    if (this.#events.length > 2 * KEPT || this.#size > 2 * KEPT_SIZE) this.#prune()
    for (const channel of draft.channels ?? CHANNELS) {
      for (const listener of this.#listeners[channel]) listener()
    }
    onAppend(event)
    return event
  }

  /** Calls back on each event announced on a channel, until the function returned is called. */
  onEvent(channel: Channel, listener: () => void): () => void {
    this.#listeners[channel].add(listener)
    return () => this.#listeners[channel].delete(listener)
  }

  /**
   * Reads from the event after a place on.
   * @param onGap called where events between that place and the next one are gone, or the place is of another run
   */
  reader(
    channel: Channel,
    patterns: readonly string[],
    after: number,
    onGap: () => void = () => {},
  ): LogReader {
    return new LogReader(this, { channel, patterns, after, onGap })
  }

  get #first(): number {
    return this.#last - this.#events.length + 1
  }

  #represent(draft: EventDraft, id: string, seq: number, at: number): string {
    const { event, subject, data, size } = draft
    const members = {
      id,
      seq,
      // Standard Webhooks says `type` where this service's users say `event`.
      type: event,
      event,
      ...(subject !== undefined && { [subject[0]]: subject[1] }),
      timestamp: new Date(at).toISOString(),
      ...(data !== undefined && { data }),
    }
    const { nanoseconds } = this.#options
    const json = JSON.stringify(members)
    const stampSize = ',"committed_ns":""'.length + String(nanoseconds()).length
    const missing = (size ?? 0) - Buffer.byteLength(json) - stampSize - ',"padding":""'.length
    const padding = missing > 0 ? `,"padding":"${'x'.repeat(missing)}"` : ''
    // The time is the last thing that is put in: with it the event has happened.
    return `${json.slice(0, -1)},"committed_ns":"${nanoseconds()}"${padding}}`
  }

  #prune(): void {
    let gone = 0
    while (this.#events.length - gone > KEPT || this.#size > KEPT_SIZE) {
      const event = this.#events[gone++]
      if (event === undefined) break
      this.#size -= event.json.length
      this.#options.rows?.remove(TABLE, String(event.seq))
    }
    this.#events = this.#events.slice(gone)
  }
}

interface ReaderOptions {
  readonly channel: Channel
  readonly patterns: readonly string[]
  readonly after: number
  readonly onGap: () => void
}

/** A place in the log, and which events somebody wants from there on. */
export class LogReader {
  readonly #log: EventLog
  readonly #options: ReaderOptions
  #position: number

  constructor(log: EventLog, options: ReaderOptions) {
    this.#log = log
    this.#options = options
    this.#position = options.after
  }

  /** The next event that is wanted, or undefined at the log's end. */
  next(): LoggedEvent | undefined {
    const { channel, patterns, onGap } = this.#options
    if (!this.#log.knows(this.#position)) {
      onGap()
      this.#position = 0
    }
    while (this.#position < this.#log.last) {
      const event = this.#log.get(this.#position + 1) ?? this.#log.after(0, 1)[0]
      if (event === undefined) return undefined
      this.#position = event.seq
      if (isAnnounced(event, channel) && isWanted(event.event, patterns)) return event
    }
    return undefined
  }
}

export function isAnnounced({ channels }: LoggedEvent, channel: Channel): boolean {
  return channels === undefined || channels.includes(channel)
}

/** True where a name matches one of the globs; no globs want everything. */
export function isWanted(event: string, patterns: readonly string[]): boolean {
  return patterns.length === 0 || patterns.some((pattern) => globMatches(pattern, event, 'text'))
}
