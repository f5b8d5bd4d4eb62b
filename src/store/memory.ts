import { named } from '../core/request.ts'
import type { Delivery } from '../core/delivery.ts'
import { wasAccepted } from '../core/delivery.ts'
import type { Random, Store } from '../core/ports.ts'
import type { Query, StoredRequest } from '../core/query.ts'
import { matches, summaryOf } from '../core/query.ts'
import { MemoryOutbox } from './outbox-memory.ts'
import { createIds, ID_KEY_BYTES } from './ids.ts'
import type { SeqIndex } from './refs.ts'
import { Refs } from './refs.ts'
import type { Keeping } from './retention.ts'
import { excessOf } from './retention.ts'
import { nextTurn } from './turn.ts'

export interface MemoryStoreOptions extends Keeping {
  readonly random: Random
}

/** Bodies and answers beyond this go, oldest first, whatever was asked for: a process has less room than a disk. */
const MAX_BODY_BYTES = 256 * 1024 * 1024

/** Matching that many rows takes some milliseconds; then other work has its turn. */
const ROWS_PER_TURN = 500

interface Entry extends StoredRequest {
  readonly deliveries: Delivery[]
}

/** Keeps requests for as long as the process runs. */
export function createMemoryStore({ keep = 0, keepBytes = 0, random }: MemoryStoreOptions): Store {
  const ids = createIds(random(ID_KEY_BYTES))
  const mostBytes = Math.min(keepBytes === 0 ? Infinity : keepBytes, MAX_BODY_BYTES)
  const refs = new Refs(
    ids,
    createIndex(() => entries),
  )
  /** Oldest first, so in the order of their sequence numbers. */
  let entries: Entry[] = []
  let nextSeq = 1
  let bytes = 0

  const outbox = new MemoryOutbox({
    record,
    after: (seq) => entries.filter(({ request }) => request.seq > seq),
  })

  const prune = (): void => {
    let excess = excessOf(entries.length, keep)
    let freed = bytesOf(entries.slice(0, excess))
    while (bytes - freed > mostBytes && excess < entries.length - 1) {
      freed += bytesOf(entries.slice(excess, ++excess))
    }
    if (excess === 0) return
    const old = entries.splice(0, excess)
    // What waits to be delivered stays, whatever it takes.
    const waiting = old.filter(({ request }) => outbox.isWaiting(request.seq))
    entries.unshift(...waiting)
    bytes -= freed - bytesOf(waiting)
    outbox.forget((seq) => find(entries, seq) === undefined)
  }

  async function record(delivery: Delivery): Promise<void> {
    const seq = refs.find(delivery.requestId)
    const entry = seq === undefined ? undefined : find(entries, seq)
    if (entry !== undefined) {
      entry.deliveries.push(delivery)
      bytes += answerBytes(delivery)
      prune()
    }
    if (delivery.cause === 'replay' && wasAccepted(delivery.outcome)) outbox.payFree(delivery.requestId)
  }

  const withDebts = (entry: Entry): StoredRequest => {
    const owed = outbox.openDebtsOf(entry.request.id)
    return owed.length === 0 ? snapshotOf(entry) : { ...snapshotOf(entry), owed }
  }

  async function* read(query: Query): AsyncGenerator<StoredRequest> {
    const ordered = query.oldestFirst === true ? [...entries] : entries.toReversed()
    let left = query.limit ?? Infinity
    for (const [i, entry] of ordered.entries()) {
      if (left <= 0) return
      if (i % ROWS_PER_TURN === ROWS_PER_TURN - 1) await nextTurn()
      const stored = withDebts(entry)
      if (!matches(query, stored)) continue
      left--
      yield stored
    }
  }

  return {
    location: 'memory',
    outbox,
    async capture(request, { identity, verdict }, owing) {
      const seq = nextSeq++
      const captured = named(request, ids.encode(seq), seq)
      const entry: Entry = { request: captured, identity, verdict, deliveries: [] }
      entries.push(entry)
      for (const debt of owing ?? []) outbox.add(entry, debt, request.receivedAt)
      bytes += request.body.byteLength
      prune()
      return captured
    },
    record,
    async get(ref) {
      const entry = find(entries, refs.resolve(ref))
      if (entry === undefined) throw refs.noSuchRequest(ref)
      return withDebts(entry)
    },
    complete: async (prefix, limit) => refs.complete(prefix, limit),
    async *list(query) {
      for await (const stored of read(query)) yield summaryOf(stored)
    },
    read,
    count: async () => entries.length,
    async remove(query) {
      const gone = new Set<number>()
      for await (const { request } of read(query)) gone.add(request.seq)
      const before = entries.length
      entries = entries.filter(({ request }) => !gone.has(request.seq))
      outbox.forget((seq) => gone.has(seq))
      bytes = bytesOf(entries)
      return before - entries.length
    },
    async close() {
      entries = []
    },
  }
}

function createIndex(entries: () => readonly Entry[]): SeqIndex {
  return {
    bounds() {
      const oldest = entries()[0]?.request.seq
      const newest = entries().at(-1)?.request.seq
      return oldest === undefined || newest === undefined ? undefined : { oldest, newest }
    },
    has: (seq) => find(entries(), seq) !== undefined,
    newest(limit, skip) {
      const end = Math.max(0, entries().length - skip)
      return entries()
        .slice(Math.max(0, end - limit), end)
        .map(({ request }) => request.seq)
        .toReversed()
    },
    receivedAt: (seq) => find(entries(), seq)?.request.receivedAt,
  }
}

/** Binary search: entries stand in the order of their sequence numbers. */
function find(entries: readonly Entry[], seq: number): Entry | undefined {
  let low = 0
  let high = entries.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((entries[middle]?.request.seq ?? Infinity) < seq) low = middle + 1
    else high = middle
  }
  return entries[low]?.request.seq === seq ? entries[low] : undefined
}

/** What a caller holds does not change when the next delivery is recorded. */
function snapshotOf(entry: Entry): StoredRequest {
  return { ...entry, deliveries: [...entry.deliveries] }
}

function bytesOf(entries: readonly Entry[]): number {
  return entries.reduce(
    (sum, { request, deliveries }) =>
      deliveries.reduce((all, delivery) => all + answerBytes(delivery), sum + request.body.byteLength),
    0,
  )
}

function answerBytes({ outcome }: Delivery): number {
  if (outcome.kind === 'response') return outcome.body.byteLength
  return outcome.kind === 'exit' ? outcome.output.byteLength : 0
}
