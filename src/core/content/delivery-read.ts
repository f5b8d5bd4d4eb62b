import type { Delivery, DeliveryCause, DeliveryOutcome } from '../delivery.ts'
import type { RawHeaders } from '../request.ts'

const CAUSES: readonly DeliveryCause[] = ['forward', 'replay', 'send']

/**
 * A delivery as `deliveryToJson` writes it: what an application answered at another time, from a file. Undefined for
 * everything else, a command that was run among it. It is compared with and never acted on.
 */
export function deliveryFromJson(value: unknown): Delivery | undefined {
  if (!isRecord(value) || value['v'] !== 1 || value['type'] !== 'delivery') return undefined
  const { requestId, target, startedAt, durationMs } = value
  const cause = CAUSES.find((known) => known === value['cause'])
  const outcome = outcomeFrom(value['outcome'])
  const at = typeof startedAt === 'string' ? Date.parse(startedAt) : Number.NaN
  if (typeof requestId !== 'string' || typeof target !== 'string' || typeof durationMs !== 'number')
    return undefined
  if (cause === undefined || outcome === undefined || Number.isNaN(at)) return undefined
  return { requestId, cause, target, startedAt: at, durationMs, outcome }
}

function outcomeFrom(value: unknown): DeliveryOutcome | undefined {
  if (!isRecord(value)) return undefined
  const { kind, code, status } = value
  if (kind === 'not-sent' || kind === 'unknown') return typeof code === 'string' ? { kind, code } : undefined
  const headers = headersFrom(value['headers'])
  const body = bodyFrom(value['body'])
  if (kind !== 'response' || typeof status !== 'number' || headers === undefined || body === undefined)
    return undefined
  return { kind, status, headers, ...body }
}

function headersFrom(value: unknown): RawHeaders | undefined {
  if (!Array.isArray(value)) return undefined
  const headers = value.map((pair: unknown) => (Array.isArray(pair) ? (pair as unknown[]) : []))
  return headers.every((pair): pair is [string, string] => pair.length === 2 && pair.every(isText))
    ? headers
    : undefined
}

function bodyFrom(value: unknown): { readonly body: Uint8Array; readonly bodySize: number } | undefined {
  if (!isRecord(value)) return undefined
  const { size, encoding, data } = value
  if (typeof size !== 'number' || !isText(data) || (encoding !== 'utf8' && encoding !== 'base64'))
    return undefined
  return { body: Buffer.from(data, encoding), bodySize: size }
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}

/** Plain objects of `JSON.parse` only: what is read is what the file itself has. */
function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
