import { crc32 } from 'node:zlib'
import type { CommandOutcome, Delivery, DeliveryCause, DeliveryOutcome } from '../core/delivery.ts'
import { wasAccepted } from '../core/delivery.ts'
import { AppError } from '../core/errors.ts'
import { flatOf, pairsOf } from '../core/headers.ts'
import type { Assessment } from '../core/ports.ts'
import type { RequestSummary, StoredRequest } from '../core/query.ts'
import type { NewRequest, RequestId } from '../core/request.ts'
import type { SqlRow, SqlValue } from './sqlite-driver.ts'

/**
 * How requests and deliveries become rows.
 *
 * What a stranger wrote goes into JSON, which escapes NUL (some drivers end a text there) and lone surrogates, and
 * comes back as bytes through CAST: libsql aborts the process over a text that is not UTF-8, as a damaged file may
 * hold. Checksums tell that what is read is what was written; only that makes the types below true, so `JSON.parse`
 * needs no further check.
 */

/** The `head` of a request: all of its summary but the sequence number and its id. */
interface RequestHead extends Omit<NewRequest, 'headers' | 'trailers' | 'body'>, Assessment {
  readonly size: number
  /** Checksum of fields and body together. */
  readonly content: number
}

interface RequestFields {
  readonly headers: readonly string[]
  readonly trailers: readonly string[]
}

/** The `head` of a delivery. */
interface DeliveryHead {
  readonly cause: DeliveryCause
  readonly target: string
  readonly attempt?: number
  readonly startedAt: number
  readonly durationMs: number
  readonly outcome:
    | Exclude<DeliveryOutcome, { readonly kind: 'response' }>
    | {
        readonly kind: 'response'
        readonly status: number
        readonly headers: readonly string[]
        readonly bodySize: number
        /** Checksum of the part of the answer that is kept. */
        readonly content: number
      }
    | (Omit<CommandOutcome, 'output'> & {
        /** Checksum of the part of the output that is kept. */
        readonly content: number
      })
}

/** Columns in the order of `INSERT_REQUEST`. */
export function requestRow(seq: number, request: NewRequest, { identity, verdict }: Assessment): SqlValue[] {
  const { body } = request
  const fields = JSON.stringify({ headers: flatOf(request.headers), trailers: flatOf(request.trailers) })
  const content = crcOf(body, crcOf(fields))
  const head = JSON.stringify({
    source: request.source,
    receivedAt: request.receivedAt,
    receivedMonotonic: request.receivedMonotonic,
    method: request.method,
    target: request.target,
    httpVersion: request.httpVersion,
    remoteAddress: request.remoteAddress,
    identity,
    verdict,
    size: body.byteLength,
    content,
  })
  const provider = identity.provider ?? null
  return [seq, request.receivedAt, request.method, provider, head, checksum(head, seq), fields, body]
}

/** Columns in the order of `INSERT_DELIVERY`. */
export function deliveryRow(requestSeq: number, delivery: Delivery): SqlValue[] {
  return [...deliveryContent(requestSeq, delivery), wasAccepted(delivery.outcome) ? 1 : 0]
}

function deliveryContent(requestSeq: number, delivery: Delivery): SqlValue[] {
  const { requestId: _requestId, outcome, ...rest } = delivery
  if (outcome.kind === 'exit') {
    const { output, ...exit } = outcome
    const head = JSON.stringify({ ...rest, outcome: { ...exit, content: crcOf(output) } })
    return [requestSeq, head, checksum(head, requestSeq), output]
  }
  if (outcome.kind !== 'response') {
    const head = JSON.stringify({ ...rest, outcome })
    return [requestSeq, head, checksum(head, requestSeq), null]
  }
  const { body, headers, ...answer } = outcome
  const content = crcOf(body)
  const head = JSON.stringify({ ...rest, outcome: { ...answer, headers: flatOf(headers), content } })
  return [requestSeq, head, checksum(head, requestSeq), body]
}

export const INSERT_REQUEST = `INSERT INTO requests (seq, received_at, method, provider, head, head_check, fields, body)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?)`
/** Changes no row where the request is gone. */
export const INSERT_DELIVERY = `INSERT INTO deliveries (request_seq, head, head_check, answer, accepted)
  SELECT ?1, ?2, ?3, ?4, ?5 WHERE EXISTS (SELECT 1 FROM requests WHERE seq = ?1)`

/** What `summaryFrom`, `contentFrom` and `deliveryFrom` need of their tables. */
export const SUMMARY_COLUMNS = `seq, CAST(head AS BLOB) AS head, CAST(head_check AS INTEGER) AS head_check`
export const CONTENT_COLUMNS = `CAST(fields AS BLOB) AS fields, CAST(body AS BLOB) AS body`
export const DELIVERY_COLUMNS = `CAST(request_seq AS INTEGER) AS request_seq, CAST(head AS BLOB) AS head,
  CAST(head_check AS INTEGER) AS head_check, CAST(answer AS BLOB) AS answer`

/** A summary, and the checksum that its content must have. */
export interface SummaryRow {
  readonly summary: RequestSummary
  readonly content: number
}

/** Reads rows back, and refuses what is not as it was written. */
export class RowReader {
  readonly #path: string
  readonly #encodeId: (seq: number) => RequestId

  constructor(path: string, encodeId: (seq: number) => RequestId) {
    this.#path = path
    this.#encodeId = encodeId
  }

  /** @throws AppError `store-corrupt` */
  summaryFrom(row: SqlRow, lastDelivery: Delivery | undefined): SummaryRow {
    const seq = this.number(row, 'seq')
    const head: RequestHead = JSON.parse(this.#checkedHead(row, seq))
    const { identity, verdict, size, content, ...request } = head
    return {
      content,
      summary: {
        request: { id: this.#encodeId(seq), seq, ...request },
        size,
        identity,
        verdict,
        ...(lastDelivery === undefined ? {} : { lastDelivery }),
      },
    }
  }

  /** @throws AppError `store-corrupt` */
  contentFrom(row: SqlRow, { summary, content }: SummaryRow, deliveries: readonly Delivery[]): StoredRequest {
    const fieldsText = this.#bytes(row, 'fields')
    const body = this.#bytes(row, 'body')
    if (crcOf(body, crcOf(fieldsText)) !== content)
      throw this.corrupt(`content of request ${summary.request.seq}`)
    const fields: RequestFields = JSON.parse(textOf(fieldsText))
    const { identity, verdict, request } = summary
    return {
      request: { ...request, headers: pairsOf(fields.headers), trailers: pairsOf(fields.trailers), body },
      identity,
      verdict,
      deliveries,
    }
  }

  /** @throws AppError `store-corrupt` */
  deliveryFrom(row: SqlRow): Delivery {
    const requestSeq = this.number(row, 'request_seq')
    const { outcome, ...rest }: DeliveryHead = JSON.parse(this.#checkedHead(row, requestSeq))
    const requestId = this.#encodeId(requestSeq)
    if (outcome.kind === 'not-sent' || outcome.kind === 'unknown') return { requestId, ...rest, outcome }
    const body = this.#bytes(row, 'answer')
    if (crcOf(body) !== outcome.content) throw this.corrupt(`answer to request ${requestSeq}`)
    const { content: _content, ...kept } = outcome
    if (kept.kind === 'exit') return { requestId, ...rest, outcome: { ...kept, output: body } }
    return { requestId, ...rest, outcome: { ...kept, headers: pairsOf(kept.headers), body } }
  }

  /** @throws AppError `store-corrupt` */
  number(row: SqlRow | undefined, column: string): number {
    const value = row?.[column]
    if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) throw this.corrupt(column)
    return value
  }

  corrupt(reason: string): AppError<'store-corrupt'> {
    return new AppError('store-corrupt', { path: this.#path, reason })
  }

  #checkedHead(row: SqlRow, seq: number): string {
    const bytes = this.#bytes(row, 'head')
    if (checksum(bytes, seq) !== row['head_check']) throw this.corrupt(`head of request ${seq}`)
    return textOf(bytes)
  }

  #bytes(row: SqlRow, column: string): Uint8Array {
    const value = row[column]
    if (!(value instanceof Uint8Array)) throw this.corrupt(column)
    return value
  }
}

/** Begins from the sequence number, so that a row cannot pass for another one's. */
function checksum(head: string | Uint8Array, seq: number): number {
  return crcOf(head, seq >>> 0)
}

/** zlib takes a missing pointer, which some empty arrays have, as a request for the initial value. */
function crcOf(data: string | Uint8Array, start = 0): number {
  return data.length === 0 ? start : crc32(data, start)
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
}
