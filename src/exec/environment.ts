import type { Execution } from '../core/ports.ts'
import { headerValue } from '../core/headers.ts'
import { pathOf, queryOf } from '../core/request.ts'

/** Longest value in bytes. Linux takes 128 KiB for one variable and 2 MiB for all; Windows 32 Ki characters. */
const MAX_VALUE_BYTES = 32_768

/** What a command is told of the request. The names are fixed: nothing that was sent becomes one. */
const VALUES: Readonly<Record<string, (execution: Execution) => string | number | undefined>> = {
  WEBHOOK_ID: ({ request }) => request.id,
  WEBHOOK_METHOD: ({ request }) => request.method,
  WEBHOOK_TARGET: ({ request }) => request.target,
  WEBHOOK_PATH: ({ request }) => pathOf(request.target),
  WEBHOOK_QUERY: ({ request }) => queryOf(request.target),
  WEBHOOK_PROVIDER: ({ identity }) => identity.provider,
  WEBHOOK_EVENT: ({ identity }) => identity.event,
  WEBHOOK_EVENT_ID: ({ identity }) => identity.deliveryId,
  WEBHOOK_SIGNATURE: ({ verdict }) => verdict.status,
  WEBHOOK_CONTENT_TYPE: ({ request }) => headerValue(request.headers, 'content-type'),
  WEBHOOK_REMOTE_ADDRESS: ({ request }) => request.remoteAddress,
  WEBHOOK_RECEIVED_AT: ({ request }) => isoTime(request.receivedAt),
  WEBHOOK_SIZE: ({ request }) => request.body.byteLength,
  WEBHOOK_ATTEMPT: ({ attempt }) => attempt,
  WEBHOOK_HEADERS: ({ request }) => JSON.stringify(request.headers),
}

export const WEBHOOK_VARIABLES: readonly string[] = Object.keys(VALUES)

/**
 * The environment of a command: the one given, and `WEBHOOK_*`. What is not known is not set, whatever `base` says.
 * A value that is too long is left out, and `<name>_TRUNCATED` is 1; NUL, which no variable can hold, is removed.
 */
export function environmentOf(
  execution: Execution,
  base: Readonly<Record<string, string | undefined>>,
): Record<string, string | undefined> {
  const env = { ...base }
  for (const [name, valueOf] of Object.entries(VALUES)) {
    const value = valueOf(execution)
    const text = value === undefined ? undefined : String(value).replaceAll('\0', '')
    const fits = text !== undefined && Buffer.byteLength(text) <= MAX_VALUE_BYTES
    env[name] = fits ? text : undefined
    env[`${name}_TRUNCATED`] = text === undefined || fits ? undefined : '1'
  }
  return env
}

/** Undefined for a time that no calendar has, as an imported request may claim. */
function isoTime(ms: number): string | undefined {
  const date = new Date(ms)
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString()
}
